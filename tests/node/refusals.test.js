// What is no request, and what no method takes. Sent as bytes, because no library would.
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const { Surroundings, newName, newReference } = require('./support/surroundings');
const { frame } = require('./support/wire');
const { assertRefusal, refused } = require('./support/refused');

const reference = newReference();

// What is sent, and what comes back: id and reason.
const MESSAGES = [
  ['no JSON', '{"jsonrpc":', null, 'parseError'],
  ['an empty body', '', null, 'parseError'],
  ['two JSON texts', '{} {}', null, 'parseError'],
  ['bytes that are not UTF-8', Buffer.from('7b226d223a22ff227d', 'hex'), null, 'parseError'],
  ['a lone surrogate', '{"jsonrpc":"2.0","id":1,"method":"\\ud800"}', null, 'parseError'],
  ['a number too large for any float', '{"jsonrpc":"2.0","id":1e999,"method":"broker/hello"}', null, 'parseError'],
  ['a batch', '[{"jsonrpc":"2.0","id":1,"method":"broker/hello"}]', null, 'invalidRequest'],
  ['an empty batch', '[]', null, 'invalidRequest'],
  ['a string', '"broker/hello"', null, 'invalidRequest'],
  ['no version', '{"id":1,"method":"broker/hello"}', 1, 'invalidRequest'],
  ['version 1.0', '{"jsonrpc":"1.0","id":1,"method":"broker/hello"}', 1, 'invalidRequest'],
  ['no method', '{"jsonrpc":"2.0","id":"x"}', 'x', 'invalidRequest'],
  ['a method that is no string', '{"jsonrpc":"2.0","id":1,"method":7}', 1, 'invalidRequest'],
  ['an id that is an object', '{"jsonrpc":"2.0","id":{},"method":"broker/hello"}', null, 'invalidRequest'],
  ['an id that is a flag', '{"jsonrpc":"2.0","id":true,"method":"broker/hello"}', null, 'invalidRequest'],
  ['an id of 1,025 bytes', `{"jsonrpc":"2.0","id":"${'i'.repeat(1025)}","method":"broker/hello"}`, null, 'invalidRequest'],
  ['a member twice', '{"jsonrpc":"2.0","id":1,"method":"broker/hello","id":2}', null, 'invalidRequest'],
  ['nine levels', `{"jsonrpc":"2.0","id":1,"method":"broker/hello","params":{"client":${'['.repeat(7)}${']'.repeat(7)}}}`, null, 'invalidRequest'],
  ['an unknown method', '{"jsonrpc":"2.0","id":1,"method":"broker/explode"}', 1, 'methodNotFound'],
  ['a method in another case', '{"jsonrpc":"2.0","id":1,"method":"Broker/Hello"}', 1, 'methodNotFound'],
  ['a method of the runtime', '{"jsonrpc":"2.0","id":1,"method":"constructor"}', 1, 'methodNotFound'],
  ['params as an array', '{"jsonrpc":"2.0","id":1,"method":"broker/status","params":[]}', 1, 'badParams'],
  ['params null', '{"jsonrpc":"2.0","id":1,"method":"broker/status","params":null}', 1, 'badParams'],
];

for (const [what, content, id, reason] of MESSAGES) {
  test(`${what} is refused as ${reason}, and the connection lives on`, async (t) => {
    const wire = await (await Surroundings.of(t)).wire();
    const body = Buffer.from(content);
    const answer = await wire.ask(Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`), body]));
    assert.deepStrictEqual(Object.keys(answer).sort(), ['error', 'id', 'jsonrpc']);
    assert.strictEqual(answer.id, id);
    assertRefusal(answer.error, reason);
    assert.ok((await wire.ask(frame('{"jsonrpc":"2.0","id":9,"method":"broker/hello"}'))).result);
  });
}

const IDS = ['7', '"seven"', '-1', '1.5', 'null', '""', '18446744073709551615', '"\\u00e4\\"\\\\"'];
test('an id comes back as it was written', async (t) => {
  const wire = await (await Surroundings.of(t)).wire();
  for (const id of IDS) {
    const answer = await wire.ask(frame(`{"jsonrpc":"2.0","id":${id},"method":"broker/hello"}`));
    assert.strictEqual(answer.id, JSON.parse(id));
    assert.ok(answer.result, id);
  }
});

test('eight levels and absent params are fine', async (t) => {
  const wire = await (await Surroundings.of(t)).wire();
  const deep = `${'['.repeat(6)}${']'.repeat(6)}`;
  const hello = `{"jsonrpc":"2.0","id":1,"method":"broker/hello","params":{"client":${deep}}}`;
  assert.ok((await wire.ask(frame(hello))).result);
  assert.ok((await wire.ask(frame('{"jsonrpc":"2.0","id":2,"method":"profile/list"}'))).result);
});

// Method, params, reason.
const CALLS = [
  ['reference/acquire', {}, 'badParams'],
  ['reference/acquire', { profile: null }, 'badParams'],
  ['reference/acquire', { profile: 7 }, 'badParams'],
  ['reference/acquire', { profile: 'P', reference: 'not a UUID' }, 'badParams'],
  ['reference/acquire', { profile: 'P', reference: `{${reference}}` }, 'badParams'],
  ['reference/acquire', { profile: 'P', reference: reference.replaceAll('-', '') }, 'badParams'],
  ['reference/acquire', { profile: 'P', temporary: 'yes' }, 'badParams'],
  ['reference/acquire', { profile: 'P', temporary: 1 }, 'badParams'],
  ['reference/acquire', { profile: 'P', label: 'x'.repeat(129) }, 'badParams'],
  ['reference/acquire', { profile: 'P', label: ['x'] }, 'badParams'],
  ['reference/acquire', { profile: 'P', Temporary: true }, 'badParams'],
  ['reference/acquire', { profile: 'P', hive: 'S-1-5-18' }, 'badParams'],
  ['reference/release', {}, 'badParams'],
  ['reference/release', { reference: 7 }, 'badParams'],
  ['reference/release', { reference: 'x' }, 'notFound'],
  ['reference/release', { reference, profile: 'P' }, 'badParams'],
  ['profile/query', {}, 'badParams'],
  ['profile/query', { profile: 'P', all: true }, 'badParams'],
  ['profile/query', { profile: 'P', hive: 18 }, 'badParams'],
  ['profile/query', { profile: 'P', hive: 'h'.repeat(1025) }, 'badParams'],
  ['profile/list', { all: 'true' }, 'badParams'],
  ['profile/list', { profile: 'P' }, 'badParams'],
  ['profile/delete', {}, 'badParams'],
  ['profile/delete', { profile: 'P', hive: 'S-1-5-18' }, 'badParams'],
  ['profile/undelete', { profile: 'P', hive: 'S-1-5-18' }, 'badParams'],
  ['profile/sweep', { profiles: ['P'], hive: 'S-1-5-18' }, 'badParams'],
  ['removal/finish', { claim: reference }, 'badParams'],
  ['removal/finish', { claim: 'x', removed: true }, 'notFound'],
  ['removal/finish', { removed: true }, 'badParams'],
  ['removal/finish', { claim: reference, removed: null }, 'badParams'],
  ['broker/status', { verbose: true }, 'badParams'],
  ['broker/subscribe', { all: {} }, 'badParams'],
];

test('params that a method does not take are refused', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  for (const [method, params, reason] of CALLS) {
    await t.test(`${method} ${JSON.stringify(params).slice(0, 80)}`, () => refused(reason, client.call(method, params)));
  }
});

test('null counts as absent', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  const params = { profile: newName(), reference: null, temporary: null, label: null };
  const { reference: made } = await client.call('reference/acquire', params);
  await client.call('reference/release', { reference: made });
  await client.call('profile/sweep', { profiles: null });
});

test('a notification is not answered, whatever is wrong with it', async (t) => {
  const wire = await (await Surroundings.of(t)).wire();
  for (const message of [
    '{"jsonrpc":"2.0","method":"broker/hello"}',
    '{"jsonrpc":"2.0","method":"broker/explode"}',
    '{"jsonrpc":"2.0","method":"profile/query","params":{}}',
    `{"jsonrpc":"2.0","method":"reference/release","params":{"reference":"${reference}"}}`,
  ]) {
    await wire.write(frame(message));
  }
  const answer = await wire.ask(frame('{"jsonrpc":"2.0","id":"last","method":"broker/hello"}'));
  assert.strictEqual(answer.id, 'last');
});
