import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, test } from 'node:test';
import pkg from '../package.json' with { type: 'json' };
import { built } from './built.ts';
import { needs } from './peer.ts';
import { startS3 } from './s3/server.ts';

const root = fs.mkdtempSync(join(tmpdir(), 'onefile-'));
after(() => fs.rmSync(root, { recursive: true }));

// Alone in a directory, and nothing on PATH.
const program = join(root, 'alone/difpipe');
const empty = join(root, 'empty');
for (const made of [join(root, 'alone'), empty]) fs.mkdirSync(made);
fs.copyFileSync(built(), program);

function run(env: NodeJS.ProcessEnv, ...args: string[]) {
  const { status, stdout, stderr } = spawnSync(program, args, {
    cwd: join(root, 'alone'),
    env: { PATH: empty, TMPDIR: empty, ...env },
    encoding: 'utf8',
    timeout: 30_000,
  });
  return { status, stdout, stderr };
}

/** A home of its own, a small tree, and a transfer of it that must be whole. */
function home() {
  const path = fs.mkdtempSync(join(root, 'home-'));
  const [from, to] = [join(path, 'from'), join(path, 'to')];
  fs.mkdirSync(join(from, 'sub/none'), { recursive: true });
  fs.writeFileSync(join(from, 'sub/file'), 'some bytes', { mode: 0o640 });
  fs.symlinkSync('sub/file', join(from, 'link'));
  const transfer = (env: NodeJS.ProcessEnv = { HOME: path }) => {
    fs.rmSync(to, { recursive: true, force: true });
    const result = run({ DIFPIPE_STATE_DIR: join(path, 'state'), ...env }, 'transfer', '--quiet', from, to);
    assert.deepEqual(result, { status: 0, stdout: '', stderr: '' });
    assert.deepEqual(fs.readdirSync(to, { recursive: true }).sort(), ['link', 'sub', 'sub/file', 'sub/none']);
    assert.equal(fs.readFileSync(join(to, 'link'), 'utf8'), 'some bytes');
  };
  return { path, transfer };
}

function unpacked(cache: string): string[] {
  const files = fs.globSync('difpipe/*/*.node', { cwd: cache }).sort();
  return files.map((file) => join(cache, file));
}

function named(paths: readonly string[]): string[] {
  return paths.map((path) => basename(path));
}

test('the one file prints its version, and unpacks nothing for that', () => {
  const { path } = home();
  assert.deepEqual(run({ HOME: path }, '--version').stdout.trim().split(' ').at(-1), pkg.version);
  assert.deepEqual(fs.readdirSync(path), ['from']);
});

test('the one file transfers a tree without Node, node_modules or a program on PATH', () => {
  const { path, transfer } = home();
  transfer();
  assert.deepEqual(named(unpacked(join(path, '.cache'))), ['koffi.node', 'sqlite.node']);
});

test('the one file unpacks what adds up objects when it moves some', {
  skip: needs('versitygw'),
}, async () => {
  const { path } = home();
  await using server = await startS3();
  await server.makeBucket('bucket');
  const bytes = randomBytes(100_000);
  fs.writeFileSync(join(path, 'from/sub/file'), bytes);
  const env = { ...server.env, HOME: path, DIFPIPE_STATE_DIR: join(path, 'state') };
  for (const [from, to] of [
    [join(path, 'from/'), 's3://bucket/'],
    ['s3://bucket/', join(path, 'back/')],
  ] as const)
    assert.equal(run(env, 'transfer', '--quiet', from, to).stderr, '');
  assert.deepEqual(fs.readFileSync(join(path, 'back/sub/file')), bytes);
  assert.deepEqual(named(unpacked(join(path, '.cache'))), ['crc.node', 'koffi.node', 'sqlite.node']);
});

test('the one file has what speaks SSH', async () => {
  const { path } = home();
  const server = createServer((socket) => socket.end('SSH-1.5-old\r\n'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const place = `ssh://someone@127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const env = { PATH: empty, TMPDIR: empty, HOME: path };
  const { promise, resolve } = Promise.withResolvers<string>();
  execFile(program, ['ls', place], { env }, (_error, _stdout, stderr) => resolve(stderr));
  const said = await promise;
  server.close();
  assert.match(said, /^difpipe: cannot talk to someone@127\.0\.0\.1/m);
});

test('the one file does not load what a rival planted in its cache', () => {
  const { path, transfer } = home();
  transfer();
  const files = unpacked(join(path, '.cache'));
  const right = files.map((file) => fs.readFileSync(file));
  for (const file of files) fs.writeFileSync(file, Buffer.alloc(fs.statSync(file).size, 'x'));
  transfer();
  assert.ok(files.every((file, at) => fs.readFileSync(file).equals(right[at]!)));
});

test('the one file does not use a cache that others can enter', () => {
  const { path, transfer } = home();
  transfer();
  const files = unpacked(join(path, '.cache'));
  for (const file of files) fs.writeFileSync(file, 'x');
  fs.chmodSync(join(files[0]!, '..'), 0o777);
  transfer();
  assert.ok(files.every((file) => fs.readFileSync(file, 'utf8') === 'x'));
  assert.deepEqual(fs.readdirSync(empty), []);
});

test('the one file runs without a home and with one that cannot be written', () => {
  const { path, transfer } = home();
  transfer({});
  transfer({ HOME: '/proc' });
  transfer({ HOME: join(path, 'from/sub/file') });
  assert.deepEqual(fs.readdirSync(empty), []);
});
