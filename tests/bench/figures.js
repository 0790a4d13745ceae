// What is made of single measurements: medians over rounds, and ratios that are taken round by round between two servers
// that were measured side by side, because a noisy machine is slow for both at the same time.
'use strict';

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

const geometricMean = (numbers) => Math.exp(numbers.reduce((sum, number) => sum + Math.log(number), 0) / numbers.length);

// Standard error of a geometric mean, as a share of it.
function relativeError(numbers) {
  const logs = numbers.map(Math.log);
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  const variance = logs.reduce((sum, log) => sum + (log - mean) ** 2, 0) / Math.max(logs.length - 1, 1);
  return Math.sqrt(variance / logs.length);
}

// Null for no numbers.
function quartiles(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const last = sorted.length - 1;
  return last < 0 ? null : { median: median(sorted), low: sorted[Math.floor(last / 4)], high: sorted[Math.ceil((3 * last) / 4)] };
}

// samples: { cell, server, round, perSecond, p50, ... }.
class Figures {
  constructor(samples) {
    this.samples = samples;
  }

  of(cell, server) {
    return this.samples.filter((sample) => sample.cell === cell && sample.server === server);
  }

  median(cell, server, what) {
    const found = this.of(cell, server);
    return found.length ? median(found.map((sample) => sample[what])) : null;
  }

  // what of one server to what of another in the same round; both sides may be other cells.
  ratios(what, [cell, server], [otherCell, other]) {
    return this.of(cell, server).flatMap((sample) => {
      const beside = this.of(otherCell, other).find((one) => one.round === sample.round);
      return beside ? [sample[what] / beside[what]] : [];
    });
  }

  // The median of those ratios and their quartiles.
  ratio(what, ours, theirs) {
    return quartiles(this.ratios(what, ours, theirs));
  }

  // The gate's figure: the geometric mean over several cells and all rounds.
  pooled(what, cells, server, other) {
    const ratios = cells.flatMap((cell) => this.ratios(what, [cell, server], [cell, other]));
    return ratios.length ? { mean: geometricMean(ratios), error: relativeError(ratios), count: ratios.length } : null;
  }
}

module.exports = { Figures, median, quartiles };
