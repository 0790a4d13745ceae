// Starts actor_program.js and gives it orders: a real process with a real pid, which can be killed, and on Linux run as another
// user. Each is the leader of a session of its own there.
'use strict';

const path = require('node:path');
const readline = require('node:readline');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { within } = require('./until');

class Actor {
  // Ends with the test.
  static async start(t, { endpoint, uid } = {}) {
    const actor = new Actor(uid);
    t.after(() => actor.kill());
    if (endpoint) {
      await actor.order('connect', { endpoint });
    }
    return actor;
  }

  constructor(uid) {
    const env = { ...process.env };
    if (uid !== undefined) {
      env.ACTOR_UID = String(uid);
    }
    this.child = spawn(process.execPath, [path.join(__dirname, 'actor_program.js')], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env,
      detached: process.platform !== 'win32',
    });
    this.exited = once(this.child, 'exit');
    this.waiting = new Map();
    this.numbers = 0;
    this.child.stdin.on('error', () => {}); // an order to a process that was killed
    readline.createInterface({ input: this.child.stdout }).on('line', (line) => {
      const { number, result, error } = JSON.parse(line);
      const { resolve, reject } = this.waiting.get(number);
      this.waiting.delete(number);
      if (error) {
        reject(Object.assign(new Error(error.message), { code: error.code, data: error.data }));
      } else {
        resolve(result);
      }
    });
  }

  get pid() {
    return this.child.pid;
  }

  order(order, details = {}) {
    const number = ++this.numbers;
    const answer = new Promise((resolve, reject) => this.waiting.set(number, { resolve, reject }));
    this.child.stdin.write(`${JSON.stringify({ number, order, ...details })}\n`);
    return within(`the other process to ${order}`, answer);
  }

  call(method, params) {
    return this.order('call', { method, params });
  }

  // SIGKILL; on Windows TerminateProcess. Resolves when the process is gone.
  async kill() {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      this.child.kill('SIGKILL');
      await within('the other process to die', this.exited);
    }
  }
}

module.exports = { Actor };
