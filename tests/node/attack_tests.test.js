// The table "Attacks and their tests" of docs/attack-surface.md against the tree: every attack has a test or a line of the
// Windows checklist, and every test that is named is there.
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { source } = require('./support/protocol_document');

const root = path.join(__dirname, '../..');
const section = source('docs/attack-surface.md').replaceAll('\r\n', '\n').split('\n## Attacks and their tests\n')[1].split('\n## ')[0];
const rows = [...section.matchAll(/^\| (.+?) \| (.*)\|$/gm)].map(([, attack, tries]) => ({ attack, tries: tries.trim() })).slice(1);
const checklist = source('docs/windows-checklist.md');

// A test's name as it stands in a source: literals that go on in the next line are one, escapes are what they stand for.
const plain = (file) => source(file).replaceAll(/"\s*\n\s*"/g, '').replaceAll("\\'", "'");

test('the table has the attacks', () => assert.ok(rows.length > 40, `${rows.length} rows`));

for (const { attack, tries } of rows) {
  const heading = /^\*\*[^*]+\*\*$/.test(attack);
  test(`tried: ${attack}`, () => {
    assert.ok(heading ? tries === '' : tries !== '', 'an attack has a test or a line of the checklist, a heading has none');
    for (const one of heading ? [] : tries.split('; ')) {
      const line = /^checklist (\d+)$/.exec(one);
      if (line) {
        assert.match(checklist, new RegExp(`^\\| ${line[1]} \\|`, 'm'), `docs/windows-checklist.md has a line ${line[1]}`);
        continue;
      }
      const [, file, name] = /^`([^`]+)`(?:: \*(.+)\*)?$/.exec(one) ?? assert.fail(`not a test: ${one}`);
      assert.ok(fs.existsSync(path.join(root, file)), `${file} exists`);
      assert.ok(!name || plain(file).includes(name), `${file} has the test "${name}"`);
    }
  });
}
