// Numbers that a seed decides (mulberry32), so that a run's schedule can be played again.
'use strict';

class Random {
  constructor(seed) {
    this.state = seed >>> 0;
  }

  // 0 to limit - 1.
  below(limit) {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let t = this.state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) % limit;
  }

  between(low, high) {
    return low + this.below(high - low + 1);
  }

  // One of [weight, value] pairs.
  pick(weighted) {
    let left = this.below(weighted.reduce((sum, [weight]) => sum + weight, 0));
    return weighted.find(([weight]) => (left -= weight) < 0)[1];
  }
}

module.exports = { Random };
