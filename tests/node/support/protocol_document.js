// proto/protocol.md as data: its examples in order, its tables, and the comparison of a sample message with a real one. The
// tests take the error codes from here, so what the page says is what they expect.
'use strict';

const assert = require('node:assert');
const fs = require('node:fs');
const path = require('node:path');

const root = path.join(__dirname, '..', '..', '..');
const text = fs.readFileSync(path.join(root, 'proto', 'protocol.md'), 'utf8').replaceAll('\r\n', '\n');

const source = (name) => fs.readFileSync(path.join(root, name), 'utf8');

// The examples: blocks marked "json A sends" and "json A receives", and the comments between them that say what else happens.
function examples() {
  const steps = /^```json (\w+) (sends|receives)\n([\s\S]*?)^```$|^<!-- (\w+) is killed -->$/gm;
  return [...text.matchAll(steps)].map(([, who, direction, body, killed]) =>
    killed ? { who: killed, does: 'dies' } : { who, does: direction, body },
  );
}

// The rows of the first table whose head begins with the given cell; each row is an array of its cells.
function table(firstHead) {
  const lines = text.slice(text.indexOf(`\n| ${firstHead} |`) + 1).split('\n');
  const rows = lines.slice(2, lines.findIndex((line) => !line.startsWith('|')));
  return rows.map((row) => row.slice(1, -1).split('|').map((cell) => cell.trim()));
}

// reason -> {code, hresult}
const refusals = new Map(
  table('code').map(([code, reason, hresult]) => [reason, { code: Number(code), hresult }]),
);

const isUuid = (value) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
const isTime = (value) => /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value) && !Number.isNaN(Date.parse(value));

// Members whose value on the page is a sample that stands for one real value throughout.
const STANDS_FOR_ONE = ['process', 'session', 'hive', 'version', 'instance', 'claim'];
// Members whose value on the page is a sample, and what the real one must be.
const ANY = {
  time: isTime,
  since: isTime,
  started: isTime,
  uptime: (value) => typeof value === 'number' && value >= 0,
  elevated: (value) => typeof value === 'boolean',
  image: (value) => typeof value === 'string' && value.length > 0,
  bytes: Number.isInteger,
  records: Number.isInteger,
};

// Remembers what stands for what, and compares.
class Samples {
  constructor() {
    this.real = new Map(); // "member sample" -> real value
    this.uuids = new Map(); // sample -> real
  }

  // What the page sends, with the real ids in it.
  fill(body) {
    return body.replace(/[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, (uuid) => this.uuids.get(uuid) ?? uuid);
  }

  compare(sample, real, where = 'message', member = '') {
    if (Array.isArray(sample)) {
      assert.ok(Array.isArray(real), `${where} is an array`);
      assert.strictEqual(real.length, sample.length, `${where}: length`);
      sample.forEach((element, i) => this.compare(element, real[i], `${where}[${i}]`));
    } else if (sample !== null && typeof sample === 'object') {
      assert.deepStrictEqual(Object.keys(real ?? {}).sort(), Object.keys(sample).sort(), `${where}: members`);
      Object.keys(sample).forEach((name) => this.compare(sample[name], real[name], `${where}.${name}`, name));
    } else if (ANY[member]) {
      assert.ok(ANY[member](sample), `${where}: the page's sample ${sample} has the right form`);
      assert.ok(ANY[member](real), `${where}: ${real} has the right form`);
    } else if (STANDS_FOR_ONE.includes(member)) {
      this.compareMeaning(sample, real, where, member);
    } else {
      assert.strictEqual(real, typeof sample === 'string' ? this.fill(sample) : sample, where);
    }
  }

  compareMeaning(sample, real, where, member) {
    const key = `${member} ${sample}`;
    assert.strictEqual(typeof real, typeof sample, where);
    if (this.real.has(key)) {
      assert.strictEqual(real, this.real.get(key), where);
      return;
    }
    const taken = [...this.real].find(([other, value]) => other.startsWith(`${member} `) && value === real);
    assert.strictEqual(taken, undefined, `${where}: two samples for ${real}`);
    this.real.set(key, real);
    if (isUuid(sample)) {
      assert.ok(isUuid(real), `${where}: ${real} is a UUID`);
      this.uuids.set(sample, real);
    }
  }
}

module.exports = { text, source, examples, table, refusals, Samples, isUuid, isTime };
