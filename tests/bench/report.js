// Writes what was measured: report.md for people, report.json for programs, and charts. Says of each goal whether this run
// reached it; a run never fails for its figures.
'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { barChart } = require('./plot');

const kPooledCells = ['pair-1', 'query-1', 'pair-8', 'query-8'];

// Goals: how a figure is got from the run, and what it must be. They are the project's own; docs/speed.md says why.
function goalRows(figures) {
  const ratio = (what, ours, theirs) => figures.ratio(what, ours, theirs);
  const pooled = (other) => figures.pooled('serverCpu', kPooledCells, 'broker', other);
  return [
    { name: 'server CPU an operation, pooled, to the echo', atMost: 1.2, stretch: 1.1, pooled: pooled('echo') },
    { name: 'pair, p50, 1 client on one processor, to 2 echoes', atMost: 1.2, stretch: 1.05, ratio: ratio('p50', ['pair-1', 'broker'], ['pair-1', 'echo']) },
    { name: 'query, p50, 1 client on one processor, to the echo', atMost: 1.1, stretch: 1.0, ratio: ratio('p50', ['query-1', 'broker'], ['query-1', 'echo']) },
    { name: 'pairs a second, 8 clients, to the echo', atLeast: 0.85, stretch: 0.95, ratio: ratio('perSecond', ['pair-8', 'broker'], ['pair-8', 'echo']) },
    { name: 'pairs a second, 64 clients, to the echo', atLeast: 0.85, stretch: 0.95, ratio: ratio('perSecond', ['pair-64', 'broker'], ['pair-64', 'echo']) },
    { name: 'pairs a second, 8 clients with 16 in flight, to echo pairs one by one', atLeast: 4.5, stretch: 6.5, ratio: ratio('perSecond', ['pair-8x16', 'broker'], ['pair-8', 'echo']) },
    { name: 'server CPU an operation, pooled, to Redis', atMost: 0.85, pooled: pooled('redis') },
    { name: 'server CPU an operation, pooled, to dbus-daemon', atMost: 0.16, pooled: pooled('dbus-daemon') },
    { name: 'server CPU an operation, pooled, to etcd', atMost: 0.03, pooled: pooled('etcd') },
  ].filter((row) => row.pooled || row.ratio);
}

function goalLine(row) {
  const value = row.pooled ? row.pooled.mean : row.ratio.median;
  const reached = row.atMost === undefined ? value >= row.atLeast : value <= row.atMost;
  const spread = row.pooled
    ? `standard error ${(row.pooled.error * 100).toFixed(1)} %, n = ${row.pooled.count}`
    : `quartiles ${row.ratio.low.toFixed(2)} to ${row.ratio.high.toFixed(2)}`;
  const goal = row.atMost === undefined ? `at least ${row.atLeast}` : `at most ${row.atMost}`;
  const stretch = row.stretch === undefined ? '' : ` (${row.stretch})`;
  return { reached, value, text: `| ${row.name} | ${value.toFixed(2)} | ${spread} | ${goal}${stretch} | ${reached ? 'reached' : 'not reached'} |` };
}

function cellTable(run, cell) {
  const { figures, servers } = run;
  const number = (value, digits = 1) => (value === null ? '-' : value.toFixed(digits));
  const rows = servers.filter((server) => figures.of(cell, server).length).map((server) => {
    const ratio = server === 'echo' ? null : figures.ratio('serverCpu', [cell, server], [cell, 'echo']);
    const columns = ['perSecond', 'p50', 'p99', 'p999', 'serverCpu', 'clientCpu'].map((what) =>
      number(figures.median(cell, server, what), what === 'perSecond' ? 0 : 1));
    return `| ${server} | ${columns.join(' | ')} | ${ratio ? ratio.median.toFixed(2) : '1.00'} |`;
  });
  return `### ${cell}

| server | a second | p50 us | p99 us | p99.9 us | server CPU us | client CPU us | server CPU to the echo |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

function writeReport(folder, run) {
  const goals = goalRows(run.figures).map((row) => ({ ...row, ...goalLine(row) }));
  const processor = os.cpus()[0]?.model ?? 'unknown processor';
  const machine = `${processor}, ${os.availableParallelism()} processors, ${os.type()} ${os.release()}, load ${os.loadavg()[0].toFixed(1)} at the end`;
  const text = `# Speed

Machine: ${machine}. ${run.rounds} rounds of ${run.seconds} s a cell, the servers in another order each round; medians over
rounds, ratios taken round by round. A *pair* is an acquire and a release, two round trips; a *query* is one. In pair-8x16 each
of 8 clients has 16 requests in flight. The echo gets the broker's very bytes and sends them back. Figures are those of
this machine and this run.

| goal | this run | spread | goal (stretch) | |
|---|---|---|---|---|
${goals.map((goal) => goal.text).join('\n')}

An idle broker has ${(run.idleBytes / 1e6).toFixed(1)} MB resident. ${run.full
    .map(({ live, residentPerReference }) => `With ${live} references it has ${residentPerReference.toFixed(0)} bytes more for each.`)
    .join(' ')}

${run.cells.map((cell) => cellTable(run, cell)).join('\n')}`;
  fs.writeFileSync(path.join(folder, 'report.md'), text);
  fs.writeFileSync(
    path.join(folder, 'report.json'),
    JSON.stringify({ machine, goals: goals.map(({ name, value, reached, atMost, atLeast }) => ({ name, value, reached, atMost, atLeast })), ...run, figures: undefined, samples: run.figures.samples }, null, 1),
  );
  for (const cell of run.cells) {
    const rows = run.servers
      .map((server) => ({ name: server, value: run.figures.median(cell, server, 'serverCpu'), ours: server.startsWith('broker') }))
      .filter((row) => row.value !== null);
    fs.writeFileSync(path.join(folder, `${cell}.svg`), barChart({ title: `${cell}: server CPU an operation`, unit: 'us', rows }));
  }
  console.log(text.split('\n### ')[0]);
  console.log(`\nAll of it: ${path.join(folder, 'report.md')}, report.json, and a chart a cell.`);
}

module.exports = { writeReport };
