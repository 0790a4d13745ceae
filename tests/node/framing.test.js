// Bytes on the wire: what is a frame however it is cut, what is none, and who is disconnected when.
'use strict';

const test = require('node:test');
const assert = require('node:assert');
const { Surroundings, onlyWithOwnService, newName } = require('./support/surroundings');
const { frame, request } = require('./support/wire');
const { assertRefusal } = require('./support/refused');
const { until, pause } = require('./support/until');

const HELLO = '{"jsonrpc":"2.0","id":1,"method":"broker/hello"}';
const header = (text) => Buffer.from(text, 'latin1');

// What is sent in place of a frame, and a word of the last word.
const VIOLATIONS = [
  ['a body over the limit', header('Content-Length: 65537\r\n\r\n'), /limit/],
  ['7 digits over the limit', header('Content-Length: 9999999\r\n\r\n'), /limit/],
  ['8 digits', header('Content-Length: 00000048\r\n\r\n'), /digits/],
  ['a length that overflows', header('Content-Length: 18446744073709551664\r\n\r\n'), /digits/],
  ['a negative length', header('Content-Length: -1\r\n\r\n'), /digits/],
  ['a length in hexadecimal', header('Content-Length: 0x30\r\n\r\n'), /digits/],
  ['a length with trailing text', header('Content-Length: 48 bytes\r\n\r\n'), /digits/],
  ['no length', header('Content-Type: application/json\r\n\r\n'), /missing/],
  ['an empty header', header('\r\n\r\n\r\n\r\n'), /Name: value|missing/],
  ['the length twice', header('Content-Length: 48\r\nContent-Length: 48\r\n\r\n'), /twice/],
  ['an unknown header', header('Content-Length: 48\r\nX-Trace: 1\r\n\r\n'), /known/],
  ['a request of HTTP', header('POST / HTTP/1.1\r\nHost: x\r\n\r\n'), /Name: value|known/],
  ['line feeds alone', header(`Content-Length: 48\n\n${HELLO}`), /CR LF/],
  ['a line feed among CR LF', header(`Content-Type: x\nContent-Length: 48\r\n\r\n${HELLO}`), /CR LF/],
  ['a header without end', header(`Content-Type: ${'x'.repeat(300)}`), /256/],
  ['JSON without a header', header(`${HELLO.padEnd(300)}`), /256/],
  ['zeros', Buffer.alloc(300), /256/],
];

for (const [what, bytes, text] of VIOLATIONS) {
  test(`${what}: one last word, then the end`, async (t) => {
    const wire = await (await Surroundings.of(t)).wire();
    assert.ok((await wire.ask(frame(HELLO))).result);
    const lastWord = await wire.ask(bytes);
    assert.strictEqual(lastWord.id, null);
    assertRefusal(lastWord.error, 'invalidRequest');
    assert.match(lastWord.error.message, text);
    assert.strictEqual(await wire.next(), null);
  });
}

test('requests before a violation are carried out and answered', async (t) => {
  const place = await Surroundings.of(t);
  const wire = await place.wire();
  const profile = newName();
  await wire.write(Buffer.concat([request(1, 'reference/acquire', { profile }), header('Content-Length: x\r\n\r\n')]));
  assert.strictEqual((await wire.next()).id, 1);
  assert.strictEqual((await wire.next()).error.data.reason, 'invalidRequest');
  assert.strictEqual(await wire.next(), null);
  const other = await place.client();
  assert.strictEqual((await other.call('profile/query', { profile })).references, 1);
});

const CUTS = [
  ['byte by byte', 1],
  ['three bytes at a time', 3],
  ['in one piece', 1 << 20],
];
for (const [what, piece] of CUTS) {
  test(`frames arrive ${what}`, async (t) => {
    const wire = await (await Surroundings.of(t)).wire();
    const profile = newName('ä\u{1F4EC}');
    const stream = Buffer.concat([request('a', 'profile/query', { profile }), request('b', 'broker/hello')]);
    for (let at = 0; at < stream.length; at += piece) {
      await wire.write(stream.subarray(at, at + piece));
    }
    const first = await wire.next();
    assert.deepStrictEqual([first.id, first.result.profile], ['a', profile]);
    assert.strictEqual((await wire.next()).id, 'b');
  });
}

test('header names have no case, Content-Type is ignored, blanks around the length are allowed', async (t) => {
  const wire = await (await Surroundings.of(t)).wire();
  for (const lines of [
    'content-length: 48\r\n',
    'CONTENT-LENGTH:48\r\n',
    'Content-Length: \t 48 \t\r\n',
    'Content-Length: 0000048\r\n',
    'Content-Type: application/vscode-jsonrpc; charset=utf-8\r\nContent-Length: 48\r\n',
    'Content-Length: 48\r\nContent-Type: x\r\nContent-Type: y\r\n',
  ]) {
    assert.ok((await wire.ask(header(`${lines}\r\n${HELLO}`))).result, lines);
  }
});

test('the largest request is served', async (t) => {
  const wire = await (await Surroundings.of(t)).wire();
  const answer = await wire.ask(frame(HELLO.padEnd(65_536)));
  assert.ok(answer.result);
});

test('16 requests in one go are answered in order', async (t) => {
  const wire = await (await Surroundings.of(t)).wire();
  const profile = newName();
  for (let round = 0; round < 20; ++round) {
    const requests = Array.from({ length: 16 }, (_, i) => request(16 * round + i, 'reference/acquire', { profile }));
    await wire.write(Buffer.concat(requests));
    for (let i = 0; i < 16; ++i) {
      const { id, result } = await wire.next();
      assert.deepStrictEqual([id, result.references], [16 * round + i, 16 * round + i + 1]);
    }
  }
});

test('a connection that says nothing is ended without a word', async (t) => {
  const wire = await (await Surroundings.of(t)).wire();
  assert.strictEqual(await wire.next(), null);
  assert.strictEqual(wire.received.length, 0);
});

for (const [what, bytes] of [
  ['within the header of the first frame', header('Content-Le')],
  ['between header and body of the first frame', header('Content-Length: 48\r\n\r\n')],
]) {
  test(`a peer that stops ${what} is disconnected`, async (t) => {
    const wire = await (await Surroundings.of(t)).wire();
    assert.strictEqual(await wire.ask(bytes), null);
  });
}

for (const [what, bytes] of [
  ['within the header', header('Content-Le')],
  ['between header and body', header('Content-Length: 48\r\n\r\n')],
  ['within the body', header(`Content-Length: 48\r\n\r\n${HELLO.slice(0, 20)}`)],
]) {
  test(`a peer that stops ${what} of a later frame is disconnected`, async (t) => {
    const wire = await (await Surroundings.of(t)).wire();
    assert.ok((await wire.ask(frame(HELLO))).result);
    assert.strictEqual(await wire.ask(bytes), null);
  });
}

test('dripping bytes buys no time', async (t) => {
  const wire = await (await Surroundings.of(t)).wire();
  assert.ok((await wire.ask(frame(HELLO))).result);
  const drip = async () => {
    await wire.write(header('Content-Length: 60000\r\n\r\n'));
    while (!wire.isEnded) {
      await wire.write(header(' '));
      await pause(20);
    }
  };
  const dripping = drip();
  assert.strictEqual(await wire.next(), null);
  await dripping;
});

test('who always has a frame under way, each complete in time, is served on', async (t) => {
  const wire = await (await Surroundings.of(t)).wire();
  const one = frame(HELLO);
  await wire.write(one.subarray(0, 30));
  // Longer than any deadline, and never once between frames.
  const end = Date.now() + 3_000;
  while (Date.now() < end) {
    await wire.write(Buffer.concat([one.subarray(30), one.subarray(0, 30)]));
    assert.ok((await wire.next())?.result, 'still served');
    await pause(20);
  }
});

test('a connection may be quiet for longer than any deadline', async (t) => {
  const wire = await (await Surroundings.of(t)).wire();
  assert.ok((await wire.ask(frame(HELLO))).result);
  await pause(3_000);
  assert.ok((await wire.ask(frame(HELLO))).result);
});

test('a client that closes its sending side still gets its answers', { skip: onlyWithOwnService }, async (t) => {
  const wire = await (await Surroundings.of(t)).wire();
  wire.socket.end(Buffer.concat([frame(HELLO), frame(HELLO)]));
  assert.ok((await wire.next()).result);
  assert.ok((await wire.next()).result);
  assert.strictEqual(await wire.next(), null);
});

test('a client that leaves within a frame hurts nobody', async (t) => {
  const place = await Surroundings.of(t);
  for (let i = 0; i < 20; ++i) {
    const wire = await place.wire();
    await wire.write(Buffer.concat([frame(HELLO), header('Content-Length: 48\r\n\r\n{"json')]));
    wire.close();
  }
  assert.ok((await (await place.client()).call('broker/status')).counts);
});

test('a subscriber that never reads is disconnected and hurts nobody', async (t) => {
  const place = await Surroundings.of(t);
  const [client, deaf] = [await place.client(), await place.wire()];
  assert.ok((await deaf.ask(request(1, 'broker/subscribe'))).result);
  deaf.socket.pause();
  const { subscribers } = (await client.call('broker/status')).counts;
  const profile = newName();
  await until('the deaf subscriber to be disconnected', async () => {
    for (let i = 0; i < 50; ++i) {
      const { reference } = await client.call('reference/acquire', { profile, label: 'x'.repeat(100) });
      await client.call('reference/release', { reference });
    }
    return (await client.call('broker/status')).counts.subscribers < subscribers;
  });
});

test('a client that asks and never reads is disconnected and hurts nobody', async (t) => {
  const place = await Surroundings.of(t);
  const [client, deaf] = [await place.client(), await place.wire()];
  assert.ok((await deaf.ask(frame(HELLO))).result);
  deaf.socket.pause();
  const { connections } = (await client.call('broker/status')).counts;
  const burst = Buffer.concat(Array.from({ length: 5_000 }, (_, i) => request(i, 'broker/status')));
  deaf.write(burst);
  await until('the deaf client to be disconnected', async () =>
    (await client.call('broker/status')).counts.connections < connections);
});
