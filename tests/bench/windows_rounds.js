// Echo and broker side by side over named pipes, and a named mutex, in the Wine prefix that windows.sh has made: rounds with
// the servers in another order each time. Prints what it measured as JSON.
//   windows_rounds.js --bin FOLDER --rounds N --seconds S --processor N --other-processor N
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { parseArgs, promisify } = require('node:util');
const { execFile, execFileSync, spawn } = require('node:child_process');

const run = promisify(execFile);

// same: the client too is on the servers' processor, as on Linux with one client.
const kCells = [
  { cell: 'pair-1', connections: 1, same: true },
  { cell: 'query-1', connections: 1, query: true, same: true },
  { cell: 'pair-8', connections: 8 },
  { cell: 'query-8', connections: 8, query: true },
  { cell: 'pair-8x16', connections: 8, inFlight: 16 },
];
const kHeld = 10;
const kStartSeconds = 30;

const { values: options } = parseArgs({
  options: { bin: { type: 'string' }, rounds: { type: 'string' }, seconds: { type: 'string' }, processor: { type: 'string' }, 'other-processor': { type: 'string' } },
});
const pinned = options.processor !== undefined;
const prefix = process.env.WINEPREFIX;

// The Linux process of a program of this prefix.
function processOf(program) {
  const found = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).find((pid) => {
    try {
      return fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(program) && fs.readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0').includes(`WINEPREFIX=${prefix}`);
    } catch {
      return false; // it has ended, or is not ours to see
    }
  });
  return found ? Number(found) : null;
}

const pin = (pid, processors) => pinned && execFileSync('taskset', ['-a', '-c', '-p', processors, String(pid)], { stdio: 'ignore' });
const wine = (program, flags) => ['wine', path.join(options.bin, program), ...flags];

// Started once; pid is the Windows program's process on Linux.
async function begin(name, wire, program, flags) {
  const pipe = `\\\\.\\pipe\\profile-broker-bench-${name}`;
  const [command, ...rest] = wine(program, flags(pipe));
  const child = spawn(command, rest, { stdio: ['ignore', 'ignore', 'inherit'] });
  let pid = null;
  for (const deadline = Date.now() + kStartSeconds * 1000; pid === null; pid = processOf(program)) {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill('SIGKILL'); // else this program would wait for its end
      throw new Error(`${program} does not start under Wine`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  if (pinned) {
    pin(pid, options.processor);
  }
  return { name, wire, pipe, pid, stop: () => process.kill(pid, 'SIGKILL') };
}

async function measure(server, cell, kernel) {
  const flags = ['--wire', server.wire, '--pipe', server.pipe, '--connections', cell.connections, '--in-flight', cell.inFlight ?? 1, '--seconds', options.seconds,
    '--hold', server.wire === 'broker' ? kHeld : 0, '--server', server.pid, '--kernel', kernel, ...(cell.query ? ['--query'] : [])].map(String);
  const client = pinned ? ['taskset', '-c', cell.same ? options.processor : options['other-processor']] : [];
  const [command, ...rest] = [...client, ...wine('bench-load-win.exe', flags)];
  const { stdout } = await run(command, rest, { timeout: 120_000 });
  const figures = JSON.parse(stdout);
  return { ...figures, bothCpu: figures.serverCpu + figures.kernelCpu };
}

async function main() {
  // Where the servers are, whose work it does: wherever the scheduler puts it, it makes the same server two or four times
  // as fast from one round to the next.
  const kernel = processOf('wineserver');
  pin(kernel, options.processor);
  const state = `Z:${path.join(prefix, 'drive_c', 'bench-state').replaceAll('/', '\\')}`;
  const servers = [];
  const samples = [];
  const objects = [];
  try {
    servers.push(await begin('echo', 'echo', 'bench-echo-win.exe', (pipe) => [pipe]));
    servers.push(await begin('broker', 'broker', 'mapi-profile-broker.exe', (pipe) => ['--console', '--endpoint', pipe, '--state', state, '--recovery-seconds', '0']));
    for (let round = 0; round < Number(options.rounds); ++round) {
      for (const cell of kCells) {
        for (const server of Math.random() < 0.5 ? servers : [...servers].reverse()) {
          samples.push({ cell: cell.cell, server: server.name, round, ...(await measure(server, cell, kernel)) });
        }
      }
      const [command, ...rest] = [...(pinned ? ['taskset', '-c', options.processor] : []), ...wine('bench-load-win.exe', ['--objects', '--seconds', '0.3'])];
      objects.push(JSON.parse((await run(command, rest, { timeout: 60_000 })).stdout));
    }
  } finally {
    servers.forEach((server) => server.stop());
  }
  console.log(JSON.stringify({ samples, objects, cells: kCells.map(({ cell }) => cell) }));
}

main().catch((error) => {
  console.error(`bench under Wine: ${error.message}`);
  process.exitCode = 1;
});
