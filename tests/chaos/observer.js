// Judges a chaos run by its log alone (record.h), knowing nothing of the broker but what the probe saw of it.
//
//   node observer.js LOG       judges a log once more
//
// The promise from outside: between a process's `held` and its `releasing`, or its end, nobody begins or ends a removal of that
// profile, and nothing happens to it; what was deferred is gone in the end; every look of the probe finds each held
// profile known to the service, or entered in the hive, or deletion stopped altogether; and at a pause, when all is quiet, the
// service knows exactly what is held. A process that is killed holds until the line before its kill, so nothing is
// claimed of the moments in which it dies.
'use strict';

const fs = require('node:fs');

const { ofConductorAndClients, ofProbe } = require('./observer_lines');

const folded = (profile) => profile.toLowerCase();

class Observer {
  constructor() {
    this.lines = 0;
    this.violations = [];
    this.processes = new Map(); // who to { pid, alive, holds, removals, paused }
    this.profiles = new Map(); // folded name to { holds, removals, doomed, removalsSeen }
    this.unprotected = new Map(); // hold to the time of the first look that missed it
    this.looks = new Map();
    this.journalInTrouble = false;
    this.serviceEnds = 0;
    this.serviceEndedAt = -Infinity;
    this.unwritten = new Set(); // "pid profile": released while the journal could not be written
    this.owed = new Set(); // the same: released while nobody answered, so that the service is told later
    this.inDoubt = new Set(); // of these, what a service that ended before it could write has forgotten
    this.figures = {
      operations: 0, acquired: 0, acquiredWithoutService: 0, refused: 0, released: 0, deletions: 0, deferred: 0,
      deferredCompleted: 0, looks: 0, unprotectedMs: 0, lost: 0, leaked: 0, keptInDoubt: 0, harmed: 0,
      clientsKilled: 0, clientsStopped: 0, connectionsCut: 0, serviceKilled: 0, serviceStopped: 0, serviceFrozen: 0,
      serviceStarts: 0, startsRefused: 0, diskFull: 0, readOnly: 0, clockJumps: 0, descriptorsExhausted: 0, pauses: 0,
    };
  }

  read(text) {
    const line = /^(\S+) (\S+) (\S+) ?(.*)$/.exec(text);
    ++this.lines;
    if (!line) {
      this.violate(0, `line ${this.lines} of the log is torn: ${text.slice(0, 80)}`);
      return;
    }
    const [, time, who, verb, rest] = line;
    const handler = (who === 'probe' && ofProbe[verb]) || ofConductorAndClients[verb];
    this.now = Number(time);
    handler?.call(this, who, verb === 'sample' ? rest : rest.split(' '));
  }

  violate(profile, what) {
    this.violations.push({ line: this.lines, time: this.now, profile, what });
  }

  process(who) {
    if (!this.processes.has(who)) {
      this.processes.set(who, { who, holds: new Map(), removals: new Map(), alive: true });
    }
    return this.processes.get(who);
  }

  profile(name) {
    const key = folded(name);
    if (!this.profiles.has(key)) {
      this.profiles.set(key, { name: key, holds: new Set(), removals: new Set(), doomed: false, removalsSeen: 0 });
    }
    return this.profiles.get(key);
  }

  // The process does nothing any more: what it held is no longer held, what it was removing it removes no further.
  end(who) {
    const process = this.process(who);
    process.alive = false;
    for (const hold of process.holds.values()) {
      this.drop(hold);
    }
    for (const removal of process.removals.values()) {
      removal.profile.removals.delete(removal);
    }
    process.removals.clear();
  }

  drop(hold) {
    hold.profile.holds.delete(hold);
    hold.process.holds.delete(hold.number);
    hold.over = true;
    this.protectedAgain(hold);
  }

  protectedAgain(hold) {
    if (this.unprotected.has(hold)) {
      this.figures.unprotectedMs = Math.max(this.figures.unprotectedMs, this.now - this.unprotected.get(hold));
      this.unprotected.delete(hold);
    }
  }

  // What the probe saw, against what was held from before its look until after it.
  judge(number, look) {
    const { holds = [] } = this.looks.get(number) ?? {};
    this.looks.clear();
    this.last = { number, look, at: this.lines };
    ++this.figures.looks;
    if (look.absent || look.recovering) {
      return; // nobody is granted a removal; what the programs do among themselves shows in the log
    }
    const known = this.protectors(look);
    for (const hold of holds.filter((each) => !each.over)) {
      const key = `${hold.process.pid} ${hold.profile.name}`;
      if (take(known.service, key) || take(known.hive, key)) {
        this.protectedAgain(hold);
      } else if (!this.unprotected.has(hold)) {
        this.unprotected.set(hold, this.now);
        this.figures.unprotectedMs = Math.max(this.figures.unprotectedMs, 0.001);
        this.violate(hold.profile.name, `${hold.process.who} holds it, and neither the service nor the hive knows of that`);
      }
    }
  }

  // Who knows what, each as "pid profile" and how often. A notice in the hive is "host pid creation-time profile".
  protectors(look) {
    const fromNotice = (text) => text.replace(/^\S+ (\d+) \S+ /, '$1 ');
    return { service: count(look.known.map(folded)), hive: count(look.notices.map(fromNotice).map(folded)) };
  }

  // What was released and not written is held again after the next start, until its process ends: in doubt the profile is kept.
  forgetUnwritten() {
    ++this.serviceEnds;
    this.serviceEndedAt = this.now;
    if (this.journalInTrouble) {
      [...this.unwritten, ...this.owed].forEach((key) => this.inDoubt.add(key));
    }
    this.unwritten.clear();
  }

  // At a pause: { lost, leaked, keptInDoubt } of the last look, each a list of "pid profile".
  balance() {
    const known = this.protectors(this.last.look);
    const lost = [];
    for (const { pid, alive, holds } of this.processes.values()) {
      for (const hold of alive ? holds.values() : []) {
        const key = `${pid} ${hold.profile.name}`;
        if (!take(known.service, key) && !take(known.hive, key)) {
          lost.push(key);
        }
      }
    }
    const extra = [...known.service].flatMap(([key, times]) => Array(times).fill(key));
    const doubtful = extra.filter((key) => this.inDoubt.has(key));
    return { lost, leaked: extra.filter((key) => !this.inDoubt.has(key)), keptInDoubt: doubtful };
  }

  // When every process has ended, the last sweep is done and the probe has looked once more.
  finish() {
    const look = this.last?.look ?? { absent: true };
    if (look.absent) {
      this.violate('-', 'the service did not answer the last look');
      return;
    }
    const { profiles, references, claims } = look.counts;
    this.figures.leaked += references;
    if (profiles + references + claims + look.marks.length > 0) {
      this.violate('-', `everybody has ended, and the service still has ${profiles} profiles, ${references} references and ${claims} ` +
        `claims; marked in the hive: ${look.marks.join(', ') || 'nothing'}`);
    }
    for (const name of look.profiles.map(folded)) {
      if (this.profiles.get(name)?.doomed) {
        this.violate(name, 'it was to be deleted, nobody uses it, and it is still there');
      }
    }
  }
}

function count(keys) {
  const times = new Map();
  keys.forEach((key) => times.set(key, (times.get(key) ?? 0) + 1));
  return times;
}

function take(times, key) {
  const left = times.get(key) ?? 0;
  if (left > 1) {
    times.set(key, left - 1);
  } else {
    times.delete(key);
  }
  return left > 0;
}

// The lines about a profile before a violation, for people.
function timeline(logFile, violation, length = 40) {
  const lines = fs.readFileSync(logFile, 'utf8').split('\n').slice(0, violation.line + 2);
  const about = (text) =>
    !text.includes(' sample ') && (text.toLowerCase().includes(violation.profile) || / conductor (?!.*(freezing|thawing) )/.test(text));
  return lines.map((text, index) => `${index + 1}: ${text}`).filter(about).slice(-length);
}

module.exports = { Observer, timeline };

if (require.main === module) {
  const { report } = require('./report');
  const observer = new Observer();
  fs.readFileSync(process.argv[2], 'utf8').split('\n').filter(Boolean).forEach((line) => observer.read(line));
  process.exitCode = report(observer, process.argv[2], {}) ? 0 : 1;
}
