// One question to a broker over its socket, from here.
'use strict';

const net = require('node:net');

function ask(endpoint, method, params = {}) {
  return new Promise((resolve, reject) => {
    const socket = net.connect(endpoint);
    const content = JSON.stringify({ jsonrpc: '2.0', id: 1, method, params });
    let heard = Buffer.alloc(0);
    socket.on('error', reject);
    socket.on('end', () => reject(new Error('the broker closed the connection')));
    socket.on('data', (more) => {
      heard = Buffer.concat([heard, more]);
      const header = /^Content-Length: (\d+)\r\n\r\n/.exec(heard.toString('latin1', 0, 64));
      if (header && heard.length >= header[0].length + Number(header[1])) {
        const answer = JSON.parse(heard.toString('utf8', header[0].length, header[0].length + Number(header[1])));
        socket.destroy();
        answer.error ? reject(new Error(answer.error.message)) : resolve(answer.result);
      }
    });
    socket.write(`Content-Length: ${Buffer.byteLength(content)}\r\n\r\n${content}`);
  });
}

module.exports = { ask };
