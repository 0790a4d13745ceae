// Links between the pages: each leads to a file that is there, and to a heading that is there.
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '../..');
const pages = ['.', 'docs', 'proto'].flatMap((folder) =>
  fs
    .readdirSync(path.join(root, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => path.join(folder, name)),
);

const text = (page) => fs.readFileSync(path.join(root, page), 'utf8').replaceAll('\r\n', '\n');
const withoutCode = (markdown) => markdown.replace(/^```[^]*?^```$/gm, '').replace(/`[^`\n]*`/g, '');

// As GitHub makes them of headings: lower case, without punctuation, spaces become hyphens.
function anchorsOf(page) {
  const headings = text(page)
    .replace(/^```[^]*?^```$/gm, '')
    .matchAll(/^#+ (.*)$/gm);
  return new Set(
    [...headings].map(([, heading]) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    ),
  );
}

test('there are pages to look at', () => assert.ok(pages.length >= 8, pages.join()));

for (const page of pages) {
  test(`the links of ${page} lead somewhere`, () => {
    for (const [, target] of withoutCode(text(page)).matchAll(/\]\(([^)\s]+)\)/g)) {
      if (/^[a-z]+:/.test(target)) {
        continue;
      }
      const [file, anchor] = target.split('#');
      const linked = file ? path.join(path.dirname(page), file) : page;
      assert.ok(fs.existsSync(path.join(root, linked)), `${target}: no such file`);
      assert.ok(!anchor || anchorsOf(linked).has(anchor), `${target}: no such heading`);
    }
  });
}
