// The tests that every script of docs/samples which holds a profile has to pass, whatever language it is in: it runs as a
// process of its own, natively against a service of its own, and what the service knows is what counts.
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { BrokerService } = require('../node/support/broker_service');
const { Surroundings, onlyWithOwnService, newName } = require('../node/support/surroundings');
const { until, within } = require('../node/support/until');

class Holder {
  constructor(t, command, endpoint, profile) {
    const [program, ...words] = [...command, profile];
    this.said = '';
    this.child = spawn(program, words, {
      env: { ...process.env, MAPI_PROFILE_BROKER_ENDPOINT: endpoint },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.exited = once(this.child, 'exit');
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (this.said += text));
    }
    t.after(() => this.child.kill('SIGKILL'));
  }

  async says(text) {
    await until(`the program to say '${text}'`, () => {
      assert.strictEqual(this.child.signalCode, null, this.said);
      return this.said.includes(text);
    });
  }

  async ends() {
    this.child.stdin.end();
    const [code] = await within('the program to end', this.exited);
    return code;
  }
}

// command: the program and its words before the profile's name.
function testHolder(command) {
  async function begin(t) {
    const place = await Surroundings.of(t);
    const profile = newName('Mail Gateway');
    const holder = new Holder(t, command, place.endpoint, profile);
    await holder.says(`holding '${profile}'`);
    const client = await place.client();
    return { holder, profile, client, service: place.service };
  }
  const usage = (client, profile) => client.call('profile/query', { profile });

  test('it holds the profile until it ends, and then nobody does', async (t) => {
    const { holder, profile, client } = await begin(t);
    const { references, holders } = await usage(client, profile.toUpperCase());
    assert.deepStrictEqual([references, holders[0].process], [1, holder.child.pid]);
    assert.strictEqual(await holder.ends(), 0, holder.said);
    assert.strictEqual((await usage(client, profile)).references, 0);
    assert.match(holder.said, /released/);
  });

  test('a service that was killed and started anew learns of the reference again', { skip: onlyWithOwnService }, async (t) => {
    const { holder, profile, service } = await begin(t);
    await service.kill();
    fs.rmSync(service.state, { recursive: true }); // it remembers nothing
    await service.start();
    const client = await new Surroundings(t, service.endpoint, service).client();
    await until('the reference to be registered again', async () => (await usage(client, profile)).references === 1);
    assert.strictEqual(await holder.ends(), 0, holder.said);
    assert.strictEqual((await usage(client, profile)).references, 0);
  });

  test('it waits for a service that is not there yet', { skip: onlyWithOwnService }, async (t) => {
    const service = new BrokerService();
    t.after(() => service.dispose());
    const holder = new Holder(t, command, service.endpoint, 'Mail Gateway');
    await service.start();
    await holder.says("holding 'Mail Gateway'");
    assert.strictEqual(await holder.ends(), 0, holder.said);
  });

  test('a profile that waits for deletion is left to those that can delete it', async (t) => {
    const { holder, profile, client } = await begin(t);
    assert.deepStrictEqual(await client.call('profile/delete', { profile }), { deferred: true, removal: null });
    assert.strictEqual(await holder.ends(), 0, holder.said);
    assert.match(holder.said, /profile-broker sweep/);
    const { removals } = await client.call('profile/sweep');
    assert.ok(removals.some((removal) => removal.profile === profile), JSON.stringify(removals));
  });

  test('a refusal is said with its reason', async (t) => {
    const place = await Surroundings.of(t);
    const holder = new Holder(t, command, place.endpoint, 'no\\name');
    await until('the program to end', () => holder.child.exitCode !== null);
    assert.strictEqual(holder.child.exitCode, 1, holder.said);
    assert.match(holder.said, /badName/);
  });
}

module.exports = { testHolder };
