// The client that is not ours: Microsoft's vscode-jsonrpc, as VS Code and its language clients use it, over the pipe or
// the socket. Keeps what the service notifies of; adds nothing to the protocol.
'use strict';

const net = require('node:net');
const { once } = require('node:events');
const rpc = require('vscode-jsonrpc/node');
const { until, within } = require('./until');

const quiet = { error() {}, warn() {}, info() {}, log() {} };

class Client {
  static async connect(endpoint) {
    const socket = net.connect(endpoint);
    await within(`a connection to ${endpoint}`, once(socket, 'connect'));
    const client = new Client(socket);
    await client.call('broker/hello'); // a connection that says nothing is soon ended
    return client;
  }

  constructor(socket) {
    this.socket = socket;
    this.events = [];
    this.ended = new Promise((resolve) => socket.once('close', resolve));
    // Requests under way would wait forever: the library takes the end of a stream for a pause.
    this.ended.then(() => this.connection.dispose());
    socket.on('error', () => {}); // tests that end connections look at ended
    this.connection = rpc.createMessageConnection(
      new rpc.StreamMessageReader(socket),
      new rpc.StreamMessageWriter(socket),
      quiet,
    );
    this.connection.onNotification('broker/event', (event) => this.events.push(event));
    this.connection.onError(() => {});
    this.connection.listen();
  }

  // Resolves with the result, rejects with a ResponseError: code, message, data.
  call(method, params = {}) {
    return within(`an answer to ${method}`, this.connection.sendRequest(method, params));
  }

  notify(method, params) {
    return this.connection.sendNotification(method, params);
  }

  // Waits for the first event that matches all members given.
  event(wanted) {
    return until(`an event ${JSON.stringify(wanted)}`, () =>
      this.events.find((event) => Object.entries(wanted).every(([name, value]) => event[name] === value)),
    );
  }

  async close() {
    this.connection.dispose();
    this.socket.destroy();
    await this.ended;
  }
}

module.exports = { Client };
