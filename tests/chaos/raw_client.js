// A client of a chaos run that is not ours: it speaks the protocol with vscode-jsonrpc, as proto/protocol.md tells whoever writes
// a client. It takes, uses, deletes and gives back profiles at random and writes that down as worker.cpp does; now and then it
// cuts its connection within a frame, or before the answer.
//
//   node raw_client.js WHO SEED HIVE ORDERS PACE
'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const { Broker } = require('./raw_broker');
const { RawHive } = require('./raw_hive');
const { Random } = require('./random');
const { line } = require('./record');

const [who, seed, hiveFolder, orders, pace] = process.argv.slice(2);
const random = new Random(Number(seed));
const write = (...fields) => line(who, ...fields);
const hive = new RawHive(hiveFolder, who);
const broker = new Broker(process.env.MAPI_PROFILE_BROKER_ENDPOINT, registerAll);
const held = new Map(); // reference's UUID to { number, profile, open }
const claims = new Map(); // to whether the profile is gone: a claim may be told twice, the work is done once
let numbers = 0;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
const sharedProfile = () => `${random.below(4) === 0 ? 'SHARED-' : 'Shared-'}${random.below(40)}`;
const hresult = (error) => error.data?.hresult ?? 'no-answer';

// Section 9: before anything else on a connection to another instance, every reference once more.
async function registerAll(call) {
  for (const [reference, { profile }] of held) {
    await call('reference/acquire', { profile, reference });
  }
}

async function acquire(profile, temporary) {
  const number = ++numbers;
  const reference = crypto.randomUUID();
  const kind = temporary ? 'temporary' : 'lasting';
  write('acquiring', number, profile, kind);
  try {
    await broker.ask('reference/acquire', { profile, reference, temporary, label: who });
  } catch (error) {
    // Nobody told us that we have it; a service that knows it all the same is told that we have not.
    broker.owe('reference/release', { reference }, carryOut);
    write('refused', number, profile, hresult(error));
    return;
  }
  write('held', number, profile, kind, '0x00000000');
  held.set(reference, { number, profile, open: hive.open(profile) });
  lookAt(held.get(reference));
}

function lookAt({ number, profile, open }) {
  const harm = open.harm();
  if (harm) {
    write('harmed', number, profile, harm);
  }
}

async function release(reference) {
  const mine = held.get(reference);
  lookAt(mine);
  held.delete(reference);
  write('releasing', mine.number, mine.profile);
  mine.open.close();
  try {
    await carryOut(await broker.ask('reference/release', { reference }));
    write('released', mine.number, mine.profile, '0x00000000');
  } catch (error) {
    if (error.data?.reason !== 'notFound') {
      broker.owe('reference/release', { reference }, carryOut);
    }
    write('released', mine.number, mine.profile, hresult(error));
  }
}

async function deleteProfile(profile) {
  const number = ++numbers;
  write('deleting', number, profile);
  try {
    const answer = await broker.ask('profile/delete', { profile });
    write('deleted', number, profile, '0x00000000', answer.deferred ? 'deferred' : 'granted');
    await carryOut(answer);
  } catch (error) {
    write('deleted', number, profile, hresult(error), 'now');
  }
}

async function sweep() {
  try {
    const { removals } = await broker.ask('profile/sweep', {});
    for (const removal of removals) {
      await carryOut({ removal });
    }
  } catch (error) {
    write('swept', hresult(error));
  }
}

// Deletes what the answer grants a claim for, unless somebody uses it whom the service does not know.
async function carryOut({ removal }) {
  if (!removal) {
    return;
  }
  const { claim, profile } = removal;
  if (!claims.has(claim)) {
    const remove = () => {
      const number = ++numbers;
      write('removing', number, profile);
      const outcome = hive.remove(profile);
      write('removed', number, profile, outcome);
      return outcome !== 'failed';
    };
    claims.set(claim, hive.withNotice(claim, profile, remove));
  }
  const finish = { claim, removed: claims.get(claim) };
  await broker.ask('removal/finish', finish).catch((error) => {
    if (error.data?.reason !== 'notFound') {
      broker.owe('removal/finish', finish);
    }
  });
}

async function doSomething() {
  const choice = random.below(1000);
  if (choice < 420 && held.size < 4) {
    await acquire(sharedProfile(), random.below(3) === 0);
  } else if (choice < 800 && held.size > 0) {
    await release([...held.keys()][random.below(held.size)]);
  } else if (choice < 840) {
    await deleteProfile(sharedProfile());
  } else if (choice < 880) {
    await sweep();
  } else if (choice < 900) {
    write('cutting');
    await broker.cut(random.below(2) === 0, { profile: sharedProfile() });
  } else if (choice === 999) {
    write('exiting');
    process.exit(0);
  }
}

function order() {
  const [word, number] = fs.readFileSync(orders, 'utf8').split(' ');
  return { word, number };
}

async function live() {
  let told;
  for (;;) {
    const { word, number } = order();
    if (word === 'quit') {
      break;
    }
    if (word === 'pause') {
      if (told !== number && (await broker.settled())) {
        told = number;
        write('paused', number);
      }
      await pause(20);
    } else {
      await doSomething();
      await pause(random.below(Number(pace)));
    }
    [...held.values()].forEach(lookAt);
  }
  for (const reference of [...held.keys()]) {
    await release(reference);
  }
  await broker.settled();
  write('ended');
  process.exit(0);
}

process.on('unhandledRejection', (error) => {
  if (['EPIPE', 'ECONNRESET', 'ERR_STREAM_DESTROYED'].includes(error.code)) {
    return; // the library's own write to a connection that has ended; the request says so too
  }
  process.stderr.write(`${who}: ${error.stack}\n`);
  process.exit(3);
});
write('started', process.pid);
live();
