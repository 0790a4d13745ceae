// Measures the broker beside a bare echo, and beside its peers when asked to: starts the servers, has each part measured
// (cells.js, parts.js, windows.js), and has the report written.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { kCells, measureCells } = require('./cells');
const { Figures } = require('./figures');
const { crowdSize, descriptorLimit, described, residentBytes } = require('./machine');
const parts = require('./parts');
const { writeReport } = require('./report');
const { startServer, hold, kPeers } = require('./servers');
const { measureWindows } = require('./windows');

const kUsage = `./dev bench [OPTIONS]     figures of this machine beside their goals; build/bench/report.md
  --peers          Redis, dbus-broker, dbus-daemon and etcd beside the broker, from Debian's packages
  --windows        echo, kernel objects and the broker over named pipes, under Wine, and the size of the DLL
  --long           every cell in every round, on every size of the table, and pairs until the largest journal is compacted
  --instructions   instructions of one pair and one query as well, by valgrind
  --only WORD      only one part: large, start, storm, core, library, objects, windows, cells; or the cells with WORD in
                   their name (${kCells[0].cell} ... ${kCells[kCells.length - 1].cell})
  --rounds N       7: how often each cell is measured that a goal hangs on
  --seconds S      0.7: how long each time
  --live N,N,N     10,10000,1000000: sizes of the table; the last is held by a crowd of processes and accounts`;

const kParts = ['large', 'start', 'storm', 'core', 'library', 'objects', 'windows'];
const kMostProcesses = 20_000;
const kAccounts = 1_000;
const kReferencesOfOne = 50;

// How far it has come: on a terminal in place, else a line now and then.
function makeSay() {
  let last = 0;
  return (text) => {
    if (process.stderr.isTTY) {
      process.stderr.write(`\r  ${text.padEnd(70)}`);
    } else if (text && Date.now() - last > 15_000) {
      last = Date.now();
      console.error(`  ${text}`);
    }
  };
}

function readOptions() {
  const { values } = parseArgs({
    options: {
      bin: { type: 'string' },
      'windows-bin': { type: 'string' },
      out: { type: 'string' },
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '0.7' },
      live: { type: 'string', default: '10,10000,1000000' },
      only: { type: 'string', default: '' },
      peers: { type: 'boolean', default: false },
      windows: { type: 'boolean', default: false },
      long: { type: 'boolean', default: false },
      instructions: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    return null;
  }
  const part = kParts.includes(values.only) || values.only === 'cells' ? values.only : '';
  if (values.only && !part && !kCells.some((cell) => cell.cell.includes(values.only))) {
    throw new Error(`--only ${values.only}: neither a part nor in the name of a cell\n${kUsage}`);
  }
  return {
    ...values,
    rounds: Number(values.rounds),
    seconds: Number(values.seconds),
    live: values.live.split(',').map(Number),
    cells: part ? '' : values.only,
    wants: (name) => !values.only || values.only === name || (name === 'cells' && !part),
    say: makeSay(),
  };
}

// A crowd when the table is large: as many processes as this machine allows, of many accounts when we are root.
function crowdFor(live) {
  const processes = crowdSize(Math.min(kMostProcesses, Math.ceil(live / kReferencesOfOne)));
  const accounts = os.userInfo().uid === 0 ? Math.min(kAccounts, processes) : 1;
  const even = Math.floor(processes / accounts) * accounts;
  return { processes: even, references: Math.ceil(live / even), accounts };
}

// The servers that are measured side by side, and the large one, which is also looked at by itself.
async function beginServers(where, options, servers, run) {
  const [fewLive, ...moreLive] = options.live;
  const begin = async (kind, live, name, crowd) => {
    options.say(`starting ${name ?? kind}`);
    const server = await startServer(kind, where, name);
    servers.push(server);
    server.live = live;
    server.idleBytes = residentBytes(server.pid);
    if (live > 0 && server.wire !== 'echo') {
      await hold(where, server, live, crowd);
    }
    return server;
  };
  await begin('echo', fewLive);
  if (options.wants('cells')) {
    await begin('broker', fewLive);
    await begin('asio-echo', fewLive);
    for (const peer of options.peers ? kPeers : []) {
      await begin(peer, fewLive);
    }
  }
  for (const [i, live] of moreLive.entries()) {
    const largest = i === moreLive.length - 1;
    if (!options.wants('cells') && !(largest && options.wants('large'))) {
      continue;
    }
    const crowd = largest ? crowdFor(live) : null;
    const server = await begin('broker', live, `broker with ${live}`, crowd);
    server.large = true;
    if (largest) {
      const held = crowd.processes * crowd.references;
      // Only its own account's entries may be asked for: those of the crowd's first.
      server.live = held / crowd.accounts;
      run.large = { ...crowd, live: held, name: server.name, addedBytes: residentBytes(server.pid) - server.idleBytes };
    }
  }
}

// Everything that is wanted, into run.
async function measureAll(where, options, servers, run) {
  const { say, long } = options;
  if (options.wants('start')) {
    say('start');
    run.start = await parts.starts(where, 7);
  }
  await beginServers(where, options, servers, run);
  run.servers = servers.map((server) => server.name);
  const samples = options.wants('cells') ? await measureCells(where, servers, { ...options, only: options.cells }) : [];
  run.figures = new Figures(samples);
  const large = servers.find((server) => server.name === run.large?.name);
  if (large && options.wants('large')) {
    run.large.stalls = await parts.stalls(where, large, { long, say });
    say('recovery');
    run.large.recovery = await parts.recovery(where, large, large.kill);
  }
  // What measures times alone needs the machine for itself.
  await Promise.allSettled(servers.splice(1).map((server) => server.stop()));
  if (options.wants('storm')) {
    run.storm = await parts.storms(where, servers[0], { rounds: long ? 7 : 3, say });
  }
  if (options.wants('core')) {
    run.core = await parts.core(where, options.live, { seconds: long ? 3 : 1, say });
  }
  if (options.instructions) {
    run.instructions = await parts.instructions(where, { say });
  }
  if (options.wants('library')) {
    say('client library');
    run.library = await parts.library(where, options['windows-bin']);
  }
  if (options.wants('objects')) {
    run.objects = await parts.objects(where);
  }
  if (options.windows && options.wants('windows')) {
    run.windows = await measureWindows(where, options);
  }
}

async function main() {
  const options = readOptions();
  if (!options) {
    console.log(kUsage);
    return;
  }
  fs.mkdirSync(options.out, { recursive: true });
  const two = os.availableParallelism() > 1;
  const where = {
    bin: path.resolve(options.bin),
    scratch: fs.mkdtempSync(path.join(path.resolve(options.out), 'run-')),
    processor: two ? 0 : null,
    otherProcessor: two ? 1 : null,
  };
  fs.chmodSync(where.scratch, 0o711); // processes of other accounts connect to sockets in it
  const servers = [];
  const run = { rounds: options.rounds, seconds: options.seconds, descriptors: descriptorLimit(), fewLive: options.live[0] };
  try {
    await measureAll(where, options, servers, run);
    options.say('');
    if (process.stderr.isTTY) process.stderr.write('\r');
    writeReport(options.out, { ...run, machine: described() });
  } finally {
    await Promise.allSettled(servers.map((server) => server.stop()));
    fs.rmSync(where.scratch, { recursive: true, force: true });
  }
}

main().catch((error) => {
  console.error(`\nbench: ${error.message}`);
  process.exitCode = 1;
});
