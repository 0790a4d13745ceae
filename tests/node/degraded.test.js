// A service whose journal cannot be written: it says so (event, status, log), goes on protecting what it knows, refuses what it
// could not remember, and recovers by itself. With a disk that is really full, and a folder that really cannot be written.
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const { execFileSync } = require('node:child_process');
const { Surroundings, onlyAsRoot, onlyWithOwnService, newName, newReference } = require('./support/surroundings');
const { BrokerService } = require('./support/broker_service');
const { refused } = require('./support/refused');
const { until } = require('./support/until');

const SERVICE_USER = 41_009; // need not exist
const DISK_KIB = 256;

// A service whose state folder is a small disk of its own, which the test can fill and empty.
async function serviceOnSmallDisk(t, options = ['--recovery-seconds', '0']) {
  const service = new BrokerService(options);
  fs.mkdirSync(service.state);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_KIB}k,mode=700`, 'tmpfs', service.state]);
  t.after(async () => {
    try {
      await service.stop().catch(() => {});
    } finally {
      execFileSync('umount', ['-l', service.state]);
      await service.dispose();
    }
  });
  await service.start();
  const filler = path.join(service.state, 'filler');
  const disk = {
    fill() {
      const file = fs.openSync(filler, 'a');
      assert.throws(
        () => {
          for (;;) {
            fs.writeSync(file, Buffer.alloc(4096, 'x'));
          }
        },
        { code: 'ENOSPC' },
        'the disk is full',
      );
      fs.closeSync(file);
    },
    empty: () => fs.rmSync(filler),
  };
  return { place: Surroundings.around(t, service), service, disk };
}

// The last page of the journal has room for some records yet: until there is none.
async function takeTheLastRoom(client) {
  for (let taken = 0; taken < 1_000; ++taken) {
    try {
      await client.call('reference/acquire', { profile: newName('Taker') });
    } catch (error) {
      assert.strictEqual(error.data.reason, 'journalUnavailable');
      return;
    }
  }
  assert.fail('the journal never failed');
}

const count = (text, part) => text.split(part).length - 1;

test('a full disk is told, refuses what cannot be remembered, protects what is known, and is got over', { skip: onlyAsRoot }, async (t) => {
  const { place, service, disk } = await serviceOnSmallDisk(t);
  const [holder, other] = [await place.actor(), await place.actor()];
  const [client, watcher] = [await place.client(), await place.client()];
  await watcher.call('broker/subscribe');
  const [used, temporary, left, deferred] = [newName('Used'), newName('Temporary'), newName('Left'), newName('Deferred')];
  const [reference, brief] = [newReference(), newReference()];
  await holder.call('reference/acquire', { profile: used, reference });
  await holder.call('reference/acquire', { profile: deferred });
  await holder.call('profile/delete', { profile: deferred });
  await client.call('reference/acquire', { profile: temporary, reference: brief, temporary: true });
  client.notify('profile/delete', { profile: left });
  await client.call('broker/hello');

  disk.fill();
  await takeTheLastRoom(client);

  // It says so.
  const during = await client.call('broker/status');
  assert.strictEqual(during.journal.writable, false);
  assert.match(during.journal.error, /No space left on device/);
  assert.ok(during.journal.error.includes(service.state));
  const event = await watcher.event({ event: 'journalFailed' });
  assert.deepStrictEqual([event.hive, event.profile, event.process], ['', '', undefined]);
  assert.match(service.log, /The journal cannot be written: .*No space left on device/);

  // It refuses what it would forget.
  await refused('journalUnavailable', other.call('reference/acquire', { profile: newName() }));
  await refused('journalUnavailable', other.call('profile/delete', { profile: used }));
  await refused('journalUnavailable', other.call('profile/delete', { profile: newName() }));
  await refused('journalUnavailable', other.call('profile/undelete', { profile: deferred }));
  const swept = await other.call('profile/sweep', { profiles: [used, newName()] });
  assert.deepStrictEqual(swept.removals, [], 'no claim that a restart would forget');

  // It protects what it knows, and answers for it.
  assert.strictEqual((await other.call('profile/query', { profile: used })).references, 1);
  assert.strictEqual((await holder.call('reference/acquire', { profile: used, reference })).references, 1, 'a repeated request');
  await refused('deletionDeferred', other.call('reference/acquire', { profile: deferred }));
  assert.deepStrictEqual(await client.call('reference/release', { reference: brief }), { references: 0, removal: null });
  assert.ok(!fs.existsSync(`${service.journal}.new`), 'no half file that would fill the disk');

  // It sees processes end.
  const ending = await place.actor();
  await ending.kill();
  await holder.kill();
  await until('the holder to be gone', async () => !(await client.call('profile/query', { profile: used })).inUse);

  // It recovers by itself.
  disk.empty();
  await watcher.event({ event: 'journalRestored' });
  const after = await client.call('broker/status');
  assert.deepStrictEqual([after.journal.writable, after.journal.error], [true, null]);
  assert.match(service.log, /The journal can be written again/);
  assert.strictEqual(count(service.log, 'The journal cannot be written'), 1, 'said once, not every second');
  assert.strictEqual((await other.call('reference/acquire', { profile: used })).references, 1);
  const listed = await client.call('profile/list');

  // And nothing that happened meanwhile is lost.
  await service.kill();
  await service.start();
  const again = await place.client();
  assert.deepStrictEqual(await again.call('profile/list'), listed);
  const { removals } = await again.call('profile/sweep');
  assert.deepStrictEqual(removals.map(({ profile }) => profile).sort(), [deferred, left, temporary].sort());
});

test('a service that is killed while its disk is full starts on it again, and protects what it knew', { skip: onlyAsRoot }, async (t) => {
  const { place, service, disk } = await serviceOnSmallDisk(t);
  const holder = await place.actor();
  const used = newName('Used');
  const reference = newReference();
  await holder.call('reference/acquire', { profile: used, reference, temporary: true });
  disk.fill();
  await takeTheLastRoom(await place.client());
  await service.kill();
  await service.start();
  const client = await place.client();
  assert.strictEqual((await client.call('broker/status')).journal.writable, false);
  assert.strictEqual((await client.call('profile/query', { profile: used })).references, 1);
  await refused('journalUnavailable', client.call('profile/delete', { profile: used }));
  assert.deepStrictEqual((await client.call('profile/sweep')).removals, []);
  disk.empty();
  await until('the journal to be written', async () => (await client.call('broker/status')).journal.writable);
  await holder.kill();
  await until('the holder to be gone', async () => !(await client.call('profile/query', { profile: used })).inUse);
  assert.ok((await client.call('profile/sweep')).removals.some(({ profile }) => profile === used));
});

test('a stop in order on a full disk ends in order, and the next start takes nothing for gone', { skip: onlyAsRoot }, async (t) => {
  const { place, service, disk } = await serviceOnSmallDisk(t);
  const holder = await place.actor();
  const used = newName('Used');
  await holder.call('reference/acquire', { profile: used });
  disk.fill();
  await takeTheLastRoom(await place.client());
  await service.stop();
  disk.empty();
  await service.start();
  assert.strictEqual((await (await place.client()).call('profile/query', { profile: used })).references, 1);
});

// Root may write anywhere, so the service runs as somebody else then.
async function serviceOfAnOrdinaryUser(t) {
  const service = new BrokerService(['--recovery-seconds', '0']);
  t.after(() => {
    fs.chmodSync(service.state, 0o700);
    return service.dispose();
  });
  if (process.getuid() === 0) {
    service.uid = SERVICE_USER;
    fs.chownSync(service.folder, SERVICE_USER, SERVICE_USER);
  }
  await service.start();
  return { service, place: Surroundings.around(t, service) };
}

// As whom the service runs, or the client library's rule about who may be the server: the test connects as anybody.
test('a state folder that became read-only is told, and got over when it is mended', { skip: onlyWithOwnService }, async (t) => {
  const { service, place } = await serviceOfAnOrdinaryUser(t);
  const holder = await place.actor();
  const used = newName('Used');
  await holder.call('reference/acquire', { profile: used });

  // The open journal can still be appended to: nobody is refused for a folder alone.
  fs.chmodSync(service.state, 0o500);
  await holder.call('reference/acquire', { profile: used });

  // A start has to replace it.
  await service.kill();
  await service.start();
  const client = await place.client();
  const { journal } = await client.call('broker/status');
  assert.strictEqual(journal.writable, false);
  assert.match(journal.error, /Permission denied/);
  assert.match(service.log, /The journal cannot be written: .*Permission denied[^]*permissions/);
  assert.strictEqual((await client.call('profile/query', { profile: used })).references, 2);
  await refused('journalUnavailable', client.call('reference/acquire', { profile: newName() }));
  fs.chmodSync(service.state, 0o700);
  await until('the journal to be written', async () => (await client.call('broker/status')).journal.writable);
  await client.call('reference/acquire', { profile: newName() });
});

test('a state folder that is removed while the service runs is told, made anew, and nothing is forgotten', { skip: onlyWithOwnService }, async (t) => {
  const place = await Surroundings.of(t);
  const { service } = place;
  const [holder, watcher] = [await place.actor(), await place.client()];
  await watcher.call('broker/subscribe');
  const [used, later] = [newName('Used'), newName('Later')];
  await holder.call('reference/acquire', { profile: used });
  fs.rmSync(service.state, { recursive: true });
  await watcher.event({ event: 'journalFailed' });
  await watcher.event({ event: 'journalRestored' });
  assert.match(service.log, /The journal cannot be written: .*was removed or replaced/);
  await holder.call('reference/acquire', { profile: later });
  await service.kill();
  await service.start();
  const client = await place.client();
  for (const profile of [used, later]) {
    assert.strictEqual((await client.call('profile/query', { profile })).references, 1, profile);
  }
});

test('a journal that cannot be opened keeps the service from starting, with its path and what to do', { skip: onlyWithOwnService }, async (t) => {
  const { service } = await serviceOfAnOrdinaryUser(t);
  await service.stop();
  fs.chmodSync(service.journal, 0);
  assert.strictEqual(await service.exitCode(), 10);
  assert.ok(service.log.includes(service.journal), service.log);
  assert.match(service.log, /Mend its permissions/);
});
