// The servers that are measured, each started for one run on a socket of its own below a scratch folder, and stopped with
// it. A server is { name, wire, endpoint, pid, stop }. What each of them keeps and forgets is in docs/speed.md.
'use strict';

const fs = require('node:fs');
const path = require('node:path');
const { spawn } = require('node:child_process');
const { once } = require('node:events');
const { staying, target } = require('./load');

const kStartSeconds = 20;

async function until(what, condition) {
  const deadline = Date.now() + kStartSeconds * 1000;
  while (!(await condition())) {
    if (Date.now() > deadline) {
      throw new Error(`waited ${kStartSeconds} s in vain: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

// Starts a program; on the given processor alone unless that is null.
function start(name, processor, program, programArguments, { logFolder, ...options } = {}) {
  const log = fs.openSync(path.join(logFolder, `${name}.log`), 'a');
  const line = processor === null ? [program, ...programArguments] : ['taskset', '-c', String(processor), program, ...programArguments];
  const child = spawn(line[0], line.slice(1), { stdio: ['ignore', log, log], ...options });
  fs.closeSync(log);
  const ended = once(child, 'exit');
  return {
    child,
    alive: () => child.exitCode === null && child.signalCode === null,
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

async function listening(name, started, endpoint) {
  await until(`${name} to listen`, () => {
    if (!started.alive()) {
      throw new Error(`${name} has ended; its log tells why`);
    }
    return fs.existsSync(endpoint);
  });
  return { pid: started.child.pid, stop: started.stop };
}

// All load comes from few accounts here, so their quotas are those of a whole machine.
const brokerCommand = (where, name, endpoint) => [
  path.join(where.bin, 'mapi-profile-broker'), '--console', '--endpoint', endpoint, '--state', path.join(where.scratch, `${name}-state`),
  '--recovery-seconds', '0', '--connections-per-user', '100000', '--silent-connections-per-user', '100000', '--connections', '100000',
  '--references-per-process', '1000000', '--references-per-user', '10000000', '--profiles-per-user', '10000000',
];

// Everything below gets where = { bin, scratch, processor }; scratch is a new folder on a disk, not in memory.
const echoOf = (program) => ({
  wire: 'echo',
  async start(where, name) {
    const endpoint = path.join(where.scratch, `${name}.sock`);
    const started = start(name, where.processor, path.join(where.bin, program), [endpoint], { logFolder: where.scratch });
    return { endpoint, ...(await listening(name, started, endpoint)) };
  },
});

const kServers = {
  echo: echoOf('bench-echo'),
  'asio-echo': echoOf('bench-asio-echo'),
  broker: {
    wire: 'broker',
    async start(where, name) {
      const endpoint = path.join(where.scratch, `${name}.sock`);
      const [program, ...programArguments] = brokerCommand(where, name, endpoint);
      const started = start(name, where.processor, program, programArguments, { logFolder: where.scratch });
      return { endpoint, ...(await listening(name, started, endpoint)) };
    },
  },
  redis: {
    wire: 'redis',
    async start(where, name) {
      const endpoint = path.join(where.scratch, `${name}.sock`);
      const started = start(
        name,
        where.processor,
        'redis-server',
        ['--port', '0', '--unixsocket', endpoint, '--save', '', '--appendonly', 'no', '--maxclients', '20000'],
        { logFolder: where.scratch, cwd: where.scratch },
      );
      return { endpoint, ...(await listening(name, started, endpoint)) };
    },
  },
  // Through a controller of our own, since its own launcher needs systemd.
  'dbus-broker': {
    wire: 'dbus',
    async start(where, name) {
      const endpoint = path.join(where.scratch, `${name}.sock`);
      const started = start(name, where.processor, path.join(where.bin, 'bench-dbus-broker'), [endpoint], { logFolder: where.scratch });
      return { endpoint, ...(await listening(name, started, endpoint)) };
    },
  },
  'dbus-daemon': {
    wire: 'dbus',
    async start(where, name) {
      const endpoint = path.join(where.scratch, `${name}.sock`);
      const configuration = path.join(where.scratch, `${name}.conf`);
      const limits = ['max_completed_connections', 'max_connections_per_user', 'max_names_per_connection'];
      fs.writeFileSync(
        configuration,
        `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <listen>unix:path=${endpoint}</listen>
  <auth>EXTERNAL</auth>
  <policy context="default">
    <allow user="*"/><allow own="*"/><allow send_destination="*"/><allow receive_sender="*"/>
  </policy>
  ${limits.map((limit) => `<limit name="${limit}">10000000</limit>`).join('\n  ')}
</busconfig>
`,
      );
      const started = start(name, where.processor, 'dbus-daemon', [`--config-file=${configuration}`, '--nofork', '--nopidfile'], {
        logFolder: where.scratch,
      });
      return { endpoint, ...(await listening(name, started, endpoint)) };
    },
  },
  etcd: {
    wire: 'etcd',
    async start(where, name) {
      const port = 23790;
      const peer = 23800;
      const started = start(
        name,
        where.processor,
        'etcd',
        ['--data-dir', path.join(where.scratch, `${name}-data`), '--listen-client-urls', `http://127.0.0.1:${port}`,
          '--advertise-client-urls', `http://127.0.0.1:${port}`, '--listen-peer-urls', `http://127.0.0.1:${peer}`,
          '--initial-advertise-peer-urls', `http://127.0.0.1:${peer}`, '--initial-cluster', `default=http://127.0.0.1:${peer}`],
        { logFolder: where.scratch },
      );
      await until('etcd to answer', async () => {
        const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null);
        return answer?.ok;
      });
      return { endpoint: String(port), pid: started.child.pid, stop: started.stop };
    },
  },
};

const kPeers = ['redis', 'dbus-broker', 'dbus-daemon', 'etcd'];

// kill ends the server alone, stop also what holds something on it.
async function startServer(kind, where, name = kind) {
  const started = await kServers[kind].start(where, name);
  return { name, wire: kServers[kind].wire, ...started, kill: started.stop };
}

// Has so many entries held on the server until it is stopped; resolves when they are. By one process, or by a crowd
// { processes, references of each, accounts }.
async function hold(where, server, entries, crowd = null) {
  const holder = crowd
    ? await staying(where, 'crowd', [...target(server), '--processes', crowd.processes, '--references', crowd.references, '--accounts', crowd.accounts])
    : await staying(where, 'hold', [...target(server), '--entries', entries]);
  const { stop } = server;
  server.stop = async () => {
    await holder.stop();
    await stop();
  };
}

module.exports = { startServer, hold, brokerCommand, until, kPeers };
