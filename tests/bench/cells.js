// Servers side by side, request by request: cell by cell in rounds, the servers in another order each time.
'use strict';

const { load, target } = require('./load');

// A cell is one kind of load. same: server and client share a processor, so that no other one has to be woken, which on
// virtual machines costs more than all that is measured. judged: a goal hangs on it. pooled: it is part of the pooled figures.
const kCells = ['pair', 'query'].flatMap((kind) =>
  [1, 8, 64, 1000].flatMap((connections) =>
    [1, 16].map((inFlight) => {
      const cell = `${kind}-${connections}${inFlight > 1 ? `x${inFlight}` : ''}`;
      const pooled = connections <= 8 && inFlight === 1;
      return { cell, kind, connections, inFlight, same: connections === 1, pooled, judged: pooled || cell === 'pair-64' || cell === 'pair-8x16' };
    }),
  ),
);
const kPooledCells = kCells.filter((cell) => cell.pooled).map((cell) => cell.cell);
const kUnjudgedRounds = 2;

// In how many of the rounds this server is measured in this cell. What nothing hangs on is measured less, all of it with --long.
function roundsOf(cell, server, rounds, long) {
  // etcd gets nothing that it would spend the whole time on.
  if (server.wire === 'etcd' && (cell.connections > 64 || cell.inFlight > 1)) {
    return 0;
  }
  if (long) {
    return rounds;
  }
  const mainOne = server.name === 'echo' || server.name === 'broker';
  if (cell.pooled || (cell.judged && mainOne)) {
    return rounds;
  }
  return server.large ? 0 : Math.min(rounds, kUnjudgedRounds);
}

function shuffled(list) {
  const mixed = [...list];
  for (let i = mixed.length - 1; i > 0; --i) {
    const j = Math.floor(Math.random() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
  }
  return mixed;
}

// servers: each with live, the entries it holds that may be asked for. Returns samples for Figures.
async function measureCells(where, servers, { rounds, seconds, long, only, say }) {
  const samples = [];
  for (let round = 0; round < rounds; ++round) {
    for (const cell of kCells.filter((one) => one.cell.includes(only))) {
      for (const server of shuffled(servers)) {
        if (round >= roundsOf(cell, server, rounds, long)) {
          continue;
        }
        say(`round ${round + 1} of ${rounds}  ${cell.cell.padEnd(13)} ${server.name}`);
        const flags = [...target(server), '--connections', cell.connections, '--in-flight', cell.inFlight, '--seconds', seconds,
          '--live', server.live, ...(cell.kind === 'query' ? ['--query'] : [])];
        const processor = cell.same ? where.processor : where.otherProcessor;
        samples.push({ cell: cell.cell, server: server.name, round, ...(await load(where, processor, 'measure', flags)) });
      }
    }
  }
  return samples;
}

module.exports = { kCells, kPooledCells, measureCells };
