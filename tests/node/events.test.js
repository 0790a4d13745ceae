// broker/event: every kind, its members, its numbering, and who hears of what.
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const { Surroundings, newName, newReference } = require('./support/surroundings');
const { isTime } = require('./support/protocol_document');
const { until } = require('./support/until');

test('a subscriber hears of everything that happens to its profiles, in order', async (t) => {
  const place = await Surroundings.of(t);
  const [watcher, actor, killed] = [await place.client(), await place.actor(), await place.actor()];
  const profile = newName();
  const reference = newReference();
  const second = newReference();
  const { hive } = await watcher.call('broker/hello');
  assert.deepStrictEqual(await watcher.call('broker/subscribe'), {});

  await actor.call('reference/acquire', { profile, reference });
  await actor.call('profile/delete', { profile });
  await actor.call('profile/undelete', { profile });
  await actor.call('reference/release', { reference });
  const { removal } = await actor.call('profile/delete', { profile });
  await actor.call('removal/finish', { claim: removal.claim, removed: false });
  await actor.call('reference/acquire', { profile, reference: second, temporary: true });
  const last = await actor.call('reference/release', { reference: second });
  await actor.call('removal/finish', { claim: last.removal.claim, removed: true });
  await killed.call('reference/acquire', { profile, reference });
  await killed.kill();
  await watcher.event({ event: 'processEnded', profile });

  const mine = watcher.events.filter((event) => event.profile === profile);
  assert.deepStrictEqual(
    mine.map(({ event, process, reference: its }) => [event, process, its]),
    [
      ['acquired', actor.pid, reference],
      ['deferred', actor.pid, undefined],
      ['undeleted', actor.pid, undefined],
      ['released', actor.pid, reference],
      ['claimed', actor.pid, undefined],
      ['kept', actor.pid, undefined],
      ['acquired', actor.pid, second],
      ['temporary', actor.pid, second],
      ['released', actor.pid, second],
      ['claimed', actor.pid, undefined],
      ['removed', actor.pid, undefined],
      ['acquired', killed.pid, reference],
      ['processEnded', killed.pid, reference],
    ],
  );
  for (const event of mine) {
    assert.ok(isTime(event.time));
    assert.strictEqual(event.hive, hive);
    assert.strictEqual(typeof event.session, 'number');
  }
  assert.deepStrictEqual(
    watcher.events.map(({ sequence }) => sequence),
    watcher.events.map((_, i) => i + 1),
    'numbered from 1 without a gap',
  );
});

test('a claim that its process leaves behind is told as kept', async (t) => {
  const place = await Surroundings.of(t);
  const [watcher, actor] = [await place.client(), await place.actor()];
  const profile = newName();
  await watcher.call('broker/subscribe');
  await actor.call('profile/delete', { profile });
  await actor.kill();
  assert.strictEqual((await watcher.event({ event: 'kept', profile })).process, actor.pid);
});

test('what changes nothing makes no event', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  const profile = newName();
  const acquire = { profile, reference: newReference(), temporary: true };
  await client.call('reference/acquire', acquire);
  await client.call('profile/delete', { profile });
  await client.call('broker/subscribe');
  await client.call('reference/acquire', acquire);
  await client.call('profile/delete', { profile });
  await client.call('profile/undelete', { profile: newName() });
  await client.call('profile/query', { profile });
  await client.call('profile/sweep');
  await client.call('profile/undelete', { profile });
  await client.event({ event: 'undeleted', profile });
  assert.deepStrictEqual(client.events.filter((event) => event.profile === profile).map(({ event }) => event), ['undeleted']);
});

test('subscribing again goes on counting', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  await client.call('broker/subscribe');
  await client.call('reference/acquire', { profile: newName() });
  await client.call('broker/subscribe');
  const profile = newName();
  await client.call('reference/acquire', { profile });
  const { sequence } = await client.event({ profile });
  assert.strictEqual(sequence, client.events.length);
  assert.ok(sequence >= 2);
});

test('the end of a connection ends its subscription', async (t) => {
  const place = await Surroundings.of(t);
  const [client, watcher] = [await place.client(), await place.client()];
  const { subscribers } = (await client.call('broker/status')).counts;
  await watcher.call('broker/subscribe');
  assert.strictEqual((await client.call('broker/status')).counts.subscribers, subscribers + 1);
  await watcher.close();
  await until('the subscription to end', async () => (await client.call('broker/status')).counts.subscribers === subscribers);
});
