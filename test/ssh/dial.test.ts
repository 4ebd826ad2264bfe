// Connections beside the first are begun when it has not been answered for as long as a long way takes.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { test } from 'node:test';
import { targetOf } from '../../src/ssh/config/target.ts';
import { dial } from '../../src/ssh/dial.ts';
import { reachFault } from '../../src/ssh/fault.ts';
import { dialCommand } from '../../src/ssh/proxy-command.ts';

const access = {
  home: '/nowhere',
  userName: 'me',
  agentSocket: undefined,
  variable: () => undefined,
  password: undefined,
  ask: undefined,
  acceptNewHostKeys: false,
};
const targetAt = (port: number) =>
  targetOf({ host: '127.0.0.1', user: 'me', port }, access, [], new AbortController().signal);

const full = `const server = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () => {
  require('fs').writeSync(1, String(server.address().port));
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
});`;

test('dial() says that a way is long before it is answered', {
  skip: process.platform !== 'linux',
}, async () => {
  const deaf = spawn(process.execPath, ['-e', full], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [port] = (await once(deaf.stdout, 'data')) as [Buffer];
  const waiting = Array.from({ length: 4 }, () =>
    connect(Number(port), '127.0.0.1').on('error', () => undefined),
  );
  try {
    const over = new AbortController();
    const long = Promise.withResolvers<void>();
    const target = await targetAt(Number(port));
    const dialing = dial(target, undefined, over.signal, long.resolve);
    dialing.catch(() => undefined);
    await Promise.race([long.promise, dialing]);
    over.abort(new Error('enough'));
    await assert.rejects(dialing, /enough/);
  } finally {
    for (const one of waiting) one.destroy();
    deaf.kill('SIGKILL');
  }
});

test('dial() says nothing of a way that is short', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  let isLong = false;
  const target = await targetAt(port);
  const dialed = dial(target, undefined, AbortSignal.timeout(10_000), () => {
    isLong = true;
  });
  const until = performance.now() + 100;
  await new Promise<void>((resolve) => setImmediate(resolve));
  while (performance.now() < until); // who is busy takes the answer late
  await using _ = await dialed;
  assert.equal(isLong, false);
  server.close();
});

for (const command of ['cat', 'true'])
  test(`a way through the program ${command} that ends is a connection that was closed`, async () => {
    await using dialed = dialCommand(command);
    const failed = once(dialed.stream, 'error');
    dialed.stream.resume();
    if (command === 'cat') dialed.stream.destroy(); // as where the host says goodbye
    const error: unknown = await failed.then(
      ([first]) => first,
      (thrown: unknown) => thrown,
    );
    assert.match(reachFault(error, 'host').message, /^cannot reach host: it closed the connection$/);
  });

test('a host that nobody has and that is called as a kind of place is said to lack slashes', () => {
  const error = Object.assign(new Error('not found'), { code: 'ENOTFOUND' });
  assert.match(reachFault(error, 'root@s3').hint!, /^write s3:\/\/ with two slashes/);
  assert.match(reachFault(error, 'root@s33').hint!, /^look for a mistyped name/);
});
