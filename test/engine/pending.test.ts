import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Pending } from '../../src/engine/stores/walk/pending.ts';
import { each } from '../../src/work/each.ts';

test('a walk that is stopped while directories are handed out comes to its end', {
  timeout: 5000,
}, async () => {
  const pending = new Pending();
  pending.push({ dir: new Uint8Array(0), names: Buffer.from('a\0b\0'), fresh: undefined });
  const stop = new AbortController();
  const walking = each(
    4,
    pending.take({ isEnough: () => false, isMuch: () => false }, stop.signal),
    stop.signal,
    async () => {
      stop.abort(new Error('stopped'));
      pending.ended();
    },
  );
  await assert.rejects(walking, /stopped/);
});

test('what was found last is not left to others when it is enough, but for one run of names', async () => {
  const pending = new Pending();
  const names = (...some: readonly string[]) => Buffer.from(some.map((name) => `${name}\0`).join(''));
  const found = (dir: string, ...some: readonly string[]) =>
    pending.push({ dir: Buffer.from(dir), names: names(...some), fresh: undefined });
  found('', 'a', 'b', 'c');
  const taken: string[] = [];
  const limits = { isEnough: () => taken.length >= 1, isMuch: () => taken.length >= 5 };
  for await (const { path } of pending.take(limits, new AbortController().signal)) {
    taken.push(`${Buffer.from(path)}`);
    if (taken.length === 1) found('a', 'x', 'y');
    if (taken.length === 3) found('a/y', 'z');
    pending.ended();
  }
  assert.deepEqual(taken, ['a', 'a/x', 'a/y', 'a/y/z']);
  assert.deepEqual(
    pending.left().map(({ names }) => `${Buffer.from(names)}`),
    ['b\0c\0'],
  );
});
