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
    pending.take(() => false, stop.signal),
    stop.signal,
    async () => {
      stop.abort(new Error('stopped'));
      pending.ended();
    },
  );
  await assert.rejects(walking, /stopped/);
});
