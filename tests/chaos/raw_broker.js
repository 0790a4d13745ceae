// The connection of a raw client: made anew whenever it ended, with the registration that the protocol asks for, a deadline for
// each request, and the requests that are still owed. One request at a time.
'use strict';

const net = require('node:net');
const { once } = require('node:events');
const rpc = require('vscode-jsonrpc/node');

const kPatience = 1500; // milliseconds for one request with its reconnecting
const kTries = 2;
const quiet = { error() {}, warn() {}, info() {}, log() {} };

function within(milliseconds, promise) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('no answer in time')), milliseconds);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

class Broker {
  // registerAll(call): told when the service behind a new connection is another instance than before.
  constructor(endpoint, registerAll) {
    this.endpoint = endpoint;
    this.registerAll = registerAll;
    this.debts = [];
    this.instance = '';
    this.keepUp = setInterval(() => this.settled(), 500).unref();
  }

  async connect() {
    const socket = net.connect(this.endpoint);
    socket.on('error', () => {});
    const connection = rpc.createMessageConnection(
      new rpc.StreamMessageReader(socket),
      new rpc.StreamMessageWriter(socket),
      quiet,
    );
    connection.onError(() => {});
    const ended = new Promise((_, reject) => socket.once('close', () => reject(new Error('the connection ended'))));
    ended.catch(() => {});
    const call = (method, params) =>
      within(kPatience, Promise.race([connection.sendRequest(method, params), ended]));
    const made = { socket, call };
    try {
      await within(kPatience, Promise.race([once(socket, 'connect'), ended]));
      connection.listen();
      const { instance } = await call('broker/hello', { client: 'chaos', protocol: 1 });
      if (instance !== this.instance) {
        await this.registerAll(call);
        this.instance = instance;
      }
    } catch (error) {
      socket.destroy();
      throw error;
    }
    socket.once('close', () => {
      connection.dispose();
      this.made = this.made === made ? undefined : this.made;
    });
    return made;
  }

  // In turn: a request of the timer and one of the program do not reconnect at once.
  inTurn(work) {
    const turn = (this.turn ?? Promise.resolve()).then(work);
    this.turn = turn.catch(() => {});
    return turn;
  }

  async askNow(method, params) {
    for (let attempt = 1; ; ++attempt) {
      try {
        this.made ??= await this.connect();
        return await this.made.call(method, params);
      } catch (error) {
        if (error.data) {
          throw error; // the service's refusal
        }
        this.hangUp();
        if (attempt === kTries) {
          throw error;
        }
      }
    }
  }

  // The result; rejects with the service's error, which has data, or with another one when no answer came.
  ask(method, params) {
    return this.inTurn(() => this.askNow(method, params));
  }

  // To be asked until it is answered.
  owe(method, params, then = () => {}) {
    this.debts.push({ method, params, then });
  }

  // Connected, registered and without debts, as far as the service lets it.
  async settled() {
    try {
      await this.ask('broker/hello', {});
      while (this.debts.length > 0) {
        const { method, params, then } = this.debts[0];
        const answer = await this.ask(method, params).catch((error) => {
          if (error.data?.reason !== 'notFound') {
            throw error;
          }
          return {};
        });
        this.debts.shift();
        await then(answer);
      }
      return true;
    } catch {
      return false;
    }
  }

  // Ends the connection within a frame (half of a release), or behind a whole request whose answer nobody reads.
  cut(withinFrame, params) {
    return this.inTurn(async () => {
      try {
        this.made ??= await this.connect();
      } catch {
        return;
      }
      const body = JSON.stringify({ jsonrpc: '2.0', id: 'cut', method: 'profile/query', params });
      const frame = `Content-Length: ${body.length}\r\n\r\n${body}`;
      await new Promise((resolve) => this.made.socket.write(withinFrame ? frame.slice(0, -9) : frame, resolve));
      this.hangUp();
    });
  }

  hangUp() {
    this.made?.socket.destroy();
    this.made = undefined;
  }
}

module.exports = { Broker };
