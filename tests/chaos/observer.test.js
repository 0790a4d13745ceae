// What the observer concludes from lines of a log that no run gives reliably.
'use strict';

const assert = require('node:assert');
const test = require('node:test');

const { Observer } = require('./observer');

// A program holds a reference, lets go of it, and the service that is started afterwards still has it.
function balanceOf(...lines) {
  const observer = new Observer();
  const look = { counts: {}, known: ['7 A'], marks: [], notices: [], profiles: ['a'], removals: [], journalWritable: true };
  for (const line of [
    '1 program started 7',
    '2 program acquiring 1 A lasting',
    '3 program held 1 A lasting 0x00000000',
    ...lines,
    '7 conductor service-ended',
    '8 conductor service-started',
    '9 probe sampling 1',
    `10 probe sample 1 ${JSON.stringify(look)}`,
  ]) {
    observer.read(line);
  }
  return observer.balance();
}

test('a release that a full disk kept out of the journal is in doubt, also when its line comes after the kill', () => {
  const released = ['5 program releasing 1 A', '5.5 program released 1 A 0x00000000'];
  for (const lines of [
    ['4 conductor disk-full', ...released, '6 conductor service-kill'],
    ['4 conductor disk-full', '6 conductor service-kill', ...released],
  ]) {
    assert.deepStrictEqual(balanceOf(...lines), { lost: [], leaked: [], keptInDoubt: ['7 a'] });
  }
});

test('a release that could be written and is not remembered is a leak', () => {
  const lines = ['5 program releasing 1 A', '5.5 program released 1 A 0x00000000', '6 conductor service-kill'];
  assert.deepStrictEqual(balanceOf(...lines), { lost: [], leaked: ['7 a'], keptInDoubt: [] });
});
