// The broker and its clients as processes of Linux: how each is started, and how the service is found and ended.
'use strict';

const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { execFileSync, spawn } = require('node:child_process');
const { once } = require('node:events');
const { eventually } = require('./waiting');

const kStateFolderRefused = 10; // service/exit_codes.h

class Linux {
  // folder: the run's; bin: the programs'. died(how) is called when the service ends unasked.
  constructor({ folder, bin, recovery }, died) {
    Object.assign(this, { folder, bin, recovery, died });
    this.pace = 40; // milliseconds, as chaos_client has it
    this.betweenLooks = 150;
    this.runtime = fs.mkdtempSync(path.join(os.tmpdir(), 'chaos-')); // a socket's path must be short
    this.endpoint = path.join(this.runtime, 'broker');
    this.state = path.join(folder, 'state');
    this.hive = path.join(folder, 'hive');
    this.clock = path.join(folder, 'clock');
    this.errors = fs.openSync(path.join(folder, 'errors'), 'a');
    fs.writeFileSync(this.clock, Buffer.alloc(8));
    [this.state, this.hive].forEach((name) => fs.mkdirSync(name, { recursive: true }));
    this.environment = {
      ...process.env,
      MAPI_PROFILE_BROKER_ENDPOINT: this.endpoint,
      XDG_STATE_HOME: path.join(folder, 'home'),
      CHAOS_WALL_CLOCK: this.clock,
      LD_PRELOAD: path.join(bin, 'libwall_clock.so'),
      ASAN_OPTIONS: 'verify_asan_link_order=0', // the preloaded clock comes before the sanitizer, and does it no harm
    };
  }

  // Resolves with true when it serves, false when it refused its state folder. descriptors: with so many and no more, for good;
  // then it may be unable to serve.
  async startService(descriptors) {
    const log = fs.openSync(path.join(this.folder, 'service.log'), 'a');
    const options = ['--console', '--endpoint', this.endpoint, '--state', this.state, '--recovery-seconds', this.recovery];
    const service = path.join(this.bin, 'mapi-profile-broker');
    const [program, all] = descriptors ? ['prlimit', [`--nofile=${descriptors}:${descriptors}`, service, ...options]] : [service, options];
    this.service = spawn(program, all, {
      stdio: ['ignore', log, log],
      env: this.environment,
    });
    fs.closeSync(log);
    const child = this.service;
    let ended;
    child.once('exit', (code, signal) => {
      ended = { code, signal };
    });
    await eventually(60, async () => ended || (await this.answers()));
    if (ended && (descriptors || ended.code === kStateFolderRefused)) {
      return false;
    }
    if (ended) {
      this.died(`did not start: code ${ended.code}, signal ${ended.signal}`);
      return false;
    }
    this.expected = false;
    child.once('exit', (code, signal) => this.expected || this.died(`ended by itself: code ${code}, signal ${signal}`));
    return true;
  }

  answers() {
    return new Promise((resolve) => {
      const socket = net.connect(this.endpoint, () => resolve(true));
      socket.on('error', () => resolve(false)).on('connect', () => socket.destroy());
    });
  }

  async stopService() {
    await this.end('SIGTERM');
    if (this.service.exitCode !== 0) {
      this.died(`did not stop in order: code ${this.service.exitCode}, signal ${this.service.signalCode}`);
    }
  }

  killService() {
    return this.end('SIGKILL');
  }

  async end(signal) {
    this.expected = true;
    const exited = once(this.service, 'exit');
    this.service.kill(signal);
    await exited;
  }

  loseState() {
    fs.readdirSync(this.state).forEach((name) => fs.rmSync(path.join(this.state, name)));
  }

  signalService(signal) {
    this.service.kill(signal);
  }

  // Limits the descriptors of the running service to those that it has and so many more; none: no limit but the hard one.
  limitDescriptors(more) {
    const own = `/proc/${this.service.pid}`;
    const hard = /Max open files\s+\S+\s+(\S+)/.exec(fs.readFileSync(`${own}/limits`, 'utf8'))[1];
    const soft = more === undefined ? hard : fs.readdirSync(`${own}/fd`).length + more;
    execFileSync('prlimit', ['--pid', String(this.service.pid), `--nofile=${soft}:`]);
  }

  jump(seconds) {
    const offset = Buffer.alloc(8);
    offset.writeBigInt64LE(BigInt(seconds));
    const file = fs.openSync(this.clock, 'r+');
    fs.writeSync(file, offset, 0, 8, 0); // in place: it is mapped
    fs.closeSync(file);
  }

  // kind: library, raw, or a program of ours with its arguments.
  spawnClient(kind, log, ...args) {
    const own = [...args.slice(0, 2), this.hive, ...args.slice(2)];
    const [program, all] =
      kind === 'raw'
        ? [process.execPath, [path.join(__dirname, 'raw_client.js'), ...own]]
        : [path.join(this.bin, 'chaos_client'), own];
    return spawn(program, all, { stdio: ['ignore', log, this.errors], env: this.environment });
  }

  spawnProbe(log, ...args) {
    const program = path.join(this.bin, 'chaos_probe');
    return spawn(program, [this.hive, ...args], { stdio: ['ignore', log, this.errors], env: this.environment });
  }

  killClient(child) {
    child.kill('SIGKILL');
  }

  dispose() {
    this.service?.kill('SIGKILL');
    fs.rmSync(this.runtime, { recursive: true, force: true });
  }
}

module.exports = { Linux };
