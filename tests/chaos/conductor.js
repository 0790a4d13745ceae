// Plays a chaos run: starts the service and its clients, deals faults (faults.js), pauses now and then to count, ends everything
// in order and has the log judged (observer.js). Started by chaos.sh.
//
//   node conductor.js linux|wine --bin FOLDER --seconds N [--seed N] [--clients N] [--raw N] [--recovery SECONDS]
//                     [--sanitized]               descriptors are left alone: UBSan looks at objects through a pipe
//                     [--blind | --forgetful]     broken on purpose; the run must then be judged broken
'use strict';

const crypto = require('node:crypto');
const fs = require('node:fs');
const path = require('node:path');
const { parseArgs } = require('node:util');
const { Deck, act, kOfDescriptors } = require('./faults');
const { Observer } = require('./observer');
const { Random } = require('./random');
const { report } = require('./report');
const { Service } = require('./service');
const { StateFolder } = require('./state_folder');
const { eventually, pause } = require('./waiting');
const record = require('./record');

const kPatience = 300; // seconds, for what must come true however busy the machine is
const kPatienceWithTheBroken = 20; // what is broken on purpose may never come to rest
const kLooksToMend = 200;
const kBetweenPauses = [8, 30]; // seconds, in a short run and in a long one

class Conductor {
  constructor(options) {
    this.options = options;
    this.folder = options.folder;
    fs.rmSync(this.folder, { recursive: true, force: true });
    fs.mkdirSync(this.folder, { recursive: true });
    this.logFile = path.join(this.folder, 'log');
    this.log = fs.openSync(this.logFile, 'a');
    this.tail = { file: fs.openSync(this.logFile, 'r'), rest: '' };
    this.orders = path.join(this.folder, 'orders');
    this.observer = new Observer();
    this.platform = new options.Platform(options, (how) => this.write('violation', 'the', 'service', how));
    this.state = new StateFolder(this.platform.state);
    this.service = new Service(this.platform, (...fields) => this.write(...fields), options.forgetful);
    this.slots = [];
    this.active = new Set();
    this.pauses = 0;
    this.patience = options.forgetful || options.blind ? kPatienceWithTheBroken : kPatience;
  }

  write(...fields) {
    fs.writeSync(this.log, record.text('conductor', ...fields));
  }

  // Feeds the observer what has been written meanwhile.
  observe() {
    const buffer = Buffer.alloc(1 << 16);
    for (let got; (got = fs.readSync(this.tail.file, buffer, 0, buffer.length, null)) > 0; ) {
      const lines = (this.tail.rest + buffer.toString('latin1', 0, got)).split('\n');
      this.tail.rest = lines.pop();
      lines.forEach((line) => this.observer.read(line));
    }
  }

  order(word, number = 0) {
    fs.writeFileSync(`${this.orders}.new`, `${word} ${number}`);
    fs.renameSync(`${this.orders}.new`, this.orders);
  }

  // A client in this slot, and another one whenever it has ended, until the run ends.
  startClient(slot) {
    const who = `${slot.kind}-${slot.index}.${++slot.generation}`;
    const mode = slot.kind === 'blind' ? ['blind'] : [];
    const life = [who, slot.random.below(1 << 30), this.orders, this.platform.pace, ...mode];
    const child = this.platform.spawnClient(slot.kind, this.log, ...life);
    Object.assign(slot, { who, child, killed: false });
    child.once('exit', async (code, signal) => {
      slot.child = undefined;
      if (!slot.killed && code !== 0) {
        this.write('crashed', who, `code ${code}, signal ${signal}`);
      }
      await pause(slot.random.below(600));
      if (!this.ending) {
        this.startClient(slot);
      }
    });
  }

  killClient(number) {
    const slot = this.slots[number % this.slots.length];
    if (slot.child && !slot.killed) {
      slot.killed = true;
      this.write('killing', slot.who);
      this.platform.killClient(slot.child, this.observer.processes.get(slot.who)?.pid);
    }
  }

  async freezeClient(number, length, isFatal) {
    const slot = this.slots[number % this.slots.length];
    const { child, who } = slot;
    if (!child || slot.killed || slot.frozen) {
      return;
    }
    slot.frozen = true;
    this.write('freezing', who);
    child.kill('SIGSTOP');
    await pause(length);
    if (isFatal && slot.child === child) {
      this.killClient(number);
    }
    this.write('thawing', who);
    child.kill('SIGCONT');
    slot.frozen = false;
  }

  async troubleState(kind, length) {
    if (!this.state.isOwnDisk || this.state.busy) {
      return;
    }
    this.state.busy = true;
    this.write(kind);
    kind === 'disk-full' ? this.state.fill() : this.state.makeReadOnly();
    await pause(length);
    kind === 'disk-full' ? this.state.makeRoom() : this.state.makeWritable();
    this.write('state-folder-mended');
    this.state.busy = false;
    await this.journalMends();
  }

  // Counted in looks that the service answered, since it may be away or starved just now.
  async journalMends() {
    let [seen, answered, isWell] = [this.observer.last?.number, 0, false];
    await eventually(this.patience, () => {
      const { number, look } = this.observer.last ?? {};
      if (number !== seen && !look.absent) {
        [seen, answered] = [number, answered + 1];
        isWell = answered > 2 && look.journalWritable; // the first look may have begun before
      }
      return this.state.busy || isWell || answered > kLooksToMend;
    });
    if (isWell) {
      this.write('journal-well');
    } else if (answered > kLooksToMend) {
      this.write('violation', 'the state folder can be written, and the service does not write its journal');
    }
  }

  jump(seconds) {
    this.write('clock', seconds);
    this.platform.jump(seconds);
  }

  // For the observer's own test: the service is killed and its state thrown away while its clients can do nothing about it.
  async forget() {
    await pause(3000);
    const thawed = this.slots.map((_, number) => this.freezeClient(number, 3000, false));
    await this.service.restart('kill', 0);
    await Promise.all(thawed);
  }

  async makeTrouble(deck, seconds) {
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      const fault = deck.next();
      await pause(fault.gap);
      const running = act(this, fault).catch((error) => this.write('violation', `the conductor failed: ${error.message}`));
      this.active.add(running);
      running.finally(() => this.active.delete(running));
    }
    await Promise.all(this.active);
  }

  // All stand still; then what they hold is exactly what the service knows.
  async countAll() {
    const number = String(++this.pauses);
    this.order('pause', number);
    const paused = () =>
      this.slots.every((slot) => slot.child && this.observer.processes.get(slot.who)?.paused === number);
    if (!(await eventually(this.patience, paused))) {
      const late = this.slots.filter((slot) => this.observer.processes.get(slot.who)?.paused !== number);
      this.write('violation', `not at rest after ${this.patience} s: ${late.map((slot) => slot.who).join(' ')}`);
    }
    const from = this.observer.lines;
    let balance;
    const isEven = () => {
      balance = this.observer.last?.at > from && !this.observer.last.look.absent ? this.observer.balance() : undefined;
      return balance && balance.lost.length + balance.leaked.length === 0;
    };
    if (!(await eventually(this.patience, isEven))) {
      const [lost, leaked] = [balance?.lost, balance?.leaked].map((keys) => keys?.join(', ') || '-');
      this.write('violation', `at rest, the service does not know: ${lost}; it knows, but nobody holds: ${leaked}`);
    }
    ++this.observer.figures.pauses;
    for (const figure of ['lost', 'leaked', 'keptInDoubt']) {
      this.observer.figures[figure] += balance?.[figure].length ?? 0;
    }
  }

  // However the run ended: nothing of it goes on.
  dispose() {
    this.ending = true;
    this.slots.forEach((slot) => slot.child?.kill('SIGKILL'));
    this.probe?.kill('SIGKILL');
    this.platform.dispose();
    this.state.dispose();
  }

  ended(child) {
    const isOver = child.exitCode !== null || child.signalCode !== null;
    return isOver ? Promise.resolve() : new Promise((resolve) => child.once('exit', resolve));
  }

  // Everybody releases and ends; then one sweeps, and nothing is left.
  async endAll() {
    this.ending = true;
    this.order('quit');
    if (!(await eventually(this.patience, () => this.slots.every((slot) => !slot.child)))) {
      this.write('violation', `did not end: ${this.slots.filter((slot) => slot.child).map((slot) => slot.who).join(' ')}`);
      this.slots.forEach((slot) => slot.child?.kill('SIGKILL'));
    }
    await this.ended(this.probe);
    let sweeps = 0;
    await eventually(this.patience, async () => {
      const life = [`sweeper.${++sweeps}`, 0, this.orders, this.platform.pace, 'sweep'];
      await this.ended(this.platform.spawnClient('library', this.log, ...life));
      await this.ended(this.platform.spawnProbe(this.log, 'once'));
      this.observe();
      const { absent, recovering, counts, marks } = this.observer.last.look;
      return !absent && !recovering && counts.profiles + counts.claims + marks.length === 0;
    });
    this.observer.finish();
  }

  async run() {
    const { seed, seconds, library, raw, blind } = this.options;
    const random = new Random(seed);
    this.write('run', JSON.stringify(this.options));
    this.order('go');
    const watching = setInterval(() => this.observe(), 20);
    const servesFirst = random.below(2) === 0;
    if (servesFirst) {
      await this.service.start();
    }
    const kinds = [...Array(library).fill(blind ? 'blind' : 'library'), ...Array(raw).fill('raw')];
    this.slots = kinds.map((kind, index) => ({ kind, index, generation: 0, random: new Random(seed * 1000 + index) }));
    this.slots.forEach((slot) => this.startClient(slot));
    this.probe = this.platform.spawnProbe(this.log, this.orders, String(this.platform.betweenLooks));
    if (!servesFirst) {
      await pause(1500);
      await this.service.start();
    }
    const deck = new Deck(random, this.options.sanitized ? kOfDescriptors : this.platform.cannot);
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      const left = (end - performance.now()) / 1000;
      const length = Math.min(left, kBetweenPauses[seconds > 60 ? 1 : 0]);
      await (this.options.forgetful ? this.forget() : this.makeTrouble(deck, length));
      await this.countAll();
      this.order('go');
    }
    await this.endAll();
    await this.service.stop();
    clearInterval(watching);
    this.observe();
  }
}

function options() {
  const text = { type: 'string' };
  const flag = { type: 'boolean', default: false };
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      bin: text, seconds: text, seed: text, clients: text, raw: text, recovery: text, sanitized: flag, blind: flag, forgetful: flag,
    },
  });
  const isWine = positionals[0] === 'wine';
  const raw = Number(values.raw ?? (isWine ? 2 : 6));
  const seed = values.seed === undefined ? crypto.randomInt(1 << 30) : Number(values.seed);
  const name = `${positionals[0]}-${seed}${values.blind ? '-blind' : ''}${values.forgetful ? '-forgetful' : ''}`;
  return {
    Platform: isWine ? require('./wine').Wine : require('./linux').Linux,
    bin: values.bin,
    seconds: Number(values.seconds),
    seed,
    raw,
    library: Number(values.clients ?? (isWine ? 26 : 36)) - raw,
    recovery: values.recovery ?? '4',
    sanitized: values.sanitized,
    blind: values.blind,
    forgetful: values.forgetful,
    folder: path.resolve(__dirname, '../../build/chaos', name),
  };
}

async function main() {
  const chosen = options();
  const begun = performance.now();
  const clients = `${chosen.library} with the library, ${chosen.raw} without`;
  console.log(`  seed ${chosen.seed}, log ${path.relative('.', chosen.folder)}/log`);
  const run = new Conductor(chosen);
  if (!run.state.isOwnDisk) {
    console.log(`  SKIPPED: full disk and read-only folder. A tmpfs cannot be mounted here: ${run.state.why}`);
  }
  process.on('exit', () => run.dispose());
  ['SIGINT', 'SIGTERM'].forEach((signal) => process.on(signal, () => process.exit(130)));
  if (chosen.sanitized) {
    console.log('  SKIPPED: exhausted descriptors, with which UBSan takes sound objects for broken; ./dev chaos has them');
  }
  await run.run();
  const facts = { seed: chosen.seed, duration: `${Math.round((performance.now() - begun) / 1000)} s`, clients };
  process.exit(report(run.observer, run.logFile, facts) ? 0 : 1);
}

main().catch((error) => {
  console.error(error.stack);
  process.exit(3);
});
