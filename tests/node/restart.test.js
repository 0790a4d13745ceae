// What survives the service: stopped in order, killed, with a damaged journal. The promise: no reference of a living process is
// forgotten, none of a dead one stays, and in doubt the profile is kept.
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const { Surroundings, onlyWithOwnService, newName, newReference } = require('./support/surroundings');
const { BrokerService } = require('./support/broker_service');
const { request } = require('./support/wire');
const { until } = require('./support/until');

const options = { skip: onlyWithOwnService };
// On Linux zeros follow the last record of a service that was killed.
const lines = (service) => fs.readFileSync(service.journal, 'utf8').replace(/\0+$/, '').split('\n').filter(Boolean);

// Two processes with profiles of every kind, and the watcher's client.
async function busyService(t, serviceOptions) {
  const place = await Surroundings.of(t, serviceOptions);
  const actors = [await place.actor(), await place.actor()];
  const names = {
    plain: newName('Plain'),
    temporary: newName('Temporary'),
    deferred: newName('Deferred'),
    leftover: newName('Leftover'),
  };
  const references = {};
  for (const [name, params] of Object.entries({ plain: {}, temporary: { temporary: true }, deferred: {} })) {
    references[name] = newReference();
    await actors[0].call('reference/acquire', { profile: names[name], reference: references[name], label: `my ${name}`, ...params });
  }
  await actors[1].call('reference/acquire', { profile: names.plain });
  await actors[1].call('profile/delete', { profile: names.deferred });
  const client = await place.client();
  client.notify('profile/delete', { profile: names.leftover });
  const { removal } = await client.call('profile/delete', { profile: newName('Claimed') });
  const listed = await client.call('profile/list');
  assert.strictEqual(listed.profiles.length, 5);
  return { place, service: place.service, actors, names, references, listed, claim: removal.claim };
}

async function reconnect(place, actors) {
  await Promise.all(actors.map((actor) => actor.order('connect', { endpoint: place.endpoint })));
  return place.client();
}

for (const [how, ended] of [
  ['stopped', (service) => service.stop()],
  ['killed', (service) => service.kill()],
]) {
  test(`a service that was ${how} knows everything again`, options, async (t) => {
    const { place, service, actors, references, names, listed, claim } = await busyService(t);
    const { instance } = await actors[0].call('broker/hello');
    await ended(service);
    await service.start();
    const client = await reconnect(place, actors);
    assert.deepStrictEqual(await client.call('profile/list'), listed);
    assert.notStrictEqual((await client.call('broker/hello')).instance, instance);
    const acquired = { profile: names.plain, reference: references.plain };
    assert.strictEqual((await actors[0].call('reference/acquire', acquired)).references, 2, 'registering again changes nothing');
    await client.call('removal/finish', { claim, removed: true });
    assert.deepStrictEqual(await actors[0].call('reference/release', { reference: references.plain }), {
      references: 1,
      removal: null,
    });
  });

  test(`a service that was ${how} drops who ended meanwhile`, options, async (t) => {
    const { place, service, actors, names } = await busyService(t);
    await ended(service);
    await actors[0].kill();
    await service.start();
    const client = await place.client();
    assert.strictEqual((await client.call('profile/query', { profile: names.plain })).references, 1);
    const { inUse, temporary } = await client.call('profile/query', { profile: names.temporary });
    assert.deepStrictEqual([inUse, temporary], [false, true]);
    assert.strictEqual((await client.call('profile/query', { profile: names.deferred })).deletionDeferred, true);
  });

  test(`a holder that ends after the restart of a service that was ${how} is seen to end`, options, async (t) => {
    const { place, service, actors, names } = await busyService(t);
    await ended(service);
    await service.start();
    const client = await place.client();
    await actors[0].kill();
    await until('the references to end', async () => !(await client.call('profile/query', { profile: names.temporary })).inUse);
  });
}

test('after a kill nothing is deleted until recovery is over, then it is', options, async (t) => {
  const { place, service, actors, names, references } = await busyService(t, ['--recovery-seconds', '2']);
  await service.kill();
  await service.start();
  const client = await reconnect(place, actors);
  assert.strictEqual((await client.call('broker/status')).recovering, true);
  const fresh = newName();
  assert.deepStrictEqual(await client.call('profile/delete', { profile: fresh }), { deferred: true, removal: null });
  assert.deepStrictEqual(await actors[0].call('reference/release', { reference: references.temporary }), {
    references: 0,
    removal: null,
  });
  const during = await client.call('profile/sweep');
  assert.deepStrictEqual(during.removals, []);
  const reasons = new Map(during.kept.map(({ profile, reason }) => [profile, reason]));
  assert.deepStrictEqual(
    [fresh, names.temporary, names.leftover, names.deferred].map((name) => reasons.get(name)),
    ['recovering', 'recovering', 'recovering', 'inUse'],
  );
  await until('the recovery to be over', async () => !(await client.call('broker/status')).recovering);
  const after = await client.call('profile/sweep');
  assert.deepStrictEqual(
    after.removals.map(({ profile }) => profile).sort(),
    [fresh, names.temporary, names.leftover].sort(),
  );
});

test('a program that began while the service was away registers during recovery and is safe', options, async (t) => {
  const { place, service, actors, names, references } = await busyService(t, ['--recovery-seconds', '2']);
  await service.kill();
  await service.start();
  const client = await reconnect(place, actors);
  await actors[1].call('reference/acquire', { profile: names.temporary });
  await actors[0].call('reference/release', { reference: references.temporary });
  await until('the recovery to be over', async () => !(await client.call('broker/status')).recovering);
  const { kept, removals } = await client.call('profile/sweep');
  assert.ok(kept.some(({ profile, reason }) => profile === names.temporary && reason === 'inUse'));
  assert.ok(!removals.some(({ profile }) => profile === names.temporary));
});

test('after a stop in order there is no recovery', options, async (t) => {
  const { place, service, names } = await busyService(t);
  await service.stop();
  await service.start();
  const client = await place.client();
  assert.strictEqual((await client.call('broker/status')).recovering, false);
  const { removals } = await client.call('profile/sweep');
  assert.deepStrictEqual(removals.map(({ profile }) => profile), [names.leftover]);
});

test('a first start needs no recovery, nor does one with --recovery-seconds 0', options, async (t) => {
  const { place, service } = await busyService(t, ['--recovery-seconds', '0']);
  assert.strictEqual((await (await place.client()).call('broker/status')).recovering, false);
  await service.kill();
  await service.start();
  assert.strictEqual((await (await place.client()).call('broker/status')).recovering, false);
});

test('a claim whose answer was lost with the service is given again', options, async (t) => {
  const place = await Surroundings.of(t, ['--recovery-seconds', '0']);
  const actor = await place.actor();
  const [released, deleted] = [newName(), newName()];
  const reference = newReference();
  await actor.call('reference/acquire', { profile: released, reference, temporary: true });
  const first = await actor.call('reference/release', { reference });
  const second = await actor.call('profile/delete', { profile: deleted });
  await place.service.kill();
  await place.service.start();
  await actor.order('connect', { endpoint: place.endpoint });
  assert.deepStrictEqual(await actor.call('reference/release', { reference }), first);
  assert.deepStrictEqual(await actor.call('profile/delete', { profile: deleted }), second);
  await actor.call('removal/finish', { claim: second.removal.claim, removed: true });
});

test('clients see their connections end when the service stops or dies', options, async (t) => {
  const place = await Surroundings.of(t);
  for (const end of [() => place.service.stop(), () => place.service.kill()]) {
    const client = await place.client();
    await client.call('broker/hello');
    await end();
    await client.ended;
    await place.service.start();
  }
});

test('a torn last line costs nothing that was answered', options, async (t) => {
  const { place, service, listed } = await busyService(t);
  await service.kill();
  const complete = lines(service).at(-1);
  fs.appendFileSync(service.journal, complete.slice(0, complete.length / 2));
  await service.start();
  const client = await place.client();
  assert.deepStrictEqual(await client.call('profile/list'), listed);
  assert.strictEqual((await client.call('broker/status')).journal.damagedLines, 0);
});

// Ways to damage one line of the journal.
const DAMAGES = [
  ['a flipped character', (line) => line.replace('my temporary', 'my Temporary')],
  ['a line cut short', (line) => line.slice(0, -5)],
  ['zeros', (line) => '\0'.repeat(line.length)],
  ['text that is no JSON', () => 'not JSON at all'],
  ['an empty line', () => ''],
  ['a very long line', () => 'x'.repeat(1_000_000)],
];
for (const [what, damage] of DAMAGES) {
  test(`a damaged line of the journal costs that line only: ${what}`, options, async (t) => {
    const { place, service, actors, names, references, listed } = await busyService(t);
    await service.stop();
    const before = lines(service);
    const index = before.findIndex((line) => line.includes('"label":"my temporary"'));
    assert.ok(index > 0);
    const damaged = damage(before[index]);
    fs.writeFileSync(service.journal, `${before.map((line, i) => (i === index ? damaged : line)).join('\n')}\n`);
    await service.start();
    const client = await reconnect(place, actors);
    const { journal, recovering } = await client.call('broker/status');
    assert.ok(journal.damagedLines >= 1);
    assert.strictEqual(recovering, true, 'in doubt the profile is kept');
    assert.match(service.log, /damaged/);
    const aside = fs.readdirSync(service.state).filter((name) => name.startsWith('damaged-'));
    assert.strictEqual(aside.length, 1);
    assert.ok(fs.readFileSync(`${service.state}/${aside[0]}`, 'utf8').includes(damaged));
    const others = (list) => list.profiles.filter(({ profile }) => profile !== names.temporary);
    assert.deepStrictEqual(others(await client.call('profile/list')), others(listed));
    const again = { profile: names.temporary, reference: references.temporary, temporary: true };
    assert.strictEqual((await actors[0].call('reference/acquire', again)).references, 1, 'its holder registers it anew');
  });
}

test('a journal of nothing but rubbish does not keep the service from starting', options, async (t) => {
  const place = await Surroundings.of(t);
  await place.service.stop();
  fs.writeFileSync(place.service.journal, Buffer.from(Array.from({ length: 5_000 }, (_, i) => (i * 7919) % 256)));
  await place.service.start();
  const client = await place.client();
  assert.strictEqual((await client.call('broker/status')).recovering, true);
  await client.call('reference/acquire', { profile: newName() });
});

test('a kill in the middle of the work forgets nothing that was answered', options, async (t) => {
  const place = await Surroundings.of(t, ['--recovery-seconds', '0']);
  const profile = newName();
  for (const killAfter of [1, 2, 10, 50, 200]) {
    // What this process holds before; then releases and acquires in turn, all sent at once.
    const client = await place.client();
    const old = Array.from({ length: 200 }, newReference);
    await Promise.all(old.map((reference) => client.call('reference/acquire', { profile, reference })));
    const fresh = old.map(newReference);
    const wire = await place.wire();
    const work = old.flatMap((reference, i) => [
      request(`- ${reference}`, 'reference/release', { reference }),
      request(`+ ${fresh[i]}`, 'reference/acquire', { profile, reference: fresh[i] }),
    ]);
    wire.write(Buffer.concat(work));
    const answered = new Set();
    for (let message = await wire.next(); message !== null; message = await wire.next()) {
      answered.add(message.id);
      if (answered.size === killAfter) {
        await place.service.kill();
      }
    }
    assert.ok(answered.size >= killAfter);
    await place.service.start();

    // A release is answered for what the service knows, and refused for what it does not.
    const again = await place.client();
    const outcomes = new Map();
    for (const reference of [...old, ...fresh]) {
      outcomes.set(reference, await again.call('reference/release', { reference }).then(() => 'known', (error) => error.data.reason));
    }
    for (const [i, reference] of old.entries()) {
      const expected = answered.has(`- ${reference}`) ? ['notFound'] : ['known', 'notFound'];
      assert.ok(expected.includes(outcomes.get(reference)), `released: ${outcomes.get(reference)}`);
      if (answered.has(`+ ${fresh[i]}`)) {
        assert.strictEqual(outcomes.get(fresh[i]), 'known', 'acquired');
      }
    }
    assert.strictEqual((await again.call('profile/query', { profile })).references, 0);
    await again.close();
  }
});

test('the journal does not grow with use, only with what is in use', options, async (t) => {
  const place = await Surroundings.of(t);
  const client = await place.client();
  const profile = newName();
  let most = 0;
  let records = 0;
  for (let round = 0; round < 600 && records >= most; ++round) {
    const references = Array.from({ length: 200 }, newReference);
    const calls = references.flatMap((reference) => [
      client.call('reference/acquire', { profile, reference }),
      client.call('reference/release', { reference }),
    ]);
    await Promise.all(calls);
    ({ records } = (await client.call('broker/status')).journal);
    most = Math.max(most, records);
  }
  assert.ok(most > 5_000, 'it grows first');
  assert.ok(records < most, 'and is then rewritten');
});

test('a second service on the same folder or the same socket does not start, and says why', options, async (t) => {
  const place = await Surroundings.of(t);
  const sameState = new BrokerService();
  t.after(() => sameState.dispose());
  const ownState = sameState.state;
  sameState.state = place.service.state;
  assert.strictEqual(await sameState.exitCode(), 11);
  assert.match(sameState.log, /another broker/);
  sameState.state = ownState;
  sameState.endpoint = place.endpoint;
  assert.strictEqual(await sameState.exitCode(), 20);
  assert.match(sameState.log, /already/);
  assert.ok(await (await place.client()).call('broker/hello'), 'the first one is served on');
});
