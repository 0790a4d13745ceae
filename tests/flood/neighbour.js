// Another account's process beside an attack: acquires and releases, one call after the other, and now and then over a new
// connection. Writes "at work" after its first calls. "begin" and "end" on standard input bracket what it measures; after
// "end" it writes the figures as one line of JSON. A refusal, a connection that ends, or an answer that does not come within
// 30 s, is a failure. One end is no failure and counted apart: this process itself, on a machine that stood still, sent its
// first frame later than the service waits for one.
'use strict';

const readline = require('node:readline');
const { Wire, request } = require('../node/support/wire');

const [, , endpoint, uid] = process.argv;
if (uid) {
  process.setgroups([]);
  process.setgid(Number(uid));
  process.setuid(Number(uid));
}

const FIRST_FRAME_MS = 2_000; // kFirstFrameDeadline of proto/limits.h
let measured = null;
let over = false;
let served = 0;

function failed(why) {
  if (measured) {
    ++measured.failed;
    measured.why = why;
  }
}

async function call(wire, method, params) {
  const start = process.hrtime.bigint();
  await wire.write(request(1, method, params));
  const sentLate = wire.served === undefined && Date.now() - wire.began >= FIRST_FRAME_MS;
  const answer = await wire.next();
  measured?.times.push(Number(process.hrtime.bigint() - start) / 1e6);
  if (!answer && sentLate) {
    if (measured) {
      ++measured.late;
    }
  } else if (!answer?.result) {
    failed(`${method}: ${answer ? JSON.stringify(answer.error) : `the connection ended after ${wire.served ?? 0} answers`}`);
  } else {
    wire.served = (wire.served ?? 0) + 1;
    if (++served === 40) {
      process.stdout.write('"at work"\n');
    }
  }
  return answer?.result;
}

async function live() {
  let wire = null;
  for (let i = 0; !over; ++i) {
    try {
      if (!wire || i % 50 === 0 || wire.isEnded) {
        wire?.close();
        wire = await Wire.connect(endpoint);
      }
      const acquired = await call(wire, 'reference/acquire', { profile: 'Gateway', label: 'neighbour' });
      if (acquired) {
        await call(wire, 'reference/release', { reference: acquired.reference });
      }
    } catch (error) {
      wire = null;
      failed(error.message);
    }
    // A program, not a flood of its own.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'begin') {
    measured = { times: [], failed: 0, late: 0, why: '' };
  } else {
    const { times, failed, late, why } = measured;
    measured = null;
    times.sort((a, b) => a - b);
    process.stdout.write(`${JSON.stringify({ calls: times.length, failed, late, why, p50: at(times, 0.5), p99: at(times, 0.99), max: times.at(-1) ?? 0 })}\n`);
  }
}).on('close', () => {
  over = true;
  process.exit(0);
});
live();
