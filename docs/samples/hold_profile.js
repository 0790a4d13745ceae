// Holds a MAPI profile for as long as this program runs, without the client library: JSON-RPC over
// the broker's pipe with Microsoft's vscode-jsonrpc (npm install vscode-jsonrpc@8). Meant for a
// Node program that has somebody else do the MAPI work (a COM server, a child process).
//
//   node hold_profile.js PROFILE
//
// It says "holding" when the profile is safe, and releases it when its standard input ends.
//
// It waits for the service instead of going on without it: a program that goes on has to enter its
// reference in the registry (proto/protocol.md, section 9), with the time at which its process was
// created, and Node cannot tell that time. Node cannot look at the pipe's owner either; what stands
// in for it is that Windows lets only administrators make pipes below ProtectedPrefix.
'use strict';

const net = require('node:net');
const path = require('node:path');
const crypto = require('node:crypto');
const { once } = require('node:events');
const { setTimeout: pause } = require('node:timers/promises');
const rpc = require('vscode-jsonrpc/node');

const ENDPOINT =
  process.env.MAPI_PROFILE_BROKER_ENDPOINT ||
  (process.platform === 'win32'
    ? '\\\\.\\pipe\\ProtectedPrefix\\Administrators\\MapiProfileBroker'
    : path.join(process.env.XDG_RUNTIME_DIR || '/tmp', 'mapi-profile-broker.sock'));
const CALL_DEADLINE_MS = 1000;

class HeldProfile {
  constructor(profile) {
    this.profile = profile;
    this.reference = crypto.randomUUID(); // ours, so that asking again is the same request
    this.instance = null; // of the service that has the reference
    this.released = false;
  }

  // Resolves when the service has the reference; waits for the service as long as it takes. A
  // refusal (the profile is being deleted, a quota) rejects.
  async acquire() {
    while (!(await this.register())) {
      await pause(1000);
    }
  }

  // True when the service has the reference, false when it could not be reached.
  async register() {
    try {
      await this.connect();
      const { instance } = await this.call('broker/hello', { client: 'hold_profile.js' });
      if (instance !== this.instance) {
        await this.call('reference/acquire', { profile: this.profile, reference: this.reference });
        this.instance = instance;
      }
      return true;
    } catch (error) {
      this.socket?.destroy();
      if (error.data?.reason && error.data.reason !== 'stopping') {
        throw error; // the service has answered; everything else says that it is not there
      }
      return false;
    }
  }

  async connect() {
    this.socket = net.connect(ENDPOINT);
    this.socket.on('error', () => {}); // 'close' follows, and the calls fail
    await once(this.socket, 'connect');
    this.connection = rpc.createMessageConnection(
      new rpc.StreamMessageReader(this.socket),
      new rpc.StreamMessageWriter(this.socket),
    );
    this.connection.onError(() => {});
    this.connection.listen();
    const { connection } = this;
    this.socket.once('close', () => {
      connection.dispose(); // rejects what still waits for an answer
      this.reconnect();
    });
  }

  // A connection that ends does not end the reference. A new one is needed all the same, so that a
  // service that was started anew learns of the reference.
  async reconnect() {
    if (this.reconnecting || this.instance === null) {
      return;
    }
    this.reconnecting = true;
    while (!this.released) {
      await pause(1000);
      if (this.released || (await this.register().catch(() => false))) {
        break;
      }
    }
    this.reconnecting = false;
  }

  call(method, params) {
    const answer = this.connection.sendRequest(method, params);
    answer.catch(() => {}); // when the deadline was first
    const deadline = new AbortController();
    const late = pause(CALL_DEADLINE_MS, null, { signal: deadline.signal }).then(() => {
      throw new Error(`no answer to ${method}`);
    });
    late.catch(() => {});
    return Promise.race([answer, late]).finally(() => deadline.abort());
  }

  // When this was the last use of a profile that somebody has deleted, the answer is a claim to
  // delete it. This program has no MAPI: it gives the claim back, and the next sweep
  // (profile-broker sweep, or any program with the client library) deletes the profile.
  async release() {
    this.released = true;
    try {
      const { removal } = await this.call('reference/release', { reference: this.reference });
      if (removal) {
        await this.call('removal/finish', { claim: removal.claim, removed: false });
        console.log('the profile waits for deletion: run profile-broker sweep');
      }
    } finally {
      this.socket.end();
    }
  }
}

async function main() {
  const [profile] = process.argv.slice(2);
  if (!profile) {
    console.error('node hold_profile.js PROFILE');
    return 2;
  }
  const held = new HeldProfile(profile);
  await held.acquire();
  console.log(`holding '${profile}'`);
  process.stdin.resume();
  await once(process.stdin, 'end');
  await held.release();
  console.log('released');
  return 0;
}

main().then(
  (code) => (process.exitCode = code),
  (error) => {
    console.error(`refused: ${error.message} (${error.data?.reason ?? error.code})`);
    process.exitCode = 1;
  },
);
