// What is measured besides servers side by side: a large table, the start, a storm, the service's own work, the client
// library, the kernel's objects. Each part gets where = { bin, scratch, ... } and its options and returns plain figures.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { execFile } = require('node:child_process');
const { promisify } = require('node:util');
const { ask } = require('./ask');
const { load, staying, target } = require('./load');
const { descriptorLimit, residentBytes } = require('./machine');
const { brokerCommand, startServer, until } = require('./servers');
const { median } = require('./figures');

const run = promisify(execFile);

// The longest that somebody else waits while the service does something large. adds: over what waits come from the machine.
async function stalls(where, server, { long, say }) {
  const found = {};
  for (const by of ['status', 'list', 'end-of-holder', 'churn']) {
    say(`${server.name}: ${by}`);
    const stall = await load(where, where.otherProcessor, 'stall', [...target(server), '--by', by, '--seconds', long ? 300 : 30]);
    const longest = median(stall.longest);
    const quiet = median(stall.quiet);
    found[by] = { longest, quiet, adds: Math.max(longest - quiet, 0), happened: stall.happened, refused: stall.refused };
  }
  return found;
}

// Kills the server that holds so much and starts it again on its journal; its holders go on living.
async function recovery(where, server, kill) {
  const { counts: before, journal } = await ask(server.endpoint, 'broker/status');
  await kill();
  const started = await staying(where, 'start', ['--wire', 'broker', '--endpoint', server.endpoint, ...brokerCommand(where, server.name, server.endpoint)]);
  const { counts: after } = await ask(server.endpoint, 'broker/status');
  const resident = residentBytes(started.result.process);
  await started.stop();
  return {
    seconds: started.result.milliseconds / 1000,
    references: after.references,
    lost: before.references - after.references,
    processes: after.processes,
    journalBytes: journal.bytes,
    resident,
  };
}

// To the first answer, with no journal; and what an idle service has.
async function starts(where, times) {
  const milliseconds = [];
  let idleBytes = 0;
  for (let i = 0; i < times; ++i) {
    const name = `start-${i}`;
    const endpoint = path.join(where.scratch, `${name}.sock`);
    const started = await staying(where, 'start', ['--wire', 'broker', '--endpoint', endpoint, ...brokerCommand(where, name, endpoint)]);
    milliseconds.push(started.result.milliseconds);
    idleBytes = residentBytes(started.result.process);
    await started.stop();
  }
  return { milliseconds: median(milliseconds), idleBytes };
}

// The same storm on the echo and on a broker of its own, in turns. Whoever came goes before the next turn.
async function storms(where, echo, { rounds, say }) {
  const programs = Math.min(5000, descriptorLimit() - 1000);
  const broker = await startServer('broker', where, 'storm');
  const all = { echo: [], broker: [] };
  try {
    for (let i = 0; i < rounds; ++i) {
      for (const [name, server] of [['echo', echo], ['broker', broker]]) {
        say(`storm ${i + 1} of ${rounds}  ${name}`);
        all[name].push(await load(where, where.otherProcessor, 'storm', [...target(server), '--programs', programs]));
        if (name === 'broker') {
          await until('those who came to be gone', async () => (await ask(server.endpoint, 'broker/status')).counts.references === 0);
        }
      }
    }
  } finally {
    await broker.stop();
  }
  const of = (name, what) => median(all[name].map((one) => one[what]));
  return {
    programs,
    rounds,
    ratios: all.broker.map((one, i) => one.seconds / all.echo[i].seconds),
    seconds: { echo: of('echo', 'seconds'), broker: of('broker', 'seconds') },
    p99: { echo: of('echo', 'p99'), broker: of('broker', 'p99') },
    refused: all.broker.reduce((sum, one) => sum + one.refused, 0),
  };
}

// The service's own work without a socket, at several sizes.
async function core(where, sizes, { seconds, say }) {
  const found = [];
  for (const live of sizes) {
    say(`own work at ${live}`);
    const state = path.join(where.scratch, `core-${live}`);
    const { stdout } = await run(path.join(where.bin, 'bench-core'), ['--state', state, '--live', String(live), '--seconds', String(seconds)]);
    found.push(JSON.parse(stdout));
    fs.rmSync(state, { recursive: true });
  }
  return found;
}

// Instructions of one operation, by callgrind: the same on every run. The difference of two runs leaves the rest out.
async function instructions(where, { say }) {
  const collected = async (operations, flags) => {
    const state = path.join(where.scratch, 'instructions');
    const { stderr } = await run('valgrind', ['--tool=callgrind', '--callgrind-out-file=/dev/null', path.join(where.bin, 'bench-core'),
      '--state', state, '--live', '1000', '--operations', String(operations), ...flags]);
    fs.rmSync(state, { recursive: true });
    return Number(/Collected : (\d+)/.exec(stderr)[1]);
  };
  const of = async (kind, flags) => {
    say(`instructions of a ${kind}`);
    return (await collected(16_384, flags) - (await collected(8_192, flags))) / 8_192;
  };
  return { pair: await of('pair', []), query: await of('query', ['--query']) };
}

// The library on Linux, and the size of what programs load: the Windows DLL where it was built.
async function library(where, windowsBin) {
  const broker = await startServer('broker', where, 'library');
  try {
    const program = [path.join(where.bin, 'bench-library'), broker.endpoint];
    const line = where.processor === null ? program : ['taskset', '-c', String(where.processor), ...program];
    const { stdout } = await run(line[0], line.slice(1), { env: { ...process.env, XDG_STATE_HOME: where.scratch } });
    const stripped = async (strip, file) => {
      const copy = path.join(where.scratch, path.basename(file));
      await run(strip, ['-o', copy, file]);
      return fs.statSync(copy).size;
    };
    const dll = windowsBin && path.join(windowsBin, 'profile_broker.dll');
    return {
      ...JSON.parse(stdout),
      sharedObjectBytes: await stripped('strip', path.join(where.bin, 'libprofile_broker.so')),
      dllBytes: dll && fs.existsSync(dll) ? await stripped('x86_64-w64-mingw32-strip', dll) : null,
    };
  } finally {
    await broker.stop();
  }
}

const objects = (where) => load(where, where.processor, 'objects', ['--folder', where.scratch]);

module.exports = { stalls, recovery, starts, storms, core, instructions, library, objects };
