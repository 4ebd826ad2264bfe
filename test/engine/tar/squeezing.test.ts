import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Squeezing } from '../../../src/engine/tar/squeeze/squeezing.ts';
import { needs } from '../../peer.ts';
import { workspace } from '../run.ts';
import { far, runner } from './far.ts';

const never = new AbortController().signal;
const skip = needs('zstd');

async function ground(roundTripMs: number) {
  const there = await far(workspace(), 'GNU');
  let asked = 0;
  const run: ReturnType<typeof runner> = (...words) => {
    asked++;
    return runner(there)(...words);
  };
  const squeezing = new Squeezing({ run, tools: there.tools, roundTripMs, end: 'dest' }, 'auto');
  return { squeezing, asked: () => asked };
}

async function* stream(bytes: number) {
  yield new Uint8Array(bytes);
}

test('Squeezing: the line there is asked when batches come to 3 MiB, however small each is', {
  skip,
}, async () => {
  const { squeezing, asked } = await ground(5);
  const sends = async (bytes: number) => {
    using _ = await squeezing.sends(stream(bytes), bytes, never);
    return asked();
  };
  assert.deepEqual([await sends(2e6), asked()], [0, 0]);
  assert.ok((await sends(2e6)) > 0);
});

test('Squeezing: so is the line back', { skip }, async () => {
  const { squeezing, asked } = await ground(5);
  await squeezing.takes(2e6, never);
  assert.equal(asked(), 0);
  await squeezing.takes(2e6, never);
  assert.ok(asked() > 0);
});

test('Squeezing: what went one way does not count the other way', { skip }, async () => {
  const { squeezing, asked } = await ground(5);
  using _ = await squeezing.sends(stream(2e6), 2e6, never);
  await squeezing.takes(2e6, never);
  assert.equal(asked(), 0);
});

test('Squeezing: of many short streams, whose bytes nobody knows, the line is asked, too', {
  skip,
}, async () => {
  const { squeezing, asked } = await ground(5);
  for (let bytes = 0; bytes + 60_000 < 3 * 1024 * 1024; bytes += 60_000) {
    using _ = await squeezing.sends(stream(60_000), undefined, never);
    assert.equal(asked(), 0);
  }
  using _ = await squeezing.sends(stream(60_000), undefined, never);
  assert.ok(asked() > 0);
});
