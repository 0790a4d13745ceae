// Profile names: what is one, and when two are the same.
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const { Surroundings, newName } = require('./support/surroundings');
const { refused } = require('./support/refused');

const BAD = [
  ['empty', '', 'badName'],
  ['a space in front', ' Outlook', 'badName'],
  ['a space behind', 'Outlook ', 'badName'],
  ['only a space', ' ', 'badName'],
  ['a backslash', 'Out\\look', 'badName'],
  ['a null character', 'Out\0look', 'badName'],
  ['a line feed', 'Out\nlook', 'badName'],
  ['DEL', 'Out\u007flook', 'badName'],
  ['a C1 control', 'Out\u0085look', 'badName'],
  ['65 units', 'n'.repeat(65), 'nameTooLong'],
  ['65 units of 2 bytes each', 'ä'.repeat(65), 'nameTooLong'],
  ['33 surrogate pairs', '\u{1F4EC}'.repeat(33), 'nameTooLong'],
  ['63 units and a surrogate pair', `${'n'.repeat(63)}\u{1F4EC}`, 'nameTooLong'],
];

test('what is no name is refused', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  for (const [what, profile, reason] of BAD) {
    for (const method of ['reference/acquire', 'profile/query', 'profile/delete', 'profile/undelete']) {
      await t.test(`${what}: ${method}`, () => refused(reason, client.call(method, { profile })));
    }
  }
});

const GOOD = [
  ['1 unit', 'x'],
  ['64 units', 'n'.repeat(64)],
  ['64 units of 3 bytes each', '漢'.repeat(64)],
  ['32 surrogate pairs', '\u{1F4EC}'.repeat(32)],
  ['spaces inside', 'My  Profile'],
  ['punctuation of paths', 'a/b:c*d?e"f<g>h|i'],
  ['a no-break space in front', '\u00a0Outlook'],
  ['quotes and JSON escapes', '"{}[],\u2028'],
];

test('what is a name is accepted and comes back as written', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  for (const [what, profile] of GOOD) {
    await t.test(what, async () => {
      const { reference } = await client.call('reference/acquire', { profile });
      const usage = await client.call('profile/query', { profile });
      await client.call('reference/release', { reference });
      assert.deepStrictEqual([usage.profile, usage.references], [profile, 1]);
    });
  }
});

const SAME = [
  ['ASCII', 'Outlook', 'OUTLOOK'],
  ['Ä and ä', 'Ärger', 'äRGER'],
  ['Greek', 'αβγ', 'ΑΒΓ'],
  ['Cyrillic', 'почта', 'ПОЧТА'],
  ['ÿ and Ÿ', 'ÿ', 'Ÿ'],
  ['full width', 'ｍａｉｌ', 'ＭＡＩＬ'],
];
const DIFFERENT = [
  ['ß and SS', 'Straße', 'STRASSE'],
  ['i without a dot', 'ıx', 'Ix'],
  ['composed and decomposed', '\u00e4', 'a\u0308'],
  ['a space more', 'My Profile', 'My  Profile'],
];

for (const [pairs, expected] of [[SAME, 1], [DIFFERENT, 0]]) {
  for (const [what, one, other] of pairs) {
    test(`${what}: two spellings are ${expected ? 'one profile' : 'two profiles'}`, async (t) => {
      const client = await (await Surroundings.of(t)).client();
      const stem = newName('');
      await client.call('reference/acquire', { profile: one + stem });
      const usage = await client.call('profile/query', { profile: other + stem });
      assert.strictEqual(usage.references, expected);
      assert.strictEqual(usage.profile, (expected ? one : other) + stem, 'shown as first spelled');
    });
  }
}
