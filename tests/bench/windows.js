// The same comparison over named pipes, under Wine: has windows_rounds.js measure it and judges it against its goals. Counted
// are the server's process and wineserver, which does there what Windows' kernel does.
'use strict';

const path = require('node:path');
const { execFile } = require('node:child_process');
const { promisify } = require('node:util');
const { Figures, median } = require('./figures');

const kPooledCells = ['pair-1', 'query-1', 'pair-8', 'query-8'];
const kGoal = { atMost: 1.1 };

function goalsOf(figures) {
  const ratio = (what, cell) => {
    const found = figures.ratio(what, [cell, 'broker'], [cell, 'echo']);
    return found && { value: found.median, spread: `quartiles ${found.low.toFixed(2)} to ${found.high.toFixed(2)}` };
  };
  const pooled = (what, cells) => {
    const found = figures.pooled(what, cells, 'broker', 'echo');
    return found && { value: found.mean, spread: `standard error ${(found.error * 100).toFixed(1)} %, n = ${found.count}` };
  };
  return [
    ['CPU of server and wineserver an operation, pooled, to the echo', pooled('bothCpu', kPooledCells), kGoal],
    ['CPU of the server alone, pooled, to the echo', pooled('serverCpu', kPooledCells), {}],
    ['pair, p50, 1 client, to 2 echoes', ratio('p50', 'pair-1'), kGoal],
    ['query, p50, 1 client, to the echo', ratio('p50', 'query-1'), kGoal],
    ['pair, p50, 8 clients, to 2 echoes', ratio('p50', 'pair-8'), {}],
  ];
}

function textOf(figures, { cells, objects }) {
  const columns = [['perSecond', 0], ['p50', 1], ['p99', 1], ['p999', 1], ['serverCpu', 1], ['kernelCpu', 1]];
  const rows = cells.flatMap((cell) => ['echo', 'broker'].filter((server) => figures.of(cell, server).length).map((server) =>
    `| ${cell} | ${server} | ${columns.map(([what, digits]) => figures.median(cell, server, what).toFixed(digits)).join(' | ')} |`));
  return `## Over the named pipe, under Wine, cell by cell

| cell | server | a second | p50 us | p99 us | p99.9 us | server CPU us | wineserver CPU us |
|---|---|---|---|---|---|---|---|
${rows.join('\n')}

A named mutex, made and closed by one process: p50 ${median(objects.map((one) => one.p50)).toFixed(1)} us. Under Wine that is one request to wineserver for each of the two.
`;
}

async function measureWindows(where, options) {
  options.say('under Wine');
  const processors = where.processor === null ? [] : ['--processor', String(where.processor), '--other-processor', String(where.otherProcessor)];
  const { stdout } = await promisify(execFile)(path.join(__dirname, 'windows.sh'),
    [path.resolve(options['windows-bin']), '--rounds', String(options.rounds), '--seconds', String(options.seconds), ...processors], { maxBuffer: 1 << 26 });
  const found = JSON.parse(stdout.slice(stdout.lastIndexOf('{"samples"')));
  const figures = new Figures(found.samples);
  return { goals: goalsOf(figures), text: textOf(figures, found), samples: found.samples, objects: found.objects };
}

module.exports = { measureWindows };
