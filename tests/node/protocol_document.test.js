// proto/protocol.md is true: every example is played against the service and compared member by member, and every table with
// the sources.
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const document = require('./support/protocol_document');
const { Actor } = require('./support/actor');
const { Surroundings, onlyWithOwnService } = require('./support/surroundings');
const { until } = require('./support/until');

// Asks on the same connection as the story, so that the counts of connections stay the story's.
async function waitUntilUnused(actor, profile) {
  await until(`'${profile}' to have no holder`, async () => {
    const params = { profile };
    await actor.order('send', { text: JSON.stringify({ jsonrpc: '2.0', id: 'wait', method: 'profile/query', params }) });
    const answer = await actor.order('receive');
    return answer.result.references === 0;
  });
}

test('the examples on the page happen as they stand there', { skip: onlyWithOwnService }, async (t) => {
  const { endpoint } = await Surroundings.of(t);
  const actors = new Map();
  for (const name of new Set(document.examples().map(({ who }) => who))) {
    actors.set(name, await Actor.start(t));
  }
  const connected = new Set(); // each only when it has something to say: the first frame has 2 s
  const samples = new document.Samples();
  for (const { who, does, body } of document.examples()) {
    const actor = actors.get(who);
    if (does === 'dies') {
      await actor.kill();
      await waitUntilUnused(actors.get('B'), 'Fax 1');
    } else if (does === 'sends') {
      if (!connected.has(who)) {
        await actor.order('connectWire', { endpoint });
        connected.add(who);
      }
      await actor.order('send', { text: samples.fill(body.trim()) });
    } else {
      const received = await actor.order('receive');
      assert.notStrictEqual(received, null, `the connection ended instead of: ${body}`);
      samples.compare(JSON.parse(body), received, `what ${who} receives for ${body}`);
    }
  }
  assert.ok(document.examples().length > 50, 'the examples were found');
});

test('every method has a section with a table row, an example and its errors', () => {
  const methods = [...document.source('proto/calls.cpp').matchAll(/MethodReader\{"([^"]+)"/g)].map(([, name]) => name);
  assert.ok(methods.length > 0);
  const listed = document.table('method').map(([name]) => name.replaceAll('`', ''));
  assert.deepStrictEqual([...listed].sort(), [...methods].sort());
  for (const method of methods) {
    const section = document.text.split(`\n### \`${method}\`\n`)[1].split(/\n##+ /)[0];
    assert.match(section, new RegExp(`"method":"${method}"`), `${method} has an example`);
    if (method !== 'broker/status') {
      assert.match(section, /\nErrors: /, `${method} names its errors`);
    }
  }
});

test('the table of errors is that of the sources', () => {
  const hresults = new Map(
    [...document.source('proto/error_codes.h').matchAll(/(k\w+) = (0x[0-9A-F]{8});\s*\/\/ (MAPI_\w+)/g)].map(
      ([, constant, value, name]) => [constant, { value, name }],
    ),
  );
  const facts = document.source('proto/error_codes.cpp').matchAll(/Reason::\w+,\s*(-?\d+),\s*"(\w+)",\s*hresult::(k\w+)/g);
  const expected = [...facts].map(([, code, reason, constant]) => {
    const { value, name } = hresults.get(constant);
    return [code, reason, value, name];
  });
  assert.ok(expected.length > 0);
  assert.deepStrictEqual(document.table('code').map((row) => row.slice(0, 4)), expected);
});

test('the table of limits is that of the sources', () => {
  const limits = document.source('proto/limits.h').replace(/std::size_t\{(\d+)\}/g, '$1');
  const constants = limits.matchAll(/constexpr [\w:]+ (k\w+)(?: =\s*|\{)([\d'* ]+)[;}]/g);
  const expected = new Map(
    [...constants]
      .filter(([, name]) => name !== 'kProtocolVersion')
      .map(([, name, value]) => [
        name,
        value.replaceAll("'", '').split('*').reduce((product, factor) => product * Number(factor), 1),
      ]),
  );
  const rows = document.table('what').filter(([, , constant]) => constant?.startsWith('`k'));
  const stated = new Map(rows.map(([, limit, constant]) => [constant.replaceAll('`', ''), parseInt(limit.replaceAll(',', ''), 10)]));
  assert.deepStrictEqual(new Map([...stated].sort()), new Map([...expected].sort()));
});

test('the options in the table of limits are options of the service', () => {
  const options = [...document.source('service/setting_table.h').matchAll(/"(--[\w-]+)"/g)].map(([, option]) => option);
  const named = document.table('what').map((row) => row[3]).filter((cell) => cell?.startsWith('`--'));
  assert.strictEqual(named.length, 7);
  for (const option of named) {
    assert.ok(options.includes(option.replaceAll('`', '')), `${option} exists`);
  }
});

test('every way in which the service ends a connection stands in the table of ends', () => {
  const words = [...document.source('service/connection.cpp').matchAll(/case DisconnectReason::\w+:\s*return "([^"]+)"/g)];
  assert.ok(words.length > 0);
  const ends = document.text.split('\n## 11.')[1].split('\n## ')[0];
  for (const [, word] of words) {
    assert.ok(ends.includes(`"${word}"`), `'${word}' is explained`);
  }
});

test('the events on the page are those of the sources', () => {
  const [, words] = /kEventWords = \{([^}]+)\}/.exec(document.source('proto/message_words.cpp'));
  const expected = [...words.matchAll(/"(\w+)"/g)].map(([, word]) => word);
  const stated = document.table('event').map(([event]) => event.replaceAll('`', ''));
  assert.deepStrictEqual(stated.sort(), expected.sort());
});

test('the frame on the page has the length that it says', () => {
  const [, length, body] = /^```text frame\nContent-Length: (\d+)\n\n(.*)\n```$/m.exec(document.text);
  assert.strictEqual(Buffer.byteLength(body), Number(length));
});
