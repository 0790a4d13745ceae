// Runs the load generator (bench-load) for the parts of a measurement: what it prints is one line of JSON. Some of its
// verbs stay, holding something, until they are let go.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { spawn, execFile } = require('node:child_process');
const { once } = require('node:events');
const { promisify } = require('node:util');

const run = promisify(execFile);

const kPatience = 600_000;

const target = (server) => ['--wire', server.wire, '--endpoint', server.endpoint, ...(server.pid ? ['--server', String(server.pid)] : [])];

// Beside the server on its processor, or on another one; null when there is only one or it does not matter.
const on = (processor) => (processor === null ? [] : ['--processor', String(processor)]);

async function load(where, processor, verb, flags) {
  const { stdout } = await run(path.join(where.bin, 'bench-load'), [...on(processor), verb, ...flags.map(String)], { timeout: kPatience });
  return JSON.parse(stdout);
}

// Resolves with { result, stop } once it has printed.
async function staying(where, verb, flags) {
  const log = fs.openSync(path.join(where.scratch, 'load.log'), 'a');
  const child = spawn(path.join(where.bin, 'bench-load'), [verb, ...flags.map(String)], { stdio: ['pipe', 'pipe', log] });
  fs.closeSync(log);
  const ended = once(child, 'exit');
  const late = setTimeout(() => child.kill('SIGKILL'), kPatience);
  const first = await Promise.race([once(child.stdout, 'data'), ended]);
  clearTimeout(late);
  if (typeof first[0] === 'number' || first[0] === null) {
    throw new Error(`bench-load ${verb} ${flags.join(' ')}: ${fs.readFileSync(path.join(where.scratch, 'load.log'), 'utf8').trim().split('\n').pop()}`);
  }
  return {
    result: JSON.parse(String(first[0])),
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

module.exports = { load, staying, target };
