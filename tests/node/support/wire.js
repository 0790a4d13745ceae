// A peer that speaks bytes: for frames that no library would send, and to see exactly what comes back.
'use strict';

const net = require('node:net');
const { once } = require('node:events');
const { until, within } = require('./until');

// One frame around a text or around a value's JSON.
function frame(content) {
  const body = Buffer.from(typeof content === 'string' ? content : JSON.stringify(content), 'utf8');
  return Buffer.concat([Buffer.from(`Content-Length: ${body.length}\r\n\r\n`, 'ascii'), body]);
}

function request(id, method, params = {}) {
  return frame({ jsonrpc: '2.0', id, method, params });
}

class Wire {
  // A listener whose queue is full is tried again, as proto/protocol.md says.
  static async connect(endpoint) {
    return until(`room in the queue of ${endpoint}`, async () => {
      const began = Date.now();
      const socket = net.connect({ path: endpoint, allowHalfOpen: true });
      try {
        await within(`a connection to ${endpoint}`, once(socket, 'connect'));
      } catch (error) {
        if (error.code === 'EAGAIN') {
          return null;
        }
        throw error;
      }
      socket.setNoDelay(true);
      return new Wire(socket, began);
    });
  }

  // began: when the connection was asked for. The service's time for the first frame begins later.
  constructor(socket, began) {
    this.socket = socket;
    this.began = began;
    this.received = Buffer.alloc(0);
    this.messages = [];
    this.isEnded = false;
    this.ended = new Promise((resolve) => {
      const end = () => {
        this.isEnded = true;
        resolve();
        this.wake();
      };
      socket.once('end', end);
      socket.once('close', end);
    });
    this.wake = () => {};
    socket.on('error', () => {});
    socket.on('data', (bytes) => this.take(bytes));
  }

  take(bytes) {
    this.received = Buffer.concat([this.received, bytes]);
    for (;;) {
      const header = /^Content-Length: (\d+)\r\n\r\n/.exec(this.received.subarray(0, 64).toString('latin1'));
      if (!header || this.received.length < header[0].length + Number(header[1])) {
        break;
      }
      const end = header[0].length + Number(header[1]);
      this.messages.push(JSON.parse(this.received.subarray(header[0].length, end).toString('utf8')));
      this.received = this.received.subarray(end);
    }
    this.wake();
  }

  // Resolves when the bytes have left this process, or the service has hung up on them.
  write(bytes) {
    return new Promise((resolve) => this.socket.write(bytes, () => resolve()));
  }

  // The next message; null when the service ended the connection instead.
  async next() {
    await within(
      'a message or the end of the connection',
      (async () => {
        while (this.messages.length === 0 && !this.isEnded) {
          await new Promise((resolve) => (this.wake = resolve));
        }
      })(),
    );
    return this.messages.shift() ?? null;
  }

  async ask(bytes) {
    await this.write(bytes);
    return this.next();
  }

  close() {
    this.socket.destroy();
  }
}

module.exports = { Wire, frame, request };
