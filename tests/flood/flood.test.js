// Floods by one account while another one works. A real service, real sockets, real accounts (as root; without it both are
// one account, and what only two can show is skipped). Demanded of every attack: no call of the neighbour fails, the service
// is the same process afterwards and answers, its memory stays in bounds, and what was refused was refused by a quota that
// says so. How long things took is printed and not judged. FLOOD_SECONDS is how long each attack lasts at its full size (1
// when not set).
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');
const readline = require('node:readline');
const { spawn, execFileSync } = require('node:child_process');
const { once } = require('node:events');
const { BrokerService } = require('../node/support/broker_service');
const { Wire, request } = require('../node/support/wire');
const { until, within, pause } = require('../node/support/until');

const SECONDS = Number(process.env.FLOOD_SECONDS ?? 1);
const LONG = SECONDS > 5;
const [ATTACKER, NEIGHBOUR] = [41_001, 41_002];
const AS_ROOT = process.getuid() === 0;
// AddressSanitizer keeps freed memory by for a while, and pads all of it.
const PROGRAM = fs.readFileSync(process.env.PROFILE_BROKER_PROGRAM);
const SANITIZED = PROGRAM.includes('__asan_init') || PROGRAM.includes('__tsan_init');
const MOST_MEGABYTES = SANITIZED ? 1500 : 500;

// Attack, its size (quick, long), and whether a quota must have refused something.
const ATTACKS = [
  ['silent', 'connections that say nothing', [600, 10_000], true],
  ['connections', 'connections that say hello and stay', [1_000, 10_000], true],
  ['drip', 'a byte a second on every connection', [64, 256], false],
  ['deafSubscribers', 'subscribers that never read', [100, 250], false],
  ['references', 'references to the quota of a process, and on', [50, 4_096], true],
  ['names', 'profiles to the quota of an account, and on', [3_000, 66_000], true],
  ['sweeps', 'sweeps of 6,000 names, pipelined', [30, 250], false],
  ['lists', 'lists of 4,000 profiles, pipelined, every other one unread', [30, 250], false],
  ['giantFrames', 'frames at and beyond the limit', [30, 250], false],
  ['pipelined', 'requests by the hundred that are never read', [60, 250], false],
  ['storm', 'connecting and leaving at once', [20, 100], false],
];

class Program {
  constructor(t, file, parameters) {
    this.child = spawn(process.execPath, [path.join(__dirname, file), ...parameters.map(String)], { stdio: ['pipe', 'pipe', 'inherit'] });
    this.exited = once(this.child, 'exit');
    this.lines = readline.createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    t.after(() => this.child.kill('SIGKILL'));
  }
  async line(what) {
    const { value } = await within(what, this.lines.next(), PATIENCE_MS);
    return JSON.parse(value);
  }
}

// What the attacker is to do may take it a while on a busy machine: it opens thousands of connections.
const PATIENCE_MS = 120_000;
// In MB; undefined where the kernel does not tell.
const memory = (pid, what) => {
  const found = new RegExp(`${what}:\\s+(\\d+)`).exec(fs.readFileSync(`/proc/${pid}/status`, 'utf8'));
  return found ? Math.round(Number(found[1]) / 1024) : undefined;
};
const peakMemory = (pid) => memory(pid, 'VmHWM') ?? memory(pid, 'VmRSS');
const ms = (figure) => figure.toFixed(1).padStart(7);

async function measure(neighbour, during) {
  neighbour.child.stdin.write('begin\n');
  await during();
  neighbour.child.stdin.write('end\n');
  return neighbour.line('the neighbour\'s figures');
}

for (const [attack, what, [quick, long], refuses] of ATTACKS) {
  test(`${what}: the neighbour is served`, async (t) => {
    const options = LONG ? [] : ['--references-per-process', '500', '--profiles-per-user', '2000'];
    const service = await BrokerService.start(t, attack === 'lists' ? [] : options);
    const { pid } = service.child;
    const neighbour = new Program(t, 'neighbour.js', [service.endpoint, AS_ROOT ? NEIGHBOUR : '']);
    await neighbour.line('the neighbour to be served');
    const before = await measure(neighbour, () => pause(300));
    const calm = memory(pid, 'VmRSS');
    let attacker;
    const during = await measure(neighbour, async () => {
      attacker = new Program(t, 'attacker.js', [service.endpoint, attack, AS_ROOT ? ATTACKER : '', LONG ? long : quick, refuses]);
      await attacker.line('the attack to be at its full size');
      await pause(1000 * SECONDS);
    });
    attacker.child.stdin.end();
    const done = await attacker.line('the attacker\'s account of itself');
    await within('the attacker to end', attacker.exited);
    const peak = peakMemory(pid);
    // Again while it is refused: without root this is the attacker's account, whose connections take a moment to end.
    await until('the service to answer afterwards', async () => {
      const wire = await Wire.connect(service.endpoint);
      const answer = await wire.ask(request(1, 'broker/status'));
      wire.close();
      return answer?.result;
    });
    console.log(
      `${attack.padEnd(16)} neighbour p50 ${ms(before.p50)} ->${ms(during.p50)} ms, p99 ${ms(before.p99)} ->${ms(during.p99)} ms, ` +
        `max ${ms(during.max)} ms, ${during.calls} calls, ${during.failed} failed, ${during.late} late; attacker ${done.connections} connections, ` +
        `${done.requests} requests, ${done.refused} refused; service ${calm} MB, peak ${peak}, after ${memory(pid, 'VmRSS')}`,
    );
    assert.strictEqual(service.child.exitCode ?? service.child.signalCode, null, 'the service runs on');
    assert.ok(done.connections > 0, 'the attack took place');
    assert.ok(peak < MOST_MEGABYTES, `the service's memory grew to ${peak} MB`);
    if (AS_ROOT) {
      assert.strictEqual(during.failed, 0, `calls of the neighbour failed: ${during.why}`);
      assert.ok(during.calls > 0, 'the neighbour was served');
    } else {
      t.diagnostic('NOT ROOT: attacker and neighbour are one account, so what the neighbour got was NOT tested');
    }
    if (refuses) {
      assert.ok(done.refused > 0 && done.reasons.quotaExceeded > 0, `no quota refused anything: ${JSON.stringify(done.reasons)}`);
    }
  });
}

// The memory that the service may have ends a little above what it has: lists that nobody reads use it up.
const noLimit = SANITIZED && 'SKIPPED: a sanitizer needs all addresses, so a service without memory was NOT tested; ./dev flood does';
test('a service without memory ends connections and nothing else', { skip: noLimit }, async (t) => {
  const service = await BrokerService.start(t);
  const { pid } = service.child;
  const wire = await Wire.connect(service.endpoint);
  const held = (await wire.ask(request(1, 'reference/acquire', { profile: 'Gateway' }))).result.reference;
  execFileSync('prlimit', ['--pid', pid, `--as=${(memory(pid, 'VmSize') + 12) * 1024 * 1024}`]);
  const attacker = new Program(t, 'attacker.js', [service.endpoint, 'lists', AS_ROOT ? ATTACKER : '', 100, false]);
  await attacker.line('the attack to be at its full size');
  await pause(1000 * SECONDS);
  attacker.child.stdin.end();
  const done = await attacker.line('the attacker\'s account of itself');
  await until('the service to serve again', async () => {
    const after = await Wire.connect(service.endpoint);
    const answer = await after.ask(request(1, 'reference/release', { reference: held }));
    after.close();
    return answer?.result ?? answer?.error?.data.reason === 'notFound';
  });
  wire.close();
  console.log(`without memory   ${done.connections} connections, ${done.ended} ended; service's peak ${peakMemory(pid)} MB, ` +
    `${(service.log.match(/out of memory/g) ?? []).length} lines about it in the log`);
  assert.strictEqual(service.child.exitCode ?? service.child.signalCode, null, 'the service runs on');
});
