// The service as a child process with a state folder and an endpoint of its own, for tests that start, stop and kill it or
// run it with options. A test that ends without stopping it has it stopped, and a stop that is not clean (a sanitizer's
// report, a crash) fails the test.
'use strict';

const assert = require('node:assert');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { until, within } = require('./until');

class BrokerService {
  // Makes a folder for endpoint and journal; nothing runs yet.
  constructor(options = []) {
    this.program = process.env.PROFILE_BROKER_PROGRAM;
    this.options = options;
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'profile-broker-'));
    fs.chmodSync(this.folder, 0o755); // other accounts connect too
    this.endpoint = path.join(this.folder, 'broker.sock');
    this.state = path.join(this.folder, 'state');
    this.journal = path.join(this.state, 'journal.ndjson');
    this.log = '';
    this.child = null;
    this.uid = undefined; // another account than the test's own, for root to name
  }

  // A copy of a program of the build, where every account may run it.
  forEverybody(name) {
    const copy = path.join(this.folder, name);
    if (!fs.existsSync(copy)) {
      fs.copyFileSync(path.join(path.dirname(this.program), name), copy);
      fs.chmodSync(copy, 0o755);
    }
    return copy;
  }

  // Starts it for one test, and ends it with the test.
  static async start(t, options = []) {
    const service = new BrokerService(options);
    t.after(() => service.dispose());
    await service.start();
    return service;
  }

  spawn() {
    this.log = '';
    const program = this.uid === undefined ? this.program : this.forEverybody(path.basename(this.program));
    this.child = spawn(program, ['--endpoint', this.endpoint, '--state', this.state, '--verbose', ...this.options], {
      stdio: ['ignore', 'ignore', 'pipe'],
      uid: this.uid,
      gid: this.uid,
    });
    this.exited = once(this.child, 'exit');
    this.child.stderr.setEncoding('utf8').on('data', (text) => (this.log += text));
  }

  async start() {
    this.spawn();
    await until('the service to listen', () => {
      if (this.child.exitCode !== null || this.child.signalCode !== null) {
        throw new Error(`the service ended at once:\n${this.log}`);
      }
      return this.log.includes(' listens on ');
    });
  }

  // Runs it to its end, which must come by itself: for starts that fail.
  async exitCode() {
    this.spawn();
    const [code] = await within('the service to end', this.exited);
    return code;
  }

  async stop() {
    this.child.kill('SIGTERM');
    const [code, signal] = await within('the service to stop', this.exited);
    assert.deepStrictEqual([code, signal], [0, null], `the service did not stop in order:\n${this.log}`);
    this.child = null;
  }

  // As a crash would end it: no code of the service runs any more.
  async kill() {
    this.child.kill('SIGKILL');
    await within('the service to die', this.exited);
    this.child = null;
  }

  async dispose() {
    try {
      if (this.child && this.child.exitCode === null && this.child.signalCode === null) {
        await this.stop();
      }
    } finally {
      this.child?.kill('SIGKILL');
      fs.rmSync(this.folder, { recursive: true, force: true });
    }
  }
}

module.exports = { BrokerService };
