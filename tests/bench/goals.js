// The project's goals: from which figures of a run each is judged, and what it must be. A row is { part, name, value, unit,
// spread, atMost or atLeast, stretch, reached }; a row without a goal is there to be read beside the one before it. What a run
// did not measure has no row. docs/speed.md says what each means.
'use strict';

const { kPooledCells } = require('./cells');
const { quartiles } = require('./figures');

const spreadOf = ({ low, high }) => `quartiles ${low.toFixed(2)} to ${high.toFixed(2)}`;
const spreadOfPooled = ({ error, count }) => `standard error ${(error * 100).toFixed(1)} %, n = ${count}`;

// Makes rows of one part; a figure that is missing makes none.
function rowsOf(part, list) {
  return list.flatMap(([name, figure, goal]) => {
    if (figure === null || figure === undefined || figure.value === undefined || Number.isNaN(figure.value)) {
      return [];
    }
    const reached = goal.atMost !== undefined ? figure.value <= goal.atMost : goal.atLeast !== undefined ? figure.value >= goal.atLeast : null;
    return [{ part, name, unit: '', digits: 2, spread: '', ...figure, ...goal, reached }];
  });
}

const pooledFigure = (pooled) => pooled && { value: pooled.mean, spread: spreadOfPooled(pooled) };
const ratioFigure = (ratio) => ratio && { value: ratio.median, spread: spreadOf(ratio) };

function besideEcho(figures, broker, echo, cells) {
  const ratio = (what, ours, theirs = ours) => ratioFigure(figures.ratio(what, [ours, broker], [theirs, echo]));
  return [
    ['server CPU an operation, pooled, to the echo', pooledFigure(figures.pooled('serverCpu', cells, broker, echo)), { atMost: 1.2, stretch: 1.1 }],
    ['pair, p50, 1 client on one processor, to 2 echoes', ratio('p50', 'pair-1'), { atMost: 1.2, stretch: 1.05 }],
    ['query, p50, 1 client on one processor, to the echo', ratio('p50', 'query-1'), { atMost: 1.1, stretch: 1.0 }],
    ['pairs a second, 8 clients, to the echo', ratio('perSecond', 'pair-8'), { atLeast: 0.85, stretch: 0.95 }],
    ['pairs a second, 64 clients, to the echo', ratio('perSecond', 'pair-64'), { atLeast: 0.85, stretch: 0.95 }],
    ['pairs a second, 8 clients with 16 in flight, to echo pairs one by one', ratio('perSecond', 'pair-8x16', 'pair-8'), { atLeast: 4.5, stretch: 6.5 }],
  ];
}

// What a server costs that leaves reading to Boost.Asio, as the broker does on Windows.
function asioBesideEcho(figures) {
  const ratio = (what, cell) => ratioFigure(figures.ratio(what, [cell, 'asio-echo'], [cell, 'echo']));
  return [
    ['an echo on Boost.Asio: server CPU an operation, pooled, to the echo', pooledFigure(figures.pooled('serverCpu', kPooledCells, 'asio-echo', 'echo')), {}],
    ['the same: pair, p50, 1 client on one processor', ratio('p50', 'pair-1'), {}],
    ['the same: query, p50, 1 client on one processor', ratio('p50', 'query-1'), {}],
    ['the same: pairs a second, 8 clients', ratio('perSecond', 'pair-8'), {}],
  ];
}

// With the echo's own: no server that is asked over a socket can be below it.
function besidePeers(figures) {
  const pooled = (server, peer) => pooledFigure(figures.pooled('serverCpu', kPooledCells, server, peer));
  return [
    ['Redis', 'redis', 0.85],
    ['dbus-broker', 'dbus-broker', 0.42],
    ['dbus-daemon', 'dbus-daemon', 0.16],
    ['etcd', 'etcd', 0.03],
  ].flatMap(([label, peer, atMost]) => [
    [`server CPU an operation, pooled, to ${label}`, pooled('broker', peer), { atMost }],
    [`the bare echo's, to ${label}`, pooled('echo', peer), {}],
  ]);
}

const msOf = (value, spread = '') => ({ value, unit: 'ms', spread });

// A client's wait says more than a share of a thread's time, and less on a busy machine: both are shown.
function stallFigure(stall) {
  if (!stall || !stall.happened) {
    return null;
  }
  return msOf(stall.adds, `longest wait ${stall.longest.toFixed(2)} ms, ${stall.quiet.toFixed(2)} ms with nothing going on${stall.refused ? '; answered by a refusal' : ''}`);
}

function flat(run) {
  const { figures, large } = run;
  const small = run.core?.[0];
  const big = run.core && run.core[run.core.length - 1];
  const references = (count) => `${Math.round(count).toLocaleString('en')} references`;
  const larger = large && `${references(large.live)} to ${run.fewLive}`;
  const pooled = (what) => large && pooledFigure(figures.pooled(what, kPooledCells, large.name, 'broker'));
  const own = (kind) => big && big !== small && { value: big[kind] / small[kind], spread: `${small[kind].toFixed(0)} ns with ${small.live}, ${big[kind].toFixed(0)} ns with ${references(big.live)}` };
  const perName = (what) => big && { value: big[what] / 1000, unit: 'us', spread: `with ${references(big.live)}` };
  const stretch = (what) => big && msOf(big[what].longest, `${big[what].total.toFixed(2)} ms in all${big[`${what}Refused`] ? '; answered by a refusal' : ''}`);
  const waits = large?.stalls ?? {};
  return [
    [`server CPU an operation, pooled, ${larger}`, pooled('serverCpu'), { atMost: 1.1 }],
    [`p99, pooled, ${larger}`, pooled('p99'), { atMost: 1.3 }],
    ['own work of a pair, largest table to smallest', own('pair'), {}],
    ['own work of a query, largest table to smallest', own('query'), {}],
    ['sweep of 1,000 names in use, a name', perName('sweepHeld'), { atMost: 3 }],
    ['sweep of 1,000 names nobody uses, a name', perName('sweepFree'), { atMost: 3 }],
    ['end of a holder of 4,096, longest stretch of work', stretch('endOfHolder'), { atMost: 2 }],
    ['end of a holder of 4,096, what another client waits longer', stallFigure(waits['end-of-holder']), { atMost: 2 }],
    ['status, longest stretch of work', stretch('status'), { atMost: 2 }],
    ['status, what another client waits longer', stallFigure(waits.status), { atMost: 2 }],
    ['list of one account, longest stretch of work', stretch('list'), { atMost: 2 }],
    ['list of everything, longest stretch of work', stretch('listAll'), { atMost: 2 }],
    ['list of everything, what another client waits longer', stallFigure(waits.list), { atMost: 2 }],
    ['compaction of the journal, what another client waits longer', stallFigure(waits.churn), { atMost: 2 }],
  ];
}

function small(run) {
  const { large, library, start } = run;
  const idle = start?.idleBytes;
  const big = run.core && run.core[run.core.length - 1];
  const crowd = large && `${large.live.toLocaleString('en')} references of ${large.processes.toLocaleString('en')} processes in ${large.accounts.toLocaleString('en')} accounts`;
  return [
    ['resident bytes a reference', large && { value: large.addedBytes / large.live, digits: 0, spread: crowd }, { atMost: 200 }],
    ['resident bytes a reference, without sockets and process handles', big && big.live >= 100_000 && { value: big.bytesAReference, digits: 0, spread: `${big.live.toLocaleString('en')} references` }, { atMost: 200 }],
    ['idle service, resident', idle && { value: idle / 1e6, unit: 'MB', digits: 1 }, { atMost: 12 }],
    ['client library for Windows, stripped', library?.dllBytes && { value: library.dllBytes / 1000, unit: 'KB', digits: 0 }, { atMost: 300 }],
    ['client library for Linux, stripped', library && { value: library.sharedObjectBytes / 1000, unit: 'KB', digits: 0 }, {}],
    ['threads that the client library adds', library && { value: library.threads - 1, digits: 0 }, { atMost: 0 }],
    ['client library, own CPU of an acquire or release, not temporary', library && { value: library.pairOwn, unit: 'us', spread: `${(library.pair / 2).toFixed(1)} us in all` }, { atMost: 3 }],
    ['client library, own CPU of a query', library && { value: library.queryOwn, unit: 'us', spread: `${library.query.toFixed(1)} us in all` }, { atMost: 3 }],
    ['client library, CPU of a temporary profile, with its mark and removal', library && { value: library.temporary, unit: 'us', digits: 0, spread: 'acquire, release, removal; files stand for the registry' }, {}],
  ];
}

function quick(run) {
  const recovered = run.large?.recovery;
  return [
    ['start to first answer, no journal', run.start && msOf(run.start.milliseconds), { atMost: 50 }],
    [`recovery of ${recovered?.references.toLocaleString('en')} references, start to first answer`, recovered && { value: recovered.seconds, unit: 's', spread: `holders verified: ${recovered.processes} processes, ${recovered.lost} lost` }, { atMost: 2 }],
  ];
}

function storm(run) {
  const found = run.storm;
  return [
    ['storm, to the same against the echo', found && ratioFigure(quartiles(found.ratios)), { atMost: 1.5 }],
    ['storm, refused', found && { value: found.refused, digits: 0, spread: `${found.programs} programs, p99 ${(found.p99.broker / 1000).toFixed(0)} ms (echo ${(found.p99.echo / 1000).toFixed(0)} ms)` }, { atMost: 0 }],
  ];
}

function goalRows(run) {
  return [
    ...rowsOf('Beside a bare echo', besideEcho(run.figures, 'broker', 'echo', kPooledCells)),
    ...rowsOf('Beside a bare echo', asioBesideEcho(run.figures)),
    ...rowsOf('Beside its peers', besidePeers(run.figures)),
    ...rowsOf('Flat', flat(run)),
    ...rowsOf('Small', small(run)),
    ...rowsOf('Quick to be there', quick(run)),
    ...rowsOf('A storm', storm(run)),
    ...rowsOf('Over the named pipe, under Wine', run.windows?.goals ?? []),
  ];
}

module.exports = { goalRows, pooledFigure, ratioFigure };
