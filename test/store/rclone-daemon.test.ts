import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { TransferError } from '../../src/errors.ts';
import { copyMany } from '../../src/store/rclone/copy.ts';
import { createDaemon } from '../../src/store/rclone/daemon.ts';
import { currentRclone, needs } from '../peer.ts';
import { place } from '../survive/ground.ts';
import { signal } from './bodies.ts';

test('an rclone of which nothing comes is not waited for without an end, and is ended', async () => {
  using here = place();
  const [program, told] = [join(here.path, 'rclone'), join(here.path, 'pid')];
  fs.writeFileSync(program, `#!/bin/sh\necho $$ >'${told}'\nexec sleep 1000\n`, { mode: 0o755 });
  await using daemon = createDaemon({ program, env: process.env }, ':local:/', 2000);
  await assert.rejects(daemon.reach(signal), (error: unknown) => {
    assert.ok(error instanceof TransferError);
    assert.match(error.message, /^rclone did not start: nothing came of it for 2 s$/);
    assert.match(error.hint ?? '', /rclone listremotes/);
    return true;
  });
  assert.ok(!fs.existsSync(`/proc/${fs.readFileSync(told, 'utf8').trim()}`));
});

test('one that breaks off what it is asked, and then hangs, is ended too', async () => {
  using here = place();
  const [program, told] = [join(here.path, 'rclone'), join(here.path, 'pid')];
  const script = `#!${process.execPath}
require('node:fs').writeFileSync('${told}', String(process.pid));
const server = require('node:net').createServer((socket) => socket.destroy());
server.listen(0, '127.0.0.1', () => console.error('remote control on http://127.0.0.1:' + server.address().port));
`;
  fs.writeFileSync(program, script, { mode: 0o755 });
  await using daemon = createDaemon({ program, env: process.env }, ':local:/', 2000);
  await assert.rejects(daemon.reach(signal), /rclone did not start: nothing came of it for 2 s$/);
  assert.ok(!fs.existsSync(`/proc/${fs.readFileSync(told, 'utf8').trim()}`));
});

test('it looks for memory that is free less often than it would, unless a person says how often', async () => {
  using here = place();
  const program = join(here.path, 'rclone');
  fs.writeFileSync(program, '#!/bin/sh\necho "GOGC is $GOGC" >&2\nexit 1\n', { mode: 0o755 });
  const { GOGC: _, ...env } = process.env;
  for (const [said, wanted] of [
    [{}, '200'],
    [{ GOGC: '50' }, '50'],
  ] as const) {
    await using daemon = createDaemon({ program, env: { ...env, ...said } }, ':local:/');
    await assert.rejects(daemon.reach(signal), new RegExp(`rclone did not start: GOGC is ${wanted}$`));
  }
});

test('a job that names no file for too long is ended, and may be tried again', {
  skip: needs('current-rclone'),
}, async () => {
  using here = place();
  const asked = Promise.withResolvers<void>();
  await using server = createServer(() => asked.resolve()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const rclone = { program: currentRclone, env: { ...process.env, RCLONE_CONFIG: '/dev/null' } };
  await using daemon = createDaemon(rclone, here.path);
  const from = `:webdav,url="http://127.0.0.1:${port}":`;
  const errand = { from, to: undefined, names: ['f'], config: {}, quietMs: 1000 };
  const error = copyMany(daemon, errand, () => assert.fail(), signal);
  await assert.rejects(error, { kind: 'transient', message: 'rclone copied no file for 1 s' });
  await asked.promise;
  server.closeAllConnections();
});

const root =
  '<D:multistatus xmlns:D="DAV:"><D:response><D:href>/</D:href><D:propstat><D:prop><D:resourcetype>' +
  '<D:collection/></D:resourcetype></D:prop><D:status>HTTP/1.1 200 OK</D:status></D:propstat></D:response></D:multistatus>';

test('a job to a place that went away is ended, with what rclone says of it', {
  skip: needs('current-rclone'),
}, async () => {
  using here = place();
  const names = Array.from({ length: 20 }, (_, i) => `f${i}`);
  for (const name of names) fs.writeFileSync(join(here.path, name), name);
  const server = createServer(({ method, url }, answer) => {
    if (method === 'PROPFIND')
      return void answer.writeHead(url === '/' ? 207 : 404).end(url === '/' ? root : '');
    server.close();
    server.closeAllConnections();
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const rclone = { program: currentRclone, env: { ...process.env, RCLONE_CONFIG: '/dev/null' } };
  await using daemon = createDaemon(rclone, here.path);
  const to = `:webdav,url="http://127.0.0.1:${port}":`;
  const config = { LowLevelRetries: 1, IgnoreExisting: true };
  const errand = { from: undefined, to, names, config, quietMs: 600_000 };
  const error = copyMany(daemon, errand, () => assert.fail(), signal);
  const message = /^rclone copies no file any more: .*connection refused/;
  await assert.rejects(error, { kind: 'transient', message });
});
