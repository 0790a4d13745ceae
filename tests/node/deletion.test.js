// From use to removal: deferral, temporary profiles, claims and what they exclude, and every request asked again after a
// lost answer.
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const { Surroundings, newName, newReference } = require('./support/surroundings');
const { refused } = require('./support/refused');
const { isUuid } = require('./support/protocol_document');
const { until } = require('./support/until');

const deferred = { deferred: true, removal: null };

// A client, another process, and a profile that the client holds.
async function heldProfile(t, { temporary = false } = {}) {
  const place = await Surroundings.of(t);
  const [client, other] = [await place.client(), await place.actor()];
  const profile = newName();
  const { reference } = await client.call('reference/acquire', { profile, temporary });
  return { place, client, other, profile, reference };
}

async function claimOf(client, profile) {
  const { deferred: isDeferred, removal } = await client.call('profile/delete', { profile });
  assert.strictEqual(isDeferred, false);
  assert.ok(isUuid(removal.claim));
  return removal.claim;
}

test('deleting an unused profile gives the claim at once', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  const profile = newName();
  const claim = await claimOf(client, profile);
  assert.strictEqual((await client.call('profile/query', { profile })).beingRemoved, true);
  assert.deepStrictEqual(await client.call('removal/finish', { claim, removed: true }), {});
  assert.strictEqual((await client.call('profile/query', { profile })).beingRemoved, false);
});

test('deleting a profile in use is deferred, for its holder and for others', async (t) => {
  const { client, other, profile } = await heldProfile(t);
  assert.deepStrictEqual(await other.call('profile/delete', { profile }), deferred);
  assert.deepStrictEqual(await client.call('profile/delete', { profile }), deferred);
  const usage = await client.call('profile/query', { profile });
  assert.deepStrictEqual([usage.inUse, usage.deletionDeferred, usage.beingRemoved], [true, true, false]);
});

test('a deferred profile is closed to others and open to its holders', async (t) => {
  const { client, other, profile } = await heldProfile(t);
  await other.call('profile/delete', { profile });
  await refused('deletionDeferred', other.call('reference/acquire', { profile }));
  const joined = await client.call('reference/acquire', { profile });
  assert.deepStrictEqual([joined.references, joined.deletionDeferred], [2, true]);
});

test('the last release of a deferred profile gives the claim', async (t) => {
  const { client, other, profile, reference } = await heldProfile(t);
  await other.call('profile/delete', { profile: profile.toUpperCase() });
  const { references, removal } = await client.call('reference/release', { reference });
  assert.strictEqual(references, 0);
  assert.strictEqual(removal.profile, profile, 'as first spelled');
  await client.call('removal/finish', { claim: removal.claim, removed: true });
  assert.strictEqual((await other.call('reference/acquire', { profile })).references, 1);
});

test('a temporary profile may be joined, and the last one to leave gets the claim', async (t) => {
  const { client, other, profile, reference } = await heldProfile(t, { temporary: true });
  const joined = await other.call('reference/acquire', { profile });
  assert.strictEqual(joined.temporary, true);
  assert.deepStrictEqual(await client.call('reference/release', { reference }), { references: 1, removal: null });
  const { removal } = await other.call('reference/release', { reference: joined.reference });
  assert.strictEqual(removal.profile, profile);
});

test('a profile that is not temporary stays when its last user leaves', async (t) => {
  const { client, reference } = await heldProfile(t);
  assert.deepStrictEqual(await client.call('reference/release', { reference }), { references: 0, removal: null });
});

test('undelete takes back deferral and temporary', async (t) => {
  const { client, other, profile, reference } = await heldProfile(t, { temporary: true });
  await other.call('profile/delete', { profile });
  assert.deepStrictEqual(await other.call('profile/undelete', { profile }), { temporary: false, deletionDeferred: false });
  const joined = await other.call('reference/acquire', { profile });
  assert.deepStrictEqual([joined.temporary, joined.deletionDeferred], [false, false]);
  await client.call('reference/release', { reference });
  assert.strictEqual((await other.call('reference/release', { reference: joined.reference })).removal, null);
});

test('undelete of an unknown profile is no error', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  assert.deepStrictEqual(await client.call('profile/undelete', { profile: newName() }), {
    temporary: false,
    deletionDeferred: false,
  });
});

test('a claim excludes acquire, delete and undelete until it is finished', async (t) => {
  const place = await Surroundings.of(t);
  const [client, other] = [await place.client(), await place.actor()];
  const profile = newName();
  const claim = await claimOf(client, profile);
  for (const caller of [client, other]) {
    await refused('beingRemoved', caller.call('reference/acquire', { profile }));
    await refused('beingRemoved', caller.call('profile/delete', { profile }));
    await refused('beingRemoved', caller.call('profile/undelete', { profile }));
  }
  await client.call('removal/finish', { claim, removed: true });
  assert.strictEqual((await other.call('reference/acquire', { profile })).references, 1);
});

test('a claim is finished by its process only, and once', async (t) => {
  const place = await Surroundings.of(t);
  const [client, other] = [await place.client(), await place.actor()];
  const claim = await claimOf(client, newName());
  await refused('accessDenied', other.call('removal/finish', { claim, removed: true }));
  await client.call('removal/finish', { claim, removed: true });
  await refused('notFound', client.call('removal/finish', { claim, removed: true }));
  await refused('notFound', client.call('removal/finish', { claim: newReference(), removed: true }));
});

test('a removal that failed puts a temporary profile back, and the next sweep finds it', async (t) => {
  const { client, profile, reference } = await heldProfile(t, { temporary: true });
  const { removal } = await client.call('reference/release', { reference });
  await client.call('removal/finish', { claim: removal.claim, removed: false });
  assert.strictEqual((await client.call('profile/query', { profile })).temporary, true);
  const { removals } = await client.call('profile/sweep');
  const again = removals.find((one) => one.profile === profile);
  assert.notStrictEqual(again.claim, removal.claim);
  await client.call('removal/finish', { claim: again.claim, removed: true });
});

test('a removal that failed puts a deferred profile back', async (t) => {
  const { client, other, profile, reference } = await heldProfile(t);
  await client.call('profile/delete', { profile });
  const { removal } = await client.call('reference/release', { reference });
  await client.call('removal/finish', { claim: removal.claim, removed: false });
  assert.strictEqual((await client.call('profile/query', { profile })).deletionDeferred, true);
  await refused('deletionDeferred', other.call('reference/acquire', { profile }));
});

test('a removal that failed leaves a profile that was neither as unknown as before', async (t) => {
  const client = await (await Surroundings.of(t)).client();
  const profile = newName();
  const claim = await claimOf(client, profile);
  await client.call('removal/finish', { claim, removed: false });
  const usage = await client.call('profile/query', { profile });
  assert.deepStrictEqual([usage.temporary, usage.deletionDeferred, usage.beingRemoved], [false, false, false]);
});

test('the end of a process gives its claims up', async (t) => {
  const { client, other, profile, reference } = await heldProfile(t, { temporary: true });
  const joined = await other.call('reference/acquire', { profile });
  await client.call('reference/release', { reference });
  assert.ok((await other.call('reference/release', { reference: joined.reference })).removal);
  await refused('beingRemoved', client.call('reference/acquire', { profile }));
  await other.kill();
  await until('the claim to be given up', async () => !(await client.call('profile/query', { profile })).beingRemoved);
  assert.strictEqual((await client.call('profile/query', { profile })).temporary, true);
  assert.strictEqual((await client.call('reference/acquire', { profile })).temporary, true);
});

test('a repeated release that had given a claim gives the same claim again', async (t) => {
  const { place, client, profile, reference } = await heldProfile(t, { temporary: true });
  const first = await client.call('reference/release', { reference });
  assert.deepStrictEqual(await client.call('reference/release', { reference }), first);
  await client.close();
  const again = await place.client();
  assert.deepStrictEqual(await again.call('reference/release', { reference }), first);
  await again.call('removal/finish', { claim: first.removal.claim, removed: true });
  await refused('notFound', again.call('reference/release', { reference }));
  assert.strictEqual((await again.call('profile/query', { profile })).temporary, false);
});

test('a repeated delete gives the same claim once the connection of the first has ended', async (t) => {
  const place = await Surroundings.of(t);
  const first = await place.client();
  const profile = newName();
  const claim = await claimOf(first, profile);
  await refused('beingRemoved', first.call('profile/delete', { profile }));
  await first.close();
  const second = await place.client();
  const removal = await until('the service to see the connection end', () =>
    second.call('profile/delete', { profile }).then(
      (result) => result.removal,
      () => null,
    ),
  );
  assert.deepStrictEqual(removal, { claim, profile });
  await refused('beingRemoved', second.call('profile/delete', { profile }));
});

test('a repeated sweep gives the same claims once the connection of the first has ended', async (t) => {
  const place = await Surroundings.of(t);
  const first = await place.client();
  const profile = newName();
  const { removals } = await first.call('profile/sweep', { profiles: [profile] });
  const { claim } = removals.find((one) => one.profile === profile);
  const { kept } = await first.call('profile/sweep', { profiles: [profile] });
  assert.ok(kept.some((one) => one.profile === profile && one.reason === 'beingRemoved'));
  await first.close();
  const second = await place.client();
  const again = await until('the service to see the connection end', async () =>
    (await second.call('profile/sweep', { profiles: [profile] })).removals.find((one) => one.profile === profile),
  );
  assert.strictEqual(again.claim, claim);
});

test('a notification is carried out but never granted a claim', async (t) => {
  const { client, profile, reference } = await heldProfile(t, { temporary: true });
  await client.notify('reference/release', { reference });
  const other = newName();
  await client.notify('profile/delete', { profile: other });
  assert.deepStrictEqual(
    await Promise.all([client.call('profile/query', { profile }), client.call('profile/query', { profile: other })]).then((all) =>
      all.map(({ references, temporary, deletionDeferred, beingRemoved }) => [references, temporary, deletionDeferred, beingRemoved]),
    ),
    [
      [0, true, false, false],
      [0, false, true, false],
    ],
  );
});
