// What each line of a chaos run's log tells the observer: by its verb, with the observer as `this`, and who wrote the line and its
// fields as arguments. Bookkeeping and the check that no removal overlaps a holding; the judgement of the probe's looks is
// observer.js's.
'use strict';

const folded = (profile) => profile.toLowerCase();
const succeeded = (hresult) => Number(hresult) < 0x80000000;

const counting = (figure) =>
  function () {
    ++this.figures[figure];
  };

const ofConductorAndClients = {
  started(who, [pid]) {
    Object.assign(this.process(who), { pid, alive: true });
  },
  acquiring(who, [number, name]) {
    ++this.figures.operations;
    (this.process(who).asking ??= new Map()).set(number, this.profile(name).removalsSeen);
  },
  held(who, [number, name, kind, result]) {
    const process = this.process(who);
    if (!process.alive) {
      return; // a thread that had not noticed yet that its process was ending
    }
    const profile = this.profile(name);
    const hold = { process, number, profile, over: false };
    ++this.figures.acquired;
    this.figures.acquiredWithoutService += result === '0x00040203' ? 1 : 0;
    for (const removal of profile.removals) {
      this.violate(profile.name, `${who} was told that it holds it while ${removal.process.who} was removing it`);
    }
    profile.holds.add(hold);
    process.holds.set(number, hold);
    if (kind === 'temporary' && process.asking?.get(number) === profile.removalsSeen) {
      profile.doomed = true;
    }
    process.asking?.delete(number);
  },
  refused: counting('refused'),
  releasing(who, [number]) {
    ++this.figures.operations;
    const hold = this.process(who).holds.get(number);
    if (hold) {
      this.drop(hold);
      // A busy machine lets a program write down after the service's end what it did before.
      const endsBefore = this.serviceEnds - (this.now < this.serviceEndedAt ? 1 : 0);
      (this.process(who).releasing ??= new Map()).set(number, endsBefore);
      if (this.journalInTrouble) {
        this.unwritten.add(`${this.process(who).pid} ${hold.profile.name}`);
      }
    }
  },
  released(who, [number, name, result]) {
    const process = this.process(who);
    if (result !== '0x00000000') {
      this.owed.add(`${process.pid} ${folded(name)}`);
    }
    ++this.figures.released;
    if (this.journalInTrouble) {
      const endedMeanwhile = process.releasing?.get(number) !== this.serviceEnds;
      (endedMeanwhile ? this.inDoubt : this.unwritten).add(`${process.pid} ${folded(name)}`);
    }
    process.releasing?.delete(number);
  },
  deleting(who, [number, name]) {
    ++this.figures.operations;
    (this.process(who).asking ??= new Map()).set(number, this.profile(name).removalsSeen);
  },
  deleted(who, [number, name, result, how]) {
    const profile = this.profile(name);
    if (how === 'deferred' && succeeded(result)) {
      ++this.figures.deferred;
      profile.doomed ||= this.process(who).asking?.get(number) === profile.removalsSeen;
    }
    this.process(who).asking?.delete(number);
  },
  swept: counting('operations'),
  asked: counting('operations'),
  cutting: counting('connectionsCut'),
  removing(who, [number, name]) {
    const profile = this.profile(name);
    const process = this.process(who);
    for (const hold of profile.holds) {
      this.violate(profile.name, `${who} began to remove it while ${hold.process.who} held it`);
    }
    if (process.alive) {
      const removal = { process, profile };
      profile.removals.add(removal);
      process.removals.set(number, removal);
    }
  },
  removed(who, [number, name, outcome]) {
    const profile = this.profile(name);
    const process = this.process(who);
    profile.removals.delete(process.removals.get(number));
    process.removals.delete(number);
    if (outcome === 'failed') {
      return;
    }
    ++profile.removalsSeen;
    this.figures.deletions += outcome === 'gone' ? 1 : 0;
    this.figures.deferredCompleted += outcome === 'gone' && profile.doomed ? 1 : 0;
    profile.doomed = false;
  },
  harmed(who, [number, name, harm]) {
    if (this.process(who).holds.has(number)) {
      ++this.figures.harmed;
      this.violate(folded(name), `${who} holds it and finds: ${harm}`);
    }
  },
  paused(who, [number]) {
    this.process(who).paused = number;
  },
  exiting(who) {
    this.end(who);
  },
  ended(who) {
    for (const hold of this.process(who).holds.values()) {
      this.violate(hold.profile.name, `${who} ended in order and had not released it`);
    }
    this.end(who);
  },
  // The conductor's.
  killing(_, [whom]) {
    ++this.figures.clientsKilled;
    this.end(whom);
  },
  crashed(_, [whom, ...how]) {
    this.violate('-', `${whom} ended by itself: ${how.join(' ')}`);
    this.end(whom);
  },
  freezing: counting('clientsStopped'),
  'service-kill': function () {
    ++this.figures.serviceKilled;
    this.forgetUnwritten();
  },
  'service-stop': function () {
    ++this.figures.serviceStopped;
    this.forgetUnwritten();
  },
  'service-freeze': counting('serviceFrozen'),
  'service-started': counting('serviceStarts'),
  'service-refused': counting('startsRefused'),
  'disk-full': function () {
    ++this.figures.diskFull;
    this.journalInTrouble = true;
  },
  'read-only': function () {
    ++this.figures.readOnly;
    this.journalInTrouble = true;
  },
  'journal-well': function () {
    this.journalInTrouble = false;
    this.unwritten.clear();
  },
  clock: counting('clockJumps'),
  descriptors: counting('descriptorsExhausted'),
  violation(_, words) {
    this.violate('-', words.join(' '));
  },
};

const ofProbe = {
  sampling(_, [number]) {
    const holds = [...this.processes.values()].flatMap(({ holds }) => [...holds.values()]);
    this.looks.set(number, { holds });
  },
  sample(_, rest) {
    const space = rest.indexOf(' ');
    this.judge(rest.slice(0, space), JSON.parse(rest.slice(space + 1)));
  },
};

module.exports = { ofConductorAndClients, ofProbe };
