// Two accounts on one machine: neither sees, blocks nor releases what is the other's; administrators look and do not touch.
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { spawnSync } = require('node:child_process');
const { Surroundings, onlyAsRoot, newName, newReference } = require('./support/surroundings');
const { Actor } = require('./support/actor');
const { BrokerService } = require('./support/broker_service');
const { assertRefusal, refused } = require('./support/refused');

// Users that need not exist: the kernel knows numbers only.
const ONE = 41_001;
const OTHER = 41_002;
const options = { skip: onlyAsRoot };

async function twoAccounts(t) {
  const place = await Surroundings.of(t);
  return { place, one: await place.actor({ uid: ONE }), other: await place.actor({ uid: OTHER }), root: await place.client() };
}

test('each account has its own hive, and only root is elevated', options, async (t) => {
  const { one, other, root } = await twoAccounts(t);
  const hellos = await Promise.all([one, other, root].map((caller) => caller.call('broker/hello')));
  assert.deepStrictEqual(
    hellos.map(({ hive, elevated }) => [hive, elevated]),
    [
      [String(ONE), false],
      [String(OTHER), false],
      ['0', true],
    ],
  );
});

test('one name in two accounts is two profiles', options, async (t) => {
  const { one, other } = await twoAccounts(t);
  const profile = newName();
  const reference = newReference();
  await one.call('reference/acquire', { profile, reference, temporary: true, label: 'secret' });
  const seen = await other.call('profile/query', { profile });
  assert.deepStrictEqual([seen.inUse, seen.temporary, seen.holders], [false, false, []]);
  assert.deepStrictEqual((await other.call('profile/list')).profiles, []);
  const { counts } = await other.call('broker/status');
  assert.deepStrictEqual([counts.profiles, counts.references, counts.processes, counts.claims], [0, 0, 0, 0]);
});

test('neither account blocks the other', options, async (t) => {
  const { one, other } = await twoAccounts(t);
  const profile = newName();
  await one.call('reference/acquire', { profile });
  await one.call('profile/delete', { profile });
  const joined = await other.call('reference/acquire', { profile });
  assert.deepStrictEqual([joined.references, joined.deletionDeferred], [1, false]);
  await other.call('reference/release', { reference: joined.reference });
  assert.strictEqual((await other.call('profile/delete', { profile })).deferred, false, 'a claim, although the other account uses its own');
  assert.strictEqual((await one.call('reference/acquire', { profile })).references, 2);
});

test('neither account releases, finishes or sweeps what is the other\'s', options, async (t) => {
  const { one, other } = await twoAccounts(t);
  const [used, claimed] = [newName(), newName()];
  const reference = newReference();
  await one.call('reference/acquire', { profile: used, reference, temporary: true });
  const { removal } = await one.call('profile/delete', { profile: claimed });
  await refused('accessDenied', other.call('reference/release', { reference }));
  await refused('accessDenied', other.call('reference/acquire', { profile: used, reference }));
  await refused('accessDenied', other.call('removal/finish', { claim: removal.claim, removed: true }));
  assert.deepStrictEqual(await other.call('profile/sweep'), { removals: [], kept: [] });
  await other.call('profile/undelete', { profile: used });
  const usage = await one.call('profile/query', { profile: used });
  assert.deepStrictEqual([usage.references, usage.temporary], [1, true]);
});

test('only root looks at another hive or at all', options, async (t) => {
  const { one, other, root } = await twoAccounts(t);
  const profile = newName();
  await one.call('reference/acquire', { profile });
  for (const [method, params] of [
    ['profile/query', { profile, hive: String(ONE) }],
    ['profile/list', { hive: String(ONE) }],
    ['profile/list', { all: true }],
    ['broker/subscribe', { hive: String(ONE) }],
    ['broker/subscribe', { all: true }],
  ]) {
    await refused('accessDenied', other.call(method, params));
    await root.call(method, params);
  }
  assert.strictEqual((await one.call('profile/query', { profile, hive: String(ONE) })).references, 1, 'its own it may name');
  assert.strictEqual((await root.call('profile/query', { profile, hive: String(ONE) })).references, 1);
  assert.strictEqual((await root.call('profile/query', { profile })).references, 0, 'its own hive when it names none');
  assert.deepStrictEqual(
    (await root.call('profile/list', { all: true })).profiles.map(({ hive, profile: its }) => [hive, its]),
    [[String(ONE), profile]],
  );
  assert.deepStrictEqual((await root.call('profile/list')).profiles, []);
});

test('root sees all hives and changes only its own', options, async (t) => {
  const { one, root } = await twoAccounts(t);
  const profile = newName();
  const reference = newReference();
  await one.call('reference/acquire', { profile, reference });
  await refused('accessDenied', root.call('reference/release', { reference }));
  assert.strictEqual((await root.call('profile/delete', { profile })).deferred, false, 'that is a profile of root');
  assert.strictEqual((await one.call('profile/query', { profile })).deletionDeferred, false);
});

test('a subscriber hears of its own account only, and root of all if it likes', options, async (t) => {
  const { place, one, other, root } = await twoAccounts(t);
  const rootForOne = await place.client();
  await root.call('broker/subscribe', { all: true });
  await rootForOne.call('broker/subscribe', { hive: String(ONE) });
  const [first, second] = [newName(), newName()];
  await other.order('connectWire', { endpoint: place.endpoint });
  await other.order('send', { text: '{"jsonrpc":"2.0","id":1,"method":"broker/subscribe"}' });
  assert.deepStrictEqual((await other.order('receive')).result, {});
  await one.call('reference/acquire', { profile: first });
  await other.call('reference/acquire', { profile: second });
  await root.event({ profile: second });
  assert.deepStrictEqual(root.events.map(({ hive, profile }) => [hive, profile]), [
    [String(ONE), first],
    [String(OTHER), second],
  ]);
  const heard = await other.order('receive');
  assert.deepStrictEqual([heard.params.profile, heard.params.sequence], [second, 1]);
  assert.deepStrictEqual(rootForOne.events.map(({ profile }) => profile), [first]);
});

test('one account\'s connections do not use up another\'s', options, async (t) => {
  const place = await Surroundings.of(t, ['--connections-per-user', '2']);
  const [one, two] = [await place.actor({ uid: ONE }), await place.actor({ uid: ONE })];
  await Promise.all([one.call('broker/hello'), two.call('broker/hello')]);
  const third = await Actor.start(t, { uid: ONE });
  await third.order('connectWire', { endpoint: place.endpoint });
  assertRefusal((await third.order('receive')).error, 'quotaExceeded');
  const other = await place.actor({ uid: OTHER });
  assert.strictEqual((await other.call('broker/hello')).hive, String(OTHER));
});

test('a connection speaks as the account that opened it, whatever its process becomes', options, async (t) => {
  const place = await Surroundings.of(t);
  const actor = await place.actor();
  await actor.call('broker/hello');
  await actor.order('become', { uid: ONE });
  assert.deepStrictEqual((({ hive, elevated }) => [hive, elevated])(await actor.call('broker/hello')), ['0', true]);
  await actor.order('connect', { endpoint: place.endpoint });
  assert.deepStrictEqual((({ hive, elevated }) => [hive, elevated])(await actor.call('broker/hello')), [String(ONE), false]);
});

test('a process that changes its account while it holds profiles acts on neither account\'s', options, async (t) => {
  const place = await Surroundings.of(t);
  const actor = await place.actor();
  const profile = newName();
  const reference = newReference();
  await actor.call('reference/acquire', { profile, reference });
  await actor.order('become', { uid: ONE });
  await actor.order('connectWire', { endpoint: place.endpoint });
  for (const [method, params] of [
    ['reference/release', { reference }],
    ['reference/acquire', { profile: newName() }],
    ['profile/sweep', {}],
  ]) {
    await actor.order('send', { text: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params }) });
    assertRefusal((await actor.order('receive')).error, 'accessDenied');
  }
  assert.strictEqual((await (await place.client()).call('profile/query', { profile })).references, 1);
});

// The command-line tool as a user: what the client library thinks of the server.
function statusAs(service, uid) {
  const { status, stdout, stderr } = spawnSync(service.forEverybody('profile-broker'), ['--endpoint', service.endpoint, 'status'], {
    uid,
    gid: uid,
    cwd: '/',
    encoding: 'utf8',
    env: { ...process.env, XDG_STATE_HOME: path.join(service.folder, `state of ${uid}`) },
  });
  return { status, text: stdout + stderr };
}

test('the library talks to a server of root or of its own user, and to nobody else\'s', options, async (t) => {
  const service = new BrokerService();
  t.after(() => service.dispose());
  await service.start();
  assert.deepStrictEqual([statusAs(service, ONE).status, statusAs(service, OTHER).status], [0, 0], 'root\'s server');
  await service.stop();

  // The squatter: the same program on the same path, of an ordinary user.
  service.uid = ONE;
  fs.rmSync(service.state, { recursive: true });
  fs.chownSync(service.folder, ONE, ONE);
  await service.start();
  assert.strictEqual(statusAs(service, ONE).status, 0, 'its own');
  for (const victim of [OTHER, 0]) {
    const refusedBy = statusAs(service, victim);
    assert.strictEqual(refusedBy.status, 3, refusedBy.text);
    assert.match(refusedBy.text, /account|owner|belong/);
  }
  assert.ok(!service.log.includes(String(OTHER)), 'the squatter was told nothing');
});
