// Writes what was measured: report.md for people, report.json for programs, and charts. Says of each goal whether this run
// reached it; a run never fails for its figures.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { kCells } = require('./cells');
const { goalRows } = require('./goals');
const { barChart, lineChart, kOurs, kOthers, kGoal } = require('./plot');

const kColors = [kOurs, '#2b6cb0', '#b7791f', '#805ad5', '#d53f8c', '#0b8a92'];

const number = (value, digits = 1) => (value === null || value === undefined ? '-' : value.toFixed(digits));
const withUnit = (row) => `${row.value.toFixed(row.digits)}${row.unit ? ` ${row.unit}` : ''}`;

function goalText(row) {
  if (row.reached === null) {
    return '-';
  }
  const goal = row.atMost === undefined ? `at least ${row.atLeast}` : `at most ${row.atMost}`;
  return goal + (row.stretch === undefined ? '' : ` (${row.stretch.toFixed(2)})`);
}

function verdict(row) {
  if (row.reached === null || !row.reached) {
    return row.reached === null ? '' : 'not reached';
  }
  const stretched = row.stretch !== undefined && (row.atMost === undefined ? row.value >= row.stretch : row.value <= row.stretch);
  return stretched ? 'reached, and the stretch' : 'reached';
}

function goalTables(goals) {
  return [...new Set(goals.map((row) => row.part))].map((part) => {
    const rows = goals.filter((row) => row.part === part);
    return `## ${part}

| figure | this run | goal (stretch) | | spread |
|---|---|---|---|---|
${rows.map((row) => `| ${row.name} | ${withUnit(row)} | ${goalText(row)} | ${verdict(row)} | ${row.spread} |`).join('\n')}
`;
  });
}

const kColumns = [['perSecond', 0], ['p50', 1], ['p99', 1], ['p999', 1], ['serverCpu', 2], ['clientCpu', 2]];

function cellTable({ figures, servers }, cell) {
  const rows = servers.filter((server) => figures.of(cell, server).length).map((server) => {
    const ratio = figures.ratio('serverCpu', [cell, server], [cell, 'echo']);
    const columns = kColumns.map(([what, digits]) => number(figures.median(cell, server, what), digits));
    return `| ${server} | ${columns.join(' | ')} | ${number(ratio?.median, 2)} | ${figures.of(cell, server).length} |`;
  });
  return rows.length === 0 ? '' : `### ${cell}

| server | a second | p50 us | p99 us | p99.9 us | server CPU us | client CPU us | server CPU to the echo | rounds |
|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}
`;
}

function coreTable(run) {
  const stretch = (work) => `${work.longest.toFixed(2)} of ${work.total.toFixed(2)}`;
  const exact = run.instructions ? `\nInstructions by callgrind, at 1,000 references: ${Math.round(run.instructions.pair).toLocaleString('en')} a pair, ${Math.round(run.instructions.query).toLocaleString('en')} a query.\n` : '';
  const rows = (run.core ?? []).map((one) =>
    `| ${one.live.toLocaleString('en')} | ${one.pair.toFixed(0)} | ${one.query.toFixed(0)} | ${one.sweepHeld.toFixed(0)} | ${one.sweepFree.toFixed(0)} | ${stretch(one.endOfHolder)} | ${stretch(one.status)} | ${stretch(one.list)} | ${one.live >= 10_000 ? one.bytesAReference.toFixed(0) : '-'} |`);
  return rows.length === 0 ? exact : `## The service's own work

Parsing, deciding, writing the journal (on this disk) and answering, without a socket: processor time of one thread. Of what
takes longer: the longest stretch in which nobody else is served, and all of it.

| references | pair ns | query ns | sweep, in use, ns a name | sweep, unused, ns a name | end of a holder of 4,096, ms | status, ms | list, ms | resident bytes a reference |
|---|---|---|---|---|---|---|---|---|
${rows.join('\n')}
${exact}`;
}

function objectsTable(run) {
  if (!run.objects) {
    return '';
  }
  const broker = run.figures.median('pair-1', 'broker', 'p50');
  return `## What a named object of the kernel costs

One process, no server, p50. No blocking server can be below that: its two round trips cost more. A kernel object has no table
that an administrator can read, no holders across sessions, no deferred deletion, and says nothing after a crash.

| object | us |
|---|---|
${run.objects.map((one) => `| ${one.name} | ${one.pair.toFixed(1)} |`).join('\n')}
${broker === null ? '' : `| the broker, an acquire and a release, 1 client | ${broker.toFixed(1)} |\n`}`;
}

function madeOf(run) {
  const { large } = run;
  const crowd = large ? `
The large table is held by ${large.processes.toLocaleString('en')} real processes of ${large.accounts.toLocaleString('en')} account${large.accounts === 1 ? ' (more need root)' : 's'}, ${large.references} references each
(this machine allows ${run.descriptors.toLocaleString('en')} descriptors).` : '';
  return `Machine: ${run.machine}. ${run.rounds} rounds of ${run.seconds} s a cell, the servers in another order each round; medians over
rounds, ratios taken round by round. A *pair* is an acquire and a release, two round trips; a *query* is one. In pair-8x16 each
of 8 clients has 16 requests in flight. The echo gets the broker's very bytes and sends them back. Figures are those of
this machine and this run.${crowd}`;
}

function goalsChart(goals) {
  const rows = goals.filter((row) => row.reached !== null && (row.atMost ?? row.atLeast) > 0).map((row) => ({
    name: row.name,
    // Below 1 is better than the goal, whichever way that points.
    value: row.atMost === undefined ? row.atLeast / row.value : row.value / row.atMost,
    color: row.reached ? kOurs : kGoal,
  }));
  return rows.length && barChart({ title: 'Each figure as a multiple of its goal: up to the line is reached', rows, goal: 1, goalText: 'goal', range: [0.1, 20] });
}

function charts(run, goals) {
  const { figures, servers, large } = run;
  const all = { goals: goalsChart(goals) };
  for (const { cell } of kCells) {
    const rows = servers.map((server) => ({ name: server, value: figures.median(cell, server, 'serverCpu'), ours: server.startsWith('broker') })).filter((row) => row.value !== null);
    all[`cpu-${cell}`] = rows.length > 1 && barChart({ title: `${cell}: processor time of the server, an operation`, unit: 'us', rows });
  }
  const overConnections = (what, kind) => servers.filter((server) => !server.startsWith('broker with')).map((server, i) => ({
    name: server,
    color: server === 'echo' ? kOthers : kColors[(i - 1) % kColors.length],
    points: kCells.filter((cell) => cell.kind === kind && cell.inFlight === 1).map(({ cell, connections }) => [connections, figures.median(cell, server, what)]).filter(([, y]) => y !== null),
  })).filter((one) => one.points.length);
  for (const kind of ['pair', 'query']) {
    const series = overConnections('perSecond', kind);
    all[`throughput-${kind}`] = series.length && lineChart({ title: `${kind}: operations a second`, xName: 'connections', unit: 'a second', series });
  }
  if (large && figures.samples.length) {
    const sizes = [[10, 'broker'], ...servers.filter((server) => server.startsWith('broker with')).map((server) => [Number(server.split(' ')[2]), server])];
    for (const what of ['serverCpu', 'p99']) {
      const series = ['pair-1', 'query-1', 'pair-8', 'query-8'].map((cell, i) => ({
        name: cell, color: kColors[i], points: sizes.map(([live, server]) => [live, figures.median(cell, server, what)]).filter(([, y]) => y !== null),
      })).filter((one) => one.points.length);
      all[`flat-${what}`] = series.length && lineChart({ title: what === 'p99' ? 'p99 over the size of the table' : 'processor time of the server over the size of the table', xName: 'live references', unit: 'us', series });
    }
  }
  return Object.entries(all).filter(([, svg]) => svg);
}

function writeReport(folder, run) {
  const goals = goalRows(run);
  const tables = goalTables(goals);
  const parts = [
    '# Speed\n', madeOf(run), '', ...tables, coreTable(run), objectsTable(run), run.windows?.text ?? '',
    run.figures.samples.length ? '## Cell by cell\n' : '', ...kCells.map(({ cell }) => cellTable(run, cell)),
  ];
  const drawn = charts(run, goals);
  const text = [...parts.filter((part) => part !== ''), drawn.length ? `## Charts\n\n${drawn.map(([name]) => `![${name}](${name}.svg)`).join('\n\n')}\n` : ''].join('\n');
  fs.writeFileSync(path.join(folder, 'report.md'), text);
  const { figures, ...others } = run;
  fs.writeFileSync(path.join(folder, 'report.json'), JSON.stringify({ goals, ...others, samples: figures.samples }, null, 1));
  for (const [name, svg] of drawn) {
    fs.writeFileSync(path.join(folder, `${name}.svg`), svg);
  }
  console.log(['# Speed\n', madeOf(run), '', ...tables].join('\n'));
  console.log(`All of it, cell by cell: ${path.join(folder, 'report.md')}, report.json and ${drawn.length} charts.`);
}

module.exports = { writeReport };
