import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ask, fetchInto } from '../../../src/engine/tar/host/exchange.ts';
import { readReceived } from '../../../src/engine/tar/host/received.ts';
import { send, sendList } from '../../../src/engine/tar/host/send.ts';
import { Squeezing } from '../../../src/engine/tar/squeeze/squeezing.ts';
import { Unpacking } from '../../../src/engine/tar/unpack/unpacking.ts';
import type { RunFar } from '../../../src/work/far-process.ts';
import * as c from '../../../src/work/posix/constants.ts';
import { Opened } from '../../../src/work/posix/opened.ts';
import { judge } from '../../judge.ts';
import { needs } from '../../peer.ts';
import { trees } from '../../trees.ts';
import { workspace } from '../run.ts';
import { treeStream } from './batch.ts';
import { type Far, far, receiver, runner, stage } from './far.ts';
import { expectedOf, unpackHow } from './unpack.ts';

const never = new AbortController().signal;

async function readOf(wanted: 'none' | 'gzip' | 'zstd', { tools }: Far, run: RunFar) {
  const compress = wanted === 'none' ? 'off' : wanted;
  const squeezing = new Squeezing({ run, tools, roundTripMs: 0, end: 'source' }, compress);
  return (await squeezing.takes(undefined, never)).read;
}

async function ground() {
  const here = workspace();
  const [source, dest] = [join(here, 'from'), join(here, 'to')];
  for (const path of [source, dest]) fs.mkdirSync(path);
  await trees['thousands of tiny files'].make(source);
  const there = await far(here, 'GNU');
  return { source, dest, there, run: runner(there) };
}

for (const squeeze of ['none', 'gzip', 'zstd'] as const) {
  const skip = needs('rsync', ...(squeeze === 'none' ? [] : [squeeze]));

  test(`exchange: a tree goes there (${squeeze})`, { skip }, async () => {
    const { source, dest, there, run } = await ground();
    const script = receiver(dest, there.tools, { squeeze, durable: true });
    const answer = await ask(run, script, { input: treeStream(source, stage, there.tools), squeeze }, never);
    assert.deepEqual(readReceived(answer), [], answer.complaint);
    assert.equal(await judge(source, dest), '');
  });

  test(`exchange: a tree comes from there (${squeeze})`, { skip }, async () => {
    const { source, dest, there, run } = await ground();
    const expected = expectedOf(source);
    const read = await readOf(squeeze, there, run);
    const list = sendList([...expected.keys()].map((key) => Buffer.from(key, 'latin1')));
    using root = new Opened(fs.openSync(dest, c.O_RDONLY | c.O_DIRECTORY));
    using receiver = new Unpacking(root.fd, expected, unpackHow(dest));
    const script = send({ root: Buffer.from(source), tools: there.tools, squeeze });
    const { code, complaint } = await fetchInto(run, script, { list, read, receiver }, never);
    assert.equal(code, 0, complaint);
    assert.deepEqual(receiver.commit(new Set()).failures, []);
    assert.equal(await judge(source, dest), '');
  });

  test(`exchange: a stream from there that is cut off leaves nothing (${squeeze})`, { skip }, async () => {
    const { source, dest, there, run } = await ground();
    const expected = expectedOf(source);
    const read = await readOf(squeeze, there, run);
    const list = sendList([...expected.keys()].map((key) => Buffer.from(key, 'latin1')));
    const { script, args } = send({ root: Buffer.from(source), tools: there.tools, squeeze });
    const cut = { script: `(${script}) | head -c 10000`, args };
    {
      using root = new Opened(fs.openSync(dest, c.O_RDONLY | c.O_DIRECTORY));
      using receiver = new Unpacking(root.fd, expected, unpackHow(dest));
      await assert.rejects(fetchInto(run, cut, { list, read, receiver }, never), { kind: 'transient' });
    }
    assert.equal(
      (await import('node:child_process')).execFileSync('find', [dest, '-type', 'f'], { encoding: 'utf8' }),
      '',
    );
  });
}

test('exchange: who does not read all says why', async () => {
  const { source, there, run } = await ground();
  const script = receiver('/nowhere', there.tools);
  const input = treeStream(source, stage, there.tools);
  const answer = await ask(run, script, { input, squeeze: 'none' }, never);
  assert.throws(() => readReceived(answer), { kind: 'missing' });
});

test('exchange: an abort ends it, and nothing is left there', async () => {
  const { source, dest, there, run } = await ground();
  const script = receiver(dest, there.tools);
  const stop = new AbortController();
  async function* input() {
    yield* [...treeStream(source, stage, there.tools)].slice(0, 1);
    stop.abort(new Error('enough'));
    yield* treeStream(source, stage, there.tools);
  }
  await assert.rejects(ask(run, script, { input: input(), squeeze: 'none' }, stop.signal), /enough/);
  assert.deepEqual(fs.readdirSync(dest), []);
});

test('exchange: a stream that swells without end is refused, one that wants much memory too', {
  skip: needs('rsync', 'zstd'),
}, async () => {
  const { source, dest, there, run } = await ground();
  const read = await readOf('zstd', there, run);
  for (const [script, kind] of [
    ['head -c 20000000000 /dev/zero | zstd -q -c', 'corrupt'],
    ['head -c 200000000 /dev/zero | zstd -q -c --long=27', 'transient'],
  ] as const) {
    using root = new Opened(fs.openSync(dest, c.O_RDONLY | c.O_DIRECTORY));
    using receiver = new Unpacking(root.fd, expectedOf(source), unpackHow(dest));
    const given = { list: Buffer.alloc(0), read, receiver };
    await assert.rejects(fetchInto(run, { script, args: [] }, given, never), { kind });
  }
  assert.deepEqual(fs.readdirSync(dest), []);
});
