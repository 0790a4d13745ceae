// Acquire and release: what a process is told, what is the same request twice, and what belongs to somebody else.
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const { Surroundings, onlyWithOwnService, newName, newReference } = require('./support/surroundings');
const { refused } = require('./support/refused');
const { until } = require('./support/until');
const { isUuid } = require('./support/protocol_document');

test('acquire answers with the reference that the client chose, in lower case', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  const reference = newReference();
  const result = await client.call('reference/acquire', { profile: newName(), reference: reference.toUpperCase() });
  assert.deepStrictEqual(result, { reference, references: 1, temporary: false, deletionDeferred: false });
});

test('acquire without a reference gets one from the service', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  const profile = newName();
  const first = await client.call('reference/acquire', { profile });
  const second = await client.call('reference/acquire', { profile });
  assert.ok(isUuid(first.reference));
  assert.notStrictEqual(first.reference, second.reference);
  assert.strictEqual(second.references, 2);
});

test('acquire asked again is the same acquire, also on another connection', async (t) => {
  const place = await Surroundings.of(t);
  const client = await place.client();
  const acquire = { profile: newName('Repeated'), reference: newReference() };
  const first = await client.call('reference/acquire', acquire);
  assert.deepStrictEqual(await client.call('reference/acquire', acquire), first);
  await client.close();
  const again = await place.client();
  assert.deepStrictEqual(await again.call('reference/acquire', { ...acquire, profile: acquire.profile.toUpperCase() }), first);
  assert.deepStrictEqual(await again.call('reference/acquire', { ...acquire, temporary: true }), first);
});

test('a reference is neither acquired nor released by another process', async (t) => {
  const place = await Surroundings.of(t);
  const [owner, other] = [await place.client(), await place.actor()];
  const profile = newName();
  const reference = newReference();
  await owner.call('reference/acquire', { profile, reference });
  await refused('accessDenied', other.call('reference/acquire', { profile, reference }));
  await refused('accessDenied', other.call('reference/release', { reference }));
  assert.strictEqual((await owner.call('profile/query', { profile })).references, 1);
});

test('a reference is of one profile only', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  const reference = newReference();
  await client.call('reference/acquire', { profile: newName(), reference });
  await refused('accessDenied', client.call('reference/acquire', { profile: newName(), reference }));
});

test('a reference outlives the connection that it was acquired on', async (t) => {
  const place = await Surroundings.of(t);
  const first = await place.client();
  const profile = newName();
  const { reference } = await first.call('reference/acquire', { profile });
  await first.close();
  const second = await place.client();
  assert.strictEqual((await second.call('profile/query', { profile })).references, 1);
  assert.deepStrictEqual(await second.call('reference/release', { reference }), { references: 0, removal: null });
});

test('release counts down, one reference at a time', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  const profile = newName();
  const one = await client.call('reference/acquire', { profile });
  const two = await client.call('reference/acquire', { profile });
  assert.deepStrictEqual(await client.call('reference/release', { reference: one.reference }), { references: 1, removal: null });
  await refused('notFound', client.call('reference/release', { reference: one.reference }));
  assert.deepStrictEqual(await client.call('reference/release', { reference: two.reference }), { references: 0, removal: null });
});

test('a released reference is not found, and its UUID can be used anew', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  const profile = newName();
  const reference = newReference();
  await refused('notFound', client.call('reference/release', { reference }));
  await client.call('reference/acquire', { profile, reference });
  await client.call('reference/release', { reference });
  await refused('notFound', client.call('reference/release', { reference }));
  assert.strictEqual((await client.call('reference/acquire', { profile, reference })).references, 1);
});

test('the end of a process ends its references, whatever it had open', async (t) => {
  const place = await Surroundings.of(t);
  const [watcher, holder] = [await place.client(), await place.actor()];
  const profile = newName();
  await watcher.call('broker/subscribe');
  const { reference } = await holder.call('reference/acquire', { profile });
  await holder.order('disconnect');
  assert.strictEqual((await watcher.call('profile/query', { profile })).references, 1);
  await holder.kill();
  const event = await watcher.event({ event: 'processEnded', profile });
  assert.deepStrictEqual([event.process, event.reference], [holder.pid, reference]);
  assert.strictEqual((await watcher.call('profile/query', { profile })).inUse, false);
});

test('a connection that a process leaves to its child ends with the process, and so do its references', { skip: onlyWithOwnService }, async (t) => {
  const place = await Surroundings.of(t);
  const [watcher, holder] = [await place.client(), await place.actor()];
  const profile = newName();
  await holder.order('connectWire', { endpoint: place.endpoint });
  await holder.order('send', { text: { jsonrpc: '2.0', id: 1, method: 'reference/acquire', params: { profile } } });
  assert.ok((await holder.order('receive')).result);
  const child = await holder.order('bequeath');
  t.after(() => process.kill(child, 'SIGKILL'));
  assert.match(fs.readlinkSync(`/proc/${child}/fd/3`), /^socket:/);
  await holder.kill();
  await until('the reference to end', async () => !(await watcher.call('profile/query', { profile })).inUse);
  await until('the connection to end', async () => (await watcher.call('broker/status')).counts.connections === 1);
  process.kill(child, 0); // it still runs
});
