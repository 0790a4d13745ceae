// Measures the broker beside a bare echo, and beside its peers when asked to: starts the servers, lets the load generator
// run cell by cell in rounds with the servers in another order each time, and has the report written.
//   bench.js --bin FOLDER --out FOLDER [--rounds N] [--seconds S] [--peers] [--live N,N,N] [--only WORD]
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { execFile } = require('node:child_process');
const { promisify } = require('node:util');
const { startServer, hold, kPeers } = require('./servers');
const { Figures } = require('./figures');
const { writeReport } = require('./report');

const run = promisify(execFile);

// One kind of measurement. same: server and client share a processor, so that no other one has to be woken, which on
// virtual machines costs more than all that is measured.
const kCells = [
  { cell: 'pair-1', connections: 1, same: true },
  { cell: 'query-1', connections: 1, query: true, same: true },
  { cell: 'pair-8', connections: 8 },
  { cell: 'query-8', connections: 8, query: true },
  { cell: 'pair-64', connections: 64 },
  { cell: 'query-64', connections: 64, query: true },
  { cell: 'pair-1000', connections: 1000, few: true },
  { cell: 'pair-1x16', connections: 1, inFlight: 16, same: true },
  { cell: 'pair-8x16', connections: 8, inFlight: 16 },
  { cell: 'query-8x16', connections: 8, inFlight: 16, query: true },
];

async function measure(where, server, cell, seconds, live) {
  const flags = ['measure', '--wire', server.wire, '--endpoint', server.endpoint, '--server', String(server.pid),
    '--connections', String(cell.connections), '--in-flight', String(cell.inFlight ?? 1), '--seconds', String(seconds),
    '--live', String(live)];
  if (cell.query) {
    flags.push('--query');
  }
  if (where.processor !== null) {
    flags.push('--processor', String(cell.same ? where.processor : where.otherProcessor));
  }
  const { stdout } = await run(path.join(where.bin, 'bench-load'), flags);
  return JSON.parse(stdout);
}

function shuffled(list) {
  const mixed = [...list];
  for (let i = mixed.length - 1; i > 0; --i) {
    const j = Math.floor(Math.random() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
  }
  return mixed;
}

const residentBytes = (pid) => Number(/VmRSS:\s+(\d+)/.exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;

async function main() {
  const { values: options } = parseArgs({
    options: {
      bin: { type: 'string' },
      out: { type: 'string' },
      rounds: { type: 'string', default: '7' },
      seconds: { type: 'string', default: '0.7' },
      peers: { type: 'boolean', default: false },
      live: { type: 'string', default: '10,10000,1000000' },
      only: { type: 'string', default: '' },
    },
  });
  fs.mkdirSync(options.out, { recursive: true });
  const two = os.availableParallelism() > 1;
  const where = {
    bin: options.bin,
    scratch: fs.mkdtempSync(path.join(options.out, 'run-')),
    processor: two ? 0 : null,
    otherProcessor: two ? 1 : null,
  };
  const rounds = Number(options.rounds);
  const [fewLive, ...moreLive] = options.live.split(',').map(Number);
  const servers = [];
  const begin = async (kind, entries, name) => {
    const server = await startServer(kind, where, name);
    servers.push(server);
    await hold(where, server, entries);
    return server;
  };
  const samples = [];
  try {
    await begin('echo', 0);
    const broker = await begin('broker', fewLive);
    const idle = residentBytes(broker.pid);
    if (options.peers) {
      for (const peer of Object.keys(kPeers)) {
        await begin(peer, fewLive);
      }
    }
    const full = [];
    for (const live of moreLive) {
      const server = await begin('broker', live, `broker with ${live}`);
      full.push({ live, server, resident: residentBytes(server.pid) - idle });
    }
    const cells = kCells.filter((cell) => cell.cell.includes(options.only));
    for (let round = 0; round < rounds; ++round) {
      for (const cell of cells) {
        if (cell.few && round >= 3) {
          continue;
        }
        for (const server of shuffled(servers)) {
          const live = full.find((one) => one.server === server)?.live ?? fewLive;
          // The slow peers are not asked for a thousand connections, nor more than their share of the time.
          if (server.wire === 'etcd' && (cell.connections > 64 || cell.inFlight)) {
            continue;
          }
          if (process.stderr.isTTY) process.stderr.write(`\r  round ${round + 1} of ${rounds}  ${cell.cell.padEnd(12)} ${server.name.padEnd(24)}`);
          samples.push({ cell: cell.cell, server: server.name, round, ...(await measure(where, server, cell, Number(options.seconds), live)) });
        }
      }
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${' '.repeat(70)}\r`);
    writeReport(options.out, {
      figures: new Figures(samples),
      servers: servers.map((server) => server.name),
      cells: cells.map((cell) => cell.cell),
      full: full.map(({ live, resident, server }) => ({ live, name: server.name, residentPerReference: resident / live })),
      idleBytes: idle,
      rounds,
      seconds: Number(options.seconds),
    });
  } finally {
    await Promise.allSettled(servers.map((server) => server.stop()));
    fs.rmSync(where.scratch, { recursive: true, force: true });
  }
}

main().catch((error) => {
  console.error(`\nbench: ${error.message}`);
  process.exitCode = 1;
});
