// Waiting for a condition with a deadline that is only there to end a test that would otherwise hang: nothing here
// asserts how long something takes.
'use strict';

const { setTimeout: pause } = require('node:timers/promises');

const PATIENCE_MS = 30_000;

// Resolves with the first truthy value of condition(), which may be asynchronous.
async function until(what, condition) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const value = await condition();
    if (value) {
      return value;
    }
    if (Date.now() > deadline) {
      throw new Error(`waited in vain: ${what}`);
    }
    await pause(10);
  }
}

// The promise's outcome, or an error that says what was waited for.
async function within(what, promise, patience = PATIENCE_MS) {
  let timer;
  const deadline = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited in vain: ${what}`)), patience);
  });
  try {
    return await Promise.race([promise, deadline]);
  } finally {
    clearTimeout(timer);
  }
}

module.exports = { until, within, pause };
