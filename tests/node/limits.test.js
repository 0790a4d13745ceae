// Quotas, small ones set by options: what is refused, that it is refused with a reason, and that room comes back.
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const { Surroundings, onlyWithOwnService, newName } = require('./support/surroundings');
const { BrokerService } = require('./support/broker_service');
const { request } = require('./support/wire');
const { assertRefusal, refused } = require('./support/refused');
const { until } = require('./support/until');

const options = { skip: onlyWithOwnService };

test('the limits in force stand in the status', options, async (t) => {
  const place = await Surroundings.of(t, [
    ...['--connections', '11', '--connections-per-user', '9', '--silent-connections-per-user', '8'],
    ...['--references-per-process', '3', '--references-per-user', '5', '--profiles-per-user', '4'],
  ]);
  const { limits } = await (await place.client()).call('broker/status');
  assert.deepStrictEqual(
    [limits.connections, limits.connectionsPerUser, limits.silentConnectionsPerUser],
    [11, 9, 8],
  );
  assert.deepStrictEqual([limits.referencesPerProcess, limits.referencesPerUser, limits.profilesPerUser], [3, 5, 4]);
});

test('references of one process are bounded, and a release makes room', options, async (t) => {
  const place = await Surroundings.of(t, ['--references-per-process', '2']);
  const [client, other] = [await place.client(), await place.actor()];
  const profile = newName();
  const first = await client.call('reference/acquire', { profile });
  const again = { profile, reference: first.reference };
  await client.call('reference/acquire', { profile });
  await refused('quotaExceeded', client.call('reference/acquire', { profile }));
  assert.strictEqual((await client.call('reference/acquire', again)).references, 2, 'a repeated acquire takes no room');
  assert.strictEqual((await other.call('reference/acquire', { profile })).references, 3, 'another process has its own');
  await client.call('reference/release', { reference: first.reference });
  assert.strictEqual((await client.call('reference/acquire', { profile })).references, 3);
});

test('references of one account are bounded, and the end of a process makes room', options, async (t) => {
  const place = await Surroundings.of(t, ['--references-per-user', '3']);
  const [client, other] = [await place.client(), await place.actor()];
  const profile = newName();
  await other.call('reference/acquire', { profile });
  await other.call('reference/acquire', { profile });
  await client.call('reference/acquire', { profile });
  await refused('quotaExceeded', client.call('reference/acquire', { profile: newName() }));
  await other.kill();
  await until('the references to end', async () => (await client.call('profile/query', { profile })).references === 1);
  await client.call('reference/acquire', { profile });
});

test('profiles of one account are bounded', options, async (t) => {
  const place = await Surroundings.of(t, ['--profiles-per-user', '2']);
  const client = await place.client();
  const [used, claimed] = [newName(), newName()];
  await client.call('reference/acquire', { profile: used });
  const { removal } = await client.call('profile/delete', { profile: claimed });
  await refused('quotaExceeded', client.call('reference/acquire', { profile: newName() }));
  await refused('quotaExceeded', client.call('profile/delete', { profile: newName() }));
  assert.strictEqual((await client.call('reference/acquire', { profile: used })).references, 2, 'no further profile');
  assert.deepStrictEqual((await client.call('profile/sweep', { profiles: [newName()] })).removals, []);
  await client.call('removal/finish', { claim: removal.claim, removed: true });
  assert.strictEqual((await client.call('profile/sweep', { profiles: [newName()] })).removals.length, 1);
});

// The connection that is one too many hears why, and ends.
async function refusedConnection(place) {
  const wire = await place.wire();
  const lastWord = await wire.next();
  assert.strictEqual(lastWord.id, null);
  assertRefusal(lastWord.error, 'quotaExceeded');
  assert.strictEqual(await wire.next(), null);
}

for (const option of ['--connections', '--connections-per-user']) {
  test(`connections are bounded by ${option}, and closing one makes room`, options, async (t) => {
    const place = await Surroundings.of(t, [option, '3']);
    const clients = [await place.client(), await place.client(), await place.client()];
    await Promise.all(clients.map((client) => client.call('broker/hello')));
    await refusedConnection(place);
    await clients[0].close();
    await until('the connection to be gone', async () => (await clients[1].call('broker/status')).counts.connections === 2);
    assert.ok((await (await place.wire()).ask(request(1, 'broker/hello'))).result);
  });
}

// Growing it later stops a program that has threads for as long as every processor takes to agree.
test('the table of descriptors has room for every connection before the first one comes', options, async (t) => {
  const service = await BrokerService.start(t, ['--connections', '300']);
  const status = fs.readFileSync(`/proc/${service.child.pid}/status`, 'utf8');
  assert.ok(Number(status.match(/FDSize:\s*(\d+)/)[1]) >= 2 * 300, status);
});

test('connections that say nothing are bounded more tightly', options, async (t) => {
  const place = await Surroundings.of(t, ['--silent-connections-per-user', '2']);
  const talking = [];
  for (let i = 0; i < 4; ++i) {
    const client = await place.client();
    await client.call('broker/hello');
    talking.push(client);
  }
  const silent = [await place.wire(), await place.wire()];
  await refusedConnection(place);
  assert.ok((await silent[0].ask(request(1, 'broker/hello'))).result);
  await place.wire();
  assert.strictEqual((await talking[0].call('broker/status')).counts.connections, 7);
});
