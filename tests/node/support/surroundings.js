// Where the tests find a service. PROFILE_BROKER_PROGRAM names a service to start (Linux, a socket); PROFILE_BROKER_ENDPOINT
// names the pipe or socket of one that runs already, whose options and life are not ours: tests that need more are then
// skipped and say so. Tests share such a service with others, so each uses profile names of its own.
'use strict';

const crypto = require('node:crypto');
const { Client } = require('./client');
const { Wire } = require('./wire');
const { Actor } = require('./actor');
const { BrokerService } = require('./broker_service');

const installed = process.env.PROFILE_BROKER_ENDPOINT;
if (!installed && !process.env.PROFILE_BROKER_PROGRAM) {
  throw new Error('set PROFILE_BROKER_PROGRAM to the service to test, or PROFILE_BROKER_ENDPOINT to one that runs');
}

// The reason to skip a test, or false: for the skip option.
const onlyWithOwnService = installed && 'SKIPPED: starts and kills its own service, which works on Linux only';
const onlyAsRoot =
  onlyWithOwnService || (process.getuid() !== 0 && 'SKIPPED: NOT ROOT, so two accounts were NOT tested. Run as root');

// A place to test in. What is made through it ends with the test.
class Surroundings {
  // Natively every test has a service of its own, with the options given.
  static async of(t, options = []) {
    if (installed) {
      return new Surroundings(t, installed);
    }
    const service = await BrokerService.start(t, options);
    return new Surroundings(t, service.endpoint, service);
  }

  // Around a service that the test has made and started itself.
  static around(t, service) {
    return new Surroundings(t, service.endpoint, service);
  }

  constructor(t, endpoint, service) {
    this.t = t;
    this.endpoint = endpoint;
    this.service = service;
  }

  async client() {
    const client = await Client.connect(this.endpoint);
    this.t.after(() => client.close());
    return client;
  }

  async wire() {
    const wire = await Wire.connect(this.endpoint);
    this.t.after(() => wire.close());
    return wire;
  }

  actor(options) {
    return Actor.start(this.t, { endpoint: this.endpoint, ...options });
  }
}

// A profile name that no other test uses.
const newName = (stem = 'Profile') => `${stem} ${crypto.randomBytes(6).toString('hex')}`;
const newReference = () => crypto.randomUUID();

module.exports = { Surroundings, onlyWithOwnService, onlyAsRoot, installed, newName, newReference };
