// Another process that talks to the service: reads one JSON order a line from its standard input and answers with one line.
// It ends when its input does, or when a test kills it.
'use strict';

const readline = require('node:readline');
const { spawn } = require('node:child_process');
const { Client } = require('./client');
const { Wire, frame } = require('./wire');

// Another account, taken before the first connection: the socket shows who connected.
if (process.env.ACTOR_UID) {
  process.setgroups([]);
  process.setgid(Number(process.env.ACTOR_UID));
  process.setuid(Number(process.env.ACTOR_UID));
}

let client;
let wire;

const orders = {
  connect: async ({ endpoint }) => {
    client = await Client.connect(endpoint);
  },
  // Another account from now on; what is connected stays connected.
  become: ({ uid }) => {
    process.setgid(uid);
    process.setuid(uid);
  },
  call: ({ method, params }) => client.call(method, params),
  disconnect: () => client.close(),
  connectWire: async ({ endpoint }) => {
    wire = await Wire.connect(endpoint);
  },
  send: ({ text }) => wire.write(frame(text)),
  receive: () => wire.next(),
  // A child that has the wire's connection, too, and outlives this process.
  bequeath: () => spawn('sleep', ['600'], { stdio: ['ignore', 'ignore', 'ignore', wire.socket], detached: true }).pid,
};

readline
  .createInterface({ input: process.stdin })
  .on('line', async (line) => {
    const { number, order, ...details } = JSON.parse(line);
    let answer;
    try {
      answer = { number, result: (await orders[order](details)) ?? null };
    } catch (error) {
      answer = { number, error: { code: error.code, message: error.message, data: error.data } };
    }
    process.stdout.write(`${JSON.stringify(answer)}\n`);
  })
  .on('close', () => process.exit(0));
