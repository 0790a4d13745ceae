// Query, list, hello, status: what a caller sees of its own hive.
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const { Surroundings, onlyWithOwnService, newName } = require('./support/surroundings');
const { refused } = require('./support/refused');
const { isTime, isUuid } = require('./support/protocol_document');
const { until } = require('./support/until');

test('query of an unknown profile answers zeros and the name as asked', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  const profile = newName();
  assert.deepStrictEqual(await client.call('profile/query', { profile }), {
    profile,
    inUse: false,
    references: 0,
    temporary: false,
    deletionDeferred: false,
    beingRemoved: false,
    holders: [],
    remover: null,
  });
});

test('query names each reference: its process, session, program, time and label', async (t) => {
  const place = await Surroundings.of(t);
  const [client, other] = [await place.client(), await place.actor()];
  const profile = newName();
  const { process: own, session } = await client.call('broker/hello');
  await client.call('reference/acquire', { profile, label: 'first – ü' });
  await client.call('reference/acquire', { profile });
  await other.call('reference/acquire', { profile, label: 'x'.repeat(128) });
  const usage = await client.call('profile/query', { profile });
  assert.strictEqual(usage.references, 3);
  assert.deepStrictEqual(
    usage.holders.map(({ process, label }) => [process, label]),
    [
      [own, 'first – ü'],
      [own, ''],
      [other.pid, 'x'.repeat(128)],
    ],
  );
  assert.strictEqual(usage.holders[0].session, session);
  for (const holder of usage.holders) {
    assert.ok(isTime(holder.since), holder.since);
    assert.match(holder.image, /^node(\.exe)?$/i);
  }
});

test('list has what is in use, left over or claimed, with its hive', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  const names = [newName('A used'), newName('b left'), newName('C claimed')];
  await client.call('reference/acquire', { profile: names[0], label: 'mine' });
  client.notify('profile/delete', { profile: names[1] });
  await client.call('profile/delete', { profile: names[2] });
  const { hive } = await client.call('broker/hello');
  const { profiles } = await client.call('profile/list');
  const mine = profiles.filter(({ profile }) => names.includes(profile));
  assert.deepStrictEqual(mine.map(({ profile }) => profile), names, 'in alphabetical order');
  for (const { hive: its, ...usage } of mine) {
    assert.strictEqual(its, hive);
    assert.deepStrictEqual(await client.call('profile/query', { profile: usage.profile }), usage);
  }
});

test('hello says who is calling, takes any client, and refuses another protocol', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  const hello = await client.call('broker/hello', { client: { name: 'a test' }, protocol: 1, future: true });
  assert.deepStrictEqual(
    [hello.service, hello.protocol, hello.process, typeof hello.elevated],
    ['MapiProfileBroker', 1, process.pid, 'boolean'],
  );
  assert.ok(isUuid(hello.instance));
  assert.match(hello.version, /^\d+\.\d+\.\d+/);
  assert.deepStrictEqual(await client.call('broker/hello', { client: 7 }), hello);
  await refused('versionMismatch', client.call('broker/hello', { protocol: 2 }));
  await refused('versionMismatch', client.call('broker/hello', { protocol: 0 }));
  await refused('badParams', client.call('broker/hello', { protocol: '1' }));
});

test('the log names the client by its own word, and that word cannot forge a line', { skip: onlyWithOwnService }, async (t) => {
  const place = await Surroundings.of(t);
  const client = await place.client();
  await client.call('broker/hello', { client: 'Gateway\nerror everything is lost' });
  await client.close();
  await until('the log to tell of the end', () => place.service.log.includes('Gateway'));
  assert.match(place.service.log, /process \d+ \("Gateway\\nerror everything is lost"\) ended: closed by the peer/);
});

test('status counts what the caller sees', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  const before = await client.call('broker/status');
  await client.call('reference/acquire', { profile: newName() });
  const [one, two] = [newName(), newName()];
  await client.call('profile/delete', { profile: one });
  await client.call('reference/acquire', { profile: two });
  await client.call('broker/subscribe');
  const after = await client.call('broker/status');
  const grown = (name) => after.counts[name] - before.counts[name];
  assert.deepStrictEqual(
    ['profiles', 'references', 'claims', 'subscribers'].map(grown),
    [3, 2, 1, 1],
  );
  assert.ok(after.uptime >= before.uptime);
  assert.ok(after.counts.processes >= 1 && after.counts.hives >= 1 && after.counts.connections >= 1);
  assert.ok(isTime(after.started));
  assert.deepStrictEqual([after.journal.writable, after.journal.error], [true, null]);
  assert.ok(after.journal.records > before.journal.records && after.journal.bytes > before.journal.bytes);
  assert.strictEqual(after.instance, (await client.call('broker/hello')).instance);
});
