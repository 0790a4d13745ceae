// What a chaos run has to say at its end: its figures, and each violation with what led to it.
'use strict';

const { timeline } = require('./observer');

const kShown = 10;

const rows = [
  ['operations of clients', (f) => f.operations],
  ['references acquired', (f) => `${f.acquired}, ${f.acquiredWithoutService} of them without the service`],
  ['clients killed, frozen', (f) => `${f.clientsKilled}, ${f.clientsStopped}`],
  ['connections cut by clients', (f) => f.connectionsCut],
  ['service killed, stopped, frozen', (f) => `${f.serviceKilled}, ${f.serviceStopped}, ${f.serviceFrozen}`],
  ['service started, start refused', (f) => `${f.serviceStarts}, ${f.startsRefused} (state folder read-only)`],
  ['disk full, folder read-only', (f) => `${f.diskFull}, ${f.readOnly}`],
  ['clock jumps', (f) => f.clockJumps],
  ['descriptors exhausted', (f) => f.descriptorsExhausted],
  ['looks from outside, full counts', (f) => `${f.looks}, ${f.pauses}`],
  ['deletions done', (f) => f.deletions],
  ['deletions deferred, of which done', (f) => `${f.deferred}; marked profiles gone: ${f.deferredCompleted}`],
  ['longest unprotected time', (f) => (f.unprotectedMs > 0 ? `${Math.ceil(f.unprotectedMs)} ms` : 'none')],
  ['profiles harmed while held', (f) => f.harmed],
  ['references lost', (f) => f.lost],
  ['references leaked', (f) => f.leaked],
  ['references kept in doubt', (f) => f.keptInDoubt],
];

// True when there was no violation.
function report(observer, logFile, facts) {
  for (const [name, value] of Object.entries(facts)) {
    console.log(`  ${name.padEnd(36)}${value}`);
  }
  for (const [name, value] of rows) {
    console.log(`  ${name.padEnd(36)}${value(observer.figures)}`);
  }
  for (const violation of observer.violations.slice(0, kShown)) {
    console.log(`\nVIOLATION, line ${violation.line} of ${logFile}, profile ${violation.profile}:\n  ${violation.what}`);
    timeline(logFile, violation).forEach((line) => console.log(`    ${line}`));
  }
  if (observer.violations.length > kShown) {
    console.log(`\n... and ${observer.violations.length - kShown} more: node tests/chaos/observer.js ${logFile}`);
  }
  console.log(observer.violations.length === 0 ? '\n  The promise held.' : `\n  The promise was BROKEN: ${observer.violations.length} violations.`);
  return observer.violations.length === 0;
}

module.exports = { report };
