// What can go wrong in a chaos run, how often, and for how long. Everything random about a fault is drawn when it is dealt, so
// that a seed deals the same faults at the same times again, whatever comes of them.
'use strict';

const { pause } = require('./waiting');

const kYear = 365 * 86_400; // seconds
const kJumps = [-10 * kYear, -86_400, -3600, -61, 0, 61, 3600, 86_400, 10 * kYear];

// Each: what is drawn, and what is done with it. `run` is the conductor.
const faults = {
  killClient: {
    draw: (random) => ({ slot: random.below(1000) }),
    act: (run, { slot }) => run.killClient(slot),
  },
  killMany: {
    draw: (random) => ({ slot: random.below(1000), many: random.between(4, 12) }),
    act: (run, { slot, many }) => Array.from({ length: many }, (_, i) => run.killClient(slot + i)),
  },
  freezeClient: {
    draw: (random) => ({ slot: random.below(1000), length: random.between(50, 4000), fatal: random.below(4) === 0 }),
    act: (run, { slot, length, fatal }) => run.freezeClient(slot, length, fatal),
  },
  killService: {
    draw: (random) => ({ away: random.below(3) * random.below(1500) }),
    act: (run, { away }) => run.service.restart('kill', away),
  },
  stopService: {
    draw: (random) => ({ away: random.below(3) * random.below(1500) }),
    act: (run, { away }) => run.service.restart('stop', away),
  },
  freezeService: {
    draw: (random) => ({ length: random.between(50, 3500) }),
    act: (run, { length }) => run.service.freeze(length),
  },
  freezeAndKillService: {
    draw: (random) => ({ length: random.between(50, 1500), away: random.below(500) }),
    act: (run, { length, away }) => run.service.freeze(length, away),
  },
  fillDisk: {
    draw: (random) => ({ length: random.between(200, 3000) }),
    act: (run, { length }) => run.troubleState('disk-full', length),
  },
  readOnlyFolder: {
    draw: (random) => ({ length: random.between(200, 3000), restart: random.pick([[1, ''], [1, 'kill'], [1, 'stop']]) }),
    act: (run, { length, restart }) =>
      Promise.all([run.troubleState('read-only', length), restart && run.service.restart(restart, 0)]),
  },
  startStarved: {
    draw: (random) => ({ descriptors: random.between(14, 40), length: random.between(500, 2500) }),
    act: (run, { descriptors, length }) => run.service.restartStarved(descriptors, length),
  },
  clockJump: {
    draw: (random) => ({ seconds: kJumps[random.below(kJumps.length)] }),
    act: (run, { seconds }) => run.jump(seconds),
  },
  noDescriptors: {
    draw: (random) => ({ more: random.below(3), length: random.between(200, 3000) }),
    act: (run, { more, length }) => run.service.starve(more, length),
  },
};

const weights = {
  killClient: 34, killMany: 1, freezeClient: 12, killService: 1, stopService: 1, freezeService: 1, freezeAndKillService: 1,
  fillDisk: 1, readOnlyFolder: 1, startStarved: 1, clockJump: 3, noDescriptors: 1,
};

const kOfDescriptors = ['noDescriptors', 'startStarved'];

// Deals faults like cards: each kind comes as often as its weight says before any comes again. The first deal begins with one of
// each, so that a short run has them all.
class Deck {
  constructor(random, without = []) {
    this.random = random;
    this.kinds = Object.entries(weights).filter(([kind]) => !without.includes(kind));
    this.cards = [];
  }

  // { kind, drawn, gap }: the next fault, and the milliseconds before it.
  next() {
    if (this.cards.length === 0) {
      const isFirst = !this.dealt;
      this.dealt = true;
      this.cards = this.kinds.flatMap(([kind, weight]) => Array(weight).fill(kind));
      for (let i = this.cards.length - 1; i > 0; --i) {
        const j = this.random.below(i + 1);
        [this.cards[i], this.cards[j]] = [this.cards[j], this.cards[i]];
      }
      if (isFirst) {
        this.cards.push(...new Set(this.cards));
      }
    }
    const kind = this.cards.pop();
    return { kind, drawn: faults[kind].draw(this.random), gap: this.random.between(40, 400) };
  }
}

async function act(run, { kind, drawn }) {
  await faults[kind].act(run, drawn);
  await pause(0);
}

module.exports = { Deck, act, kOfDescriptors };
