import assert from 'node:assert/strict';
import * as net from 'node:net';
import { test } from 'node:test';
import { answerHead, requestHead } from '../../src/work/http/message.ts';
import { createWire } from '../../src/work/http/wire.ts';

const asked = { method: 'PUT', path: '/b/key', headers: { host: 'h' } };

test('requestHead() says how long the body is', () => {
  const head = 'PUT /b/key HTTP/1.1\r\nhost: h\r\ncontent-length: 3\r\nconnection: keep-alive\r\n\r\n';
  assert.equal(requestHead(asked, 3), head);
});

test('requestHead() refuses what would begin another header', () => {
  for (const value of ['a\r\nx: y', 'a\nx', 'a\0', 'a\r'])
    assert.throws(() => requestHead({ ...asked, headers: { host: value } }, 0), TypeError);
  assert.throws(() => requestHead({ ...asked, path: '/a\r\nx: y' }, 0), TypeError);
});

test('answerHead() knows where the body ends', () => {
  const framing = (text: string, method = 'GET') => answerHead(text, method).framing;
  assert.deepEqual(framing('HTTP/1.1 200 OK\r\nContent-Length: 5'), { kind: 'length', bytes: 5 });
  assert.deepEqual(framing('HTTP/1.1 200 OK\r\nContent-Length: 5', 'HEAD'), { kind: 'length', bytes: 0 });
  assert.deepEqual(framing('HTTP/1.1 204 '), { kind: 'length', bytes: 0 });
  assert.deepEqual(framing('HTTP/1.1 200\r\ntransfer-encoding: chunked'), { kind: 'chunked' });
  assert.deepEqual(framing('HTTP/1.1 200 OK\r\netag: "x"'), { kind: 'close' });
});

test('answerHead() keeps no connection whose answers could be read in two ways', () => {
  const isKept = (text: string) => answerHead(`HTTP/1.1 200 OK\r\n${text}`, 'GET').isKept;
  assert.equal(isKept('content-length: 1'), true);
  assert.equal(isKept('content-length: 1\r\nconnection: close'), false);
  assert.equal(isKept('content-length: 1\r\ntransfer-encoding: chunked'), false);
  assert.equal(answerHead('HTTP/1.0 200 OK\r\ncontent-length: 1', 'GET').isKept, false);
});

test('answerHead() reads each head by itself, whatever the one before it said', () => {
  const read = (...lines: readonly string[]) => ({
    ...answerHead(['HTTP/1.1 200 OK', ...lines].join('\r\n'), 'GET').headers,
  });
  const usual = { etag: '"a"', 'x-amz-meta-mtime': '1', 'content-length': '5' };
  const lines = ['ETag: "a"', 'X-Amz-Meta-Mtime:1', 'Content-Length: 5 '];
  assert.deepEqual(read(...lines), usual);
  assert.deepEqual(read(...lines), usual);
  assert.deepEqual(read(...lines.map((line) => line.toLowerCase())), usual);
  assert.deepEqual(read(...lines.toReversed()), usual);
  assert.deepEqual(read('ETag-2: b', 'ETag:', 'ETag: c'), { 'etag-2': 'b', etag: ', c' });
  assert.deepEqual(read(), {});
  assert.throws(() => read('ETag: "a"', 'X-Amz-Meta-Mtime'), /no HTTP/);
  assert.throws(() => read('ETag', 'X-Amz-Meta-Mtime: 1'), /no HTTP/);
});

test('answerHead() refuses what is no HTTP', () => {
  for (const text of [
    'HTTP/2 200',
    'hello',
    'HTTP/1.1 200 OK\r\n folded',
    'HTTP/1.1 200 OK\r\nna me: x',
    'HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6',
    'HTTP/1.1 200 OK\r\ncontent-length: -1',
  ])
    assert.throws(() => answerHead(text, 'GET'), /no HTTP/, text);
});

/** A server that gives each connection these answers, one for each request; what is undefined hangs up. */
async function scripted(...answers: readonly (readonly (string | undefined)[])[]) {
  let connections = 0;
  const server = net.createServer((socket) => {
    const script = [...(answers[connections++] ?? [])];
    socket.on('error', () => undefined);
    socket.on('data', () => {
      const answer = script.shift();
      if (answer === undefined) socket.destroy();
      else for (const char of answer.replace('END', '')) socket.write(char);
      if (answer?.endsWith('END')) socket.end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  const wire = createWire(4);
  const request = { method: 'GET', host: '127.0.0.1', port, isSecure: false, path: '/', headers: {} };
  const get = async () => {
    const { held, body } = await wire({ ...request, body: undefined }, AbortSignal.timeout(10_000));
    const chunks: Uint8Array[] = held ? [held] : [];
    if (!held) for await (const chunk of body) chunks.push(chunk);
    return Buffer.concat(chunks).toString();
  };
  return {
    get,
    connections: () => connections,
    [Symbol.dispose]() {
      wire[Symbol.dispose]();
      server.close();
    },
  };
}

const chunked =
  'HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0a\r\n0123456789\r\n0\r\nx: y\r\n\r\n';
const whole = 'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 3\r\n\r\nabc';

test('a wire reads chunks and passes over what is said on the way, on one connection', async () => {
  using server = await scripted([chunked, whole, whole]);
  assert.deepEqual(
    [await server.get(), await server.get(), await server.get()],
    ['abc0123456789', 'abc', 'abc'],
  );
  assert.equal(server.connections(), 1);
});

test('a wire asks again on a new connection where a kept one was hung up', async () => {
  using server = await scripted([whole, undefined], [whole]);
  assert.deepEqual([await server.get(), await server.get()], ['abc', 'abc']);
  assert.equal(server.connections(), 2);
});

test('a wire takes no answer that was cut off', async () => {
  const cut = [whole.slice(0, -1), chunked.slice(0, -30), 'HTTP/1.1 200 OK\r\ncontent-'];
  for (const answer of cut) {
    using server = await scripted([`${answer}END`]);
    await assert.rejects(server.get(), /cut off/, answer);
  }
});
