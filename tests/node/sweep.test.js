// Sweep: which profiles it considers, which it keeps and why.
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const { Surroundings, onlyWithOwnService, newName } = require('./support/surroundings');
const { refused } = require('./support/refused');
const { until } = require('./support/until');

test('sweep claims what crashed holders left, temporary or deferred', async (t) => {
  const place = await Surroundings.of(t);
  const [client, holder] = [await place.client(), await place.actor()];
  const [temporary, deferred, lasting] = [newName('Temporary'), newName('Deferred'), newName('Lasting')];
  await holder.call('reference/acquire', { profile: temporary, temporary: true });
  await holder.call('reference/acquire', { profile: deferred });
  await holder.call('profile/delete', { profile: deferred });
  await holder.call('reference/acquire', { profile: lasting });
  await holder.kill();
  await until('the holder to be gone', async () => !(await client.call('profile/query', { profile: lasting })).inUse);
  const { removals } = await client.call('profile/sweep');
  const mine = removals.map(({ profile }) => profile).filter((name) => [temporary, deferred, lasting].includes(name));
  assert.deepStrictEqual(mine.sort(), [deferred, temporary]);
  for (const { claim } of removals) {
    await client.call('removal/finish', { claim, removed: true });
  }
  assert.strictEqual((await client.call('profile/query', { profile: temporary })).temporary, false);
  if (!onlyWithOwnService) {
    const told = `left behind by process ${holder.pid} `;
    await until('the log to tell the administrator', () => place.service.log.includes(told));
  }
});

test('sweep keeps what is in use and what somebody else removes, and says so', async (t) => {
  const place = await Surroundings.of(t);
  const [client, other] = [await place.client(), await place.actor()];
  const [used, claimed] = [newName('Used'), newName('Claimed')];
  await other.call('reference/acquire', { profile: used, temporary: true });
  await other.call('profile/delete', { profile: claimed });
  const { removals, kept } = await client.call('profile/sweep', { profiles: [claimed.toUpperCase()] });
  assert.ok(!removals.some(({ profile }) => [used, claimed].includes(profile)));
  assert.deepStrictEqual(
    kept.filter(({ profile }) => [used, claimed].includes(profile)),
    [
      { profile: claimed, reason: 'beingRemoved' },
      { profile: used, reason: 'inUse' },
    ],
  );
});

test('sweep claims a named profile that the service has never heard of', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  const profile = newName();
  const { removals } = await client.call('profile/sweep', { profiles: [profile, profile.toLowerCase()] });
  assert.deepStrictEqual(removals.filter((one) => one.profile.toLowerCase() === profile.toLowerCase()).length, 1);
});

test('sweep considers nothing when one name is bad', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  const profile = newName();
  await refused('badName', client.call('profile/sweep', { profiles: [profile, 'back\\slash'] }));
  await refused('nameTooLong', client.call('profile/sweep', { profiles: [profile, 'x'.repeat(65)] }));
  await refused('badParams', client.call('profile/sweep', { profiles: profile }));
  await refused('badParams', client.call('profile/sweep', { profiles: [profile, 7] }));
  assert.strictEqual((await client.call('profile/query', { profile })).beingRemoved, false);
});

test('one sweep grants 256 removals at most, the next one the rest', { skip: onlyWithOwnService }, async (t) => {
  const client = await (await Surroundings.of(t)).client();
  const profiles = Array.from({ length: 300 }, (_, i) => `Leftover ${i}`);
  const first = await client.call('profile/sweep', { profiles });
  assert.strictEqual(first.removals.length, 256);
  for (const { claim } of first.removals) {
    client.notify('removal/finish', { claim, removed: true });
  }
  const rest = profiles.filter((name) => !first.removals.some(({ profile }) => profile === name));
  const second = await client.call('profile/sweep', { profiles: rest });
  assert.deepStrictEqual(second.removals.map(({ profile }) => profile), rest);
});
