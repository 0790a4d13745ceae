// docs/attack-surface.md against the sources: descriptors, access masks and limits that an administrator reads there are those
// that the programs are built from.
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const { source } = require('./support/protocol_document');

const page = source('docs/attack-surface.md').replaceAll('\r\n', '\n');

const blocks = [...page.matchAll(/^ {4}(\S.*)$/gm)].map(([, text]) => text);

for (const [what, file, name] of [
  ['pipe', 'service/pipe_security_win.h', 'kPipeSecurity'],
  ['state folder', 'service/state_folder_win.h', 'kStateFolderSecurity'],
]) {
  test(`the page shows the ${what}'s descriptor as the source has it`, () => {
    const text = source(file);
    const sddl = /L"(O:SYG:SY[^"]+)"/.exec(text)?.[1];
    assert.ok(sddl && text.includes(name), `${file} has the descriptor ${name}`);
    assert.deepStrictEqual(
      blocks.filter((block) => block === sddl),
      [sddl],
      `docs/attack-surface.md has the line "    ${sddl}"`,
    );
    assert.ok(page.includes(file), `docs/attack-surface.md names ${file}`);
  });
}

test('the page shows no descriptor that no source has', () => {
  assert.deepStrictEqual(blocks.filter((block) => block.startsWith('O:')).length, 2);
});

test('the page explains each part of the pipe\'s descriptor', () => {
  const [sddl] = blocks.filter((block) => block.includes(';;;AU)'));
  const entries = sddl.match(/\([^)]*\)/g);
  assert.strictEqual(entries.length, 3);
  for (const entry of entries) {
    assert.ok(page.includes(`| \`${entry}\` |`) || page.includes(`| \`S:${entry}\` |`), entry);
  }
});

test('the page names the rights that the client library asks for', () => {
  const access = /kAccess = (0x[0-9a-f]+);/.exec(source('client-lib/channel_win.cpp'))[1];
  assert.ok(page.includes(`access ${access} `), access);
  assert.strictEqual(Number(access) & 0x4, 0, 'FILE_CREATE_PIPE_INSTANCE is never asked for');
});

test('the page names the pipe', () => {
  const name = /LR?"\((\\\\\.\\pipe\\[^)"]+)\)"|R"\((\\\\\.\\pipe\\[^)"]+)\)"/.exec(source('proto/endpoint.h'));
  assert.ok(name && page.includes(`\`${name[1] ?? name[2]}\``));
});

test('the page\'s limits are those of proto/limits.h', () => {
  const limits = source('proto/limits.h');
  const limit = (name) => {
    const found = new RegExp(`${name}\\s*=\\s*([^;]+);`).exec(limits);
    assert.ok(found, name);
    return found[1].replaceAll("'", '').replace(/std::size_t\{(\d+)\}/, '$1').split('*').reduce((product, factor) => product * Number(factor), 1);
  };
  for (const [name, words] of [
    ['kMaxContentLengthDigits', 'at most # ASCII digits'],
    ['kMaxJsonDepth', 'depth #'],
    ['kMaxStringBytes', 'strings of # bytes'],
    ['kMaxRequestBytes', '# bytes at most'],
    ['kMaxAnswerBytes', '# bytes at most'],
    ['kMaxConnectionsPerUser', '# connections, '],
    ['kMaxSilentConnectionsPerUser', '# of them silent'],
    ['kMaxConnections', '# connections in all'],
    ['kMaxReferencesPerProcess', '# references a process'],
    ['kMaxReferencesPerUser', '# references and'],
    ['kMaxProfilesPerUser', '# profiles an account'],
  ]) {
    const value = limit(name).toLocaleString('en-US');
    const text = words.replace('#', value).replaceAll(' ', '\\s+');
    assert.match(page, new RegExp(text), `${name} is ${value}`);
  }
});
