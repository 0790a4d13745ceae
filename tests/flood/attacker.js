// One account's process that does the broker harm: runs the attack named on its command line, writes "at work" as soon as it
// is at its full size (or has been refused, when it is to be), and when its standard input ends what it did as a line of
// JSON. Started by flood.test.js.
'use strict';

const net = require('node:net');
const { frame, request } = require('../node/support/wire');

const [, , endpoint, attack, uid, size, refused] = process.argv;
if (uid) {
  process.setgroups([]);
  process.setgid(Number(uid));
  process.setuid(Number(uid));
}
const count = Number(size);
const HEADER = 'Content-Length';
const done = { connections: 0, refused: 0, ended: 0, requests: 0, answers: 0, reasons: {} };
let over = false;

const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));
const ended = (socket) => socket.destroyed || socket.readableEnded;

// Resolves with a connected socket, or null. deaf: nothing is ever read from it.
function connect({ deaf = false, onAnswer } = {}) {
  return new Promise((resolve) => {
    const socket = net.connect({ path: endpoint });
    socket.on('connect', () => {
      ++done.connections;
      resolve(socket);
    });
    socket.on('error', () => resolve(null));
    socket.once('close', () => ++done.ended);
    if (!deaf) {
      let tail = ''; // a header may come in two pieces
      socket.on('data', (bytes) => {
        // Enough of a reader to count answers and to see why a request was refused.
        const text = tail + bytes.toString('latin1');
        tail = text.slice(1 - HEADER.length);
        done.answers += text.split(HEADER).length - 1;
        for (const [, reason] of text.matchAll(/"reason":"(\w+)"/g)) {
          done.reasons[reason] = (done.reasons[reason] ?? 0) + 1;
          done.refused += reason === 'quotaExceeded' ? 1 : 0;
        }
        onAnswer?.(socket);
      });
    }
  });
}

// Keeps so many connections, each made by make(), and replaces those that end.
async function keep(wanted, make) {
  const sockets = new Set();
  while (!over) {
    for (const socket of sockets) {
      if (ended(socket)) {
        sockets.delete(socket);
      }
    }
    const missing = Math.min(wanted - sockets.size, 200);
    for (const socket of await Promise.all(Array.from({ length: missing }, make))) {
      if (socket) {
        sockets.add(socket);
      }
    }
    await pause(missing > 0 ? 1 : 20);
  }
  sockets.forEach((socket) => socket.destroy());
}

// Writes bytes over and over, as fast as the service takes them.
function pour(socket, bytes, requestsInside) {
  const more = () => {
    while (!over && !ended(socket)) {
      done.requests += requestsInside;
      if (!socket.write(bytes)) {
        socket.once('drain', more);
        return;
      }
    }
  };
  more();
  return socket;
}
const repeated = (bytes, times) => Buffer.concat(Array.from({ length: times }, () => bytes));
const names = (from, to) => Array.from({ length: to - from }, (_, i) => `n${from + i}`);

const attacks = {
  silent: () => keep(count, connect),
  drip: () =>
    keep(count, async () => {
      const socket = await connect();
      const bytes = request(1, 'broker/status');
      const drip = (at) => {
        if (socket && !over && !ended(socket)) {
          socket.write(bytes.subarray(at % bytes.length, (at % bytes.length) + 1));
          setTimeout(drip, 1000, at + 1);
        }
      };
      drip(0);
      return socket;
    }),
  connections: () =>
    keep(count, async () => {
      const socket = await connect();
      await pause(20); // the refusal is read first: a write to a closed socket would lose it
      if (socket && !ended(socket)) {
        socket.write(request(1, 'broker/hello'));
      }
      return socket;
    }),
  async deafSubscribers() {
    const busy = await connect();
    pour(busy, repeated(Buffer.concat([
      request(1, 'reference/acquire', { profile: 'p', reference: '00000000-0000-4000-8000-000000000001', label: 'x'.repeat(120) }),
      request(2, 'reference/release', { reference: '00000000-0000-4000-8000-000000000001' }),
    ]), 20), 40);
    await keep(count, async () => {
      const socket = await connect({ deaf: true });
      socket?.write(request(1, 'broker/subscribe'));
      return socket;
    });
  },
  // As many references as one process may have, then on and on against the quota.
  async references() {
    let id = 0;
    const next = () => Buffer.concat(Array.from({ length: 100 }, () => request(++id, 'reference/acquire', { profile: `p${id % count}` })));
    const socket = await connect();
    while (!over && !ended(socket)) {
      done.requests += 100;
      const wanted = done.requests;
      socket.write(next());
      while (!over && done.answers < wanted && !ended(socket)) {
        await pause(1);
      }
    }
  },
  // As many profiles as one account may make the service remember, by claims that are never finished.
  async names() {
    const socket = await connect();
    for (let from = 0; !over && !ended(socket); from = (from + 250) % count) {
      const wanted = ++done.requests;
      socket.write(request(1, 'profile/sweep', { profiles: names(from, from + 250) }));
      while (!over && done.answers < wanted && !ended(socket)) {
        await pause(1);
      }
      if (from + 250 >= count) {
        await new Promise((resolve) => {
          socket.write(request(2, 'profile/delete', { profile: 'one too many' }), resolve);
          ++done.requests;
        });
      }
    }
  },
  async sweeps() {
    const sweep = request(1, 'profile/sweep', { profiles: names(0, 6000) });
    await keep(count, async () => {
      const socket = await connect();
      return socket && pour(socket, sweep, 1);
    });
  },
  // Many profiles first, then lists of them that nobody reads, and lists that somebody does.
  async lists() {
    const holder = await connect();
    for (let id = 0; id < 4000; id += 100) {
      holder.write(Buffer.concat(Array.from({ length: 100 }, (_, i) => request(id + i, 'reference/acquire', { profile: `p${id + i}`, label: 'x'.repeat(128) }))));
    }
    while (!over && done.answers < 4000 && !ended(holder)) {
      await pause(5);
    }
    const lists = repeated(request(1, 'profile/list'), 20);
    let made = 0;
    await keep(count, async () => {
      const socket = await connect({ deaf: ++made % 2 === 0 });
      return socket && pour(socket, lists, 20);
    });
  },
  async giantFrames() {
    const bodies = [
      '['.repeat(65_000),
      `{"jsonrpc":"2.0","id":1,"method":"broker/hello","params":{${names(0, 5000).map((name) => `"${name}":0`).join()}}}`,
      `{"jsonrpc":"2.0","id":1,"method":"broker/hello","params":{"client":"${'x'.repeat(65_000)}"}}`,
      `{"jsonrpc":"2.0","id":1,"method":"profile/sweep","params":{"profiles":[${'" ",'.repeat(15_000)}" "]}}`,
    ].map(frame);
    let made = 0;
    await keep(count, async () => {
      const socket = await connect();
      const which = ++made % (bodies.length + 1);
      return socket && (which < bodies.length ? pour(socket, bodies[which], 1) : pour(socket, Buffer.from('Content-Length: 9999999\r\n\r\n'), 1));
    });
  },
  async pipelined() {
    const burst = repeated(request(1, 'broker/status'), 500);
    await keep(count, async () => {
      const socket = await connect({ deaf: true });
      return socket && pour(socket, burst, 500);
    });
  },
  async storm() {
    const loop = async () => {
      while (!over) {
        const socket = await connect();
        if (done.connections % 3 === 0) {
          socket?.write(request(1, 'broker/hello'));
        }
        socket?.destroy();
      }
    };
    await Promise.all(Array.from({ length: count }, loop));
  },
};

// At its full size: as many connections as it wants, or as many as it gets; whatever it sends is under way.
async function announce() {
  const one = attack === 'references' || attack === 'names';
  const enough = () => (refused === 'true' ? done.refused > 0 : true) && (one ? done.answers > 0 : done.connections >= count);
  while (!enough()) {
    await pause(10);
  }
  process.stdout.write('"at work"\n');
}
announce();

process.stdin.resume().on('end', () => {
  over = true;
  process.stdout.write(`${JSON.stringify(done)}\n`, () => process.exit(0));
});
attacks[attack]().catch((error) => {
  process.stderr.write(`${attack}: ${error.stack}\n`);
  process.exit(1);
});
