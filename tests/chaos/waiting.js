// Waiting in a chaos run: for time to pass, where time is what is wanted, and for conditions, with a deadline.
'use strict';

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

// True when the condition came true in time. It may be async.
async function eventually(seconds, condition) {
  const deadline = performance.now() + seconds * 1000;
  while (!(await condition())) {
    if (performance.now() > deadline) {
      return false;
    }
    await pause(50);
  }
  return true;
}

module.exports = { pause, eventually };
