// Another account's process beside an attack: acquires and releases, one call after the other, and now and then over a new
// connection. Writes "at work" after its first calls. "begin" and "end" on standard input bracket what it measures; after "end" it writes the figures as one line of
// JSON. A refusal, or an answer that does not come within 30 s, is a failure.
'use strict';

const readline = require('node:readline');
const { Wire, request } = require('../node/support/wire');

const [, , endpoint, uid] = process.argv;
if (uid) {
  process.setgroups([]);
  process.setgid(Number(uid));
  process.setuid(Number(uid));
}

let measured = null;
let over = false;

async function call(wire, method, params) {
  const start = process.hrtime.bigint();
  const answer = await wire.ask(request(1, method, params));
  const took = Number(process.hrtime.bigint() - start) / 1e6;
  measured?.times.push(took);
  if (!answer?.result && measured) {
    ++measured.failed;
    measured.why = answer ? JSON.stringify(answer.error) : 'the connection ended';
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
      await call(wire, 'reference/release', { reference: acquired?.reference ?? '' });
      if (i === 20) {
        process.stdout.write('"at work"\n');
      }
    } catch (error) {
      wire = null;
      if (measured) {
        ++measured.failed;
        measured.why = error.message;
      }
    }
    // A program, not a flood of its own.
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

const at = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;

readline.createInterface({ input: process.stdin }).on('line', (line) => {
  if (line === 'begin') {
    measured = { times: [], failed: 0, why: '' };
  } else {
    const { times, failed, why } = measured;
    measured = null;
    times.sort((a, b) => a - b);
    process.stdout.write(`${JSON.stringify({ calls: times.length, failed, why, p50: at(times, 0.5), p99: at(times, 0.99), max: times.at(-1) ?? 0 })}\n`);
  }
}).on('close', () => {
  over = true;
  process.exit(0);
});
live();
