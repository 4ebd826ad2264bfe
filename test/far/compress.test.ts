import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { Compression } from '../../src/report/events.ts';
import { needs } from '../peer.ts';
import { configure } from '../ssh/sshd.ts';
import { assertSame, type Ended } from '../survive/program.ts';
import { errorOf, type Far, far } from './ground.ts';

// What batches are compressed with, and where they are not.

const skip = needs('sshd', 'rsync', 'zstd', 'gzip');

const ways = {
  'to a host': ({ source, dest, url }: Far) => [source, url(dest)],
  'from a host': ({ source, dest, url }: Far) => [url(source), dest],
  'from host to host': ({ source, dest, url }: Far) => [url(source), url(dest)],
} as const;

function fill(root: string, content: (at: number) => string | Buffer): void {
  for (let at = 0; at < 300; at++) {
    const dir = join(root, `d${at % 7}`);
    fs.mkdirSync(dir, { recursive: true });
    fs.writeFileSync(join(dir, `f${at}`), content(at));
  }
}

const words = (at: number) => `line ${at} of something that shrinks\n`.repeat(400);
const noise = () => randomBytes(12_000);

function compressionOf({ summary }: Ended): readonly Compression[] {
  return (summary as unknown as { compression: readonly Compression[] }).compression;
}

/** The rest of the way to the server passes so many bytes a millisecond each way, and no more. */
const slow = `
  const { connect } = require('node:net');
  const { pipeline } = require('node:stream');
  const { setTimeout: wait } = require('node:timers/promises');
  async function* pace(chunks) {
    for await (const chunk of chunks)
      for (let at = 0; at < chunk.length; at += 60000) {
        const piece = chunk.subarray(at, at + 60000);
        await wait(piece.length / 6000);
        yield piece;
      }
  }
  const line = connect(+process.argv[3], process.argv[2]);
  pipeline(process.stdin, pace, line, () => {});
  pipeline(line, pace, process.stdout, () => {});
`;

async function slowFar(): Promise<Far> {
  const here = await far();
  const script = join(here.path, 'slow.cjs');
  fs.writeFileSync(script, slow);
  configure(here.server, `ProxyCommand ${process.execPath} ${script} %h %p`);
  return here;
}

for (const [way, ends] of Object.entries(ways)) {
  for (const program of ['zstd', 'gzip'] as const)
    test(`--compress ${program} ${way}`, { skip }, async () => {
      await using here = await far();
      fill(here.source, words);
      const ended = await here.runTo(0, ['transfer', '--compress', program, ...ends(here)]);
      assertSame(here.source, here.dest);
      const used = compressionOf(ended);
      assert.equal(used.length, way === 'from host to host' ? 2 : 1);
      for (const { program: by, bytes, sentBytes } of used) {
        assert.equal(by, program);
        assert.ok(bytes > 300 * 12_000 && sentBytes > 0 && sentBytes < bytes / 4, `${sentBytes} of ${bytes}`);
      }
    });

  test(`a slow line ${way} is compressed for what shrinks, and only for that`, { skip }, async () => {
    await using here = await slowFar();
    fill(here.source, words);
    const shrinking = await here.runTo(0, ['transfer', ...ends(here)]);
    assertSame(here.source, here.dest);
    for (const { program, reason, bytes, sentBytes } of compressionOf(shrinking)) {
      assert.match(reason, /^the line is slow: it takes \d/);
      assert.equal(program, 'zstd');
      assert.ok(sentBytes < bytes / 4);
    }
    for (const dir of [here.source, here.dest]) fs.rmSync(dir, { recursive: true });
    fill(here.source, noise);
    const random = await here.runTo(0, ['transfer', ...ends(here)]);
    assertSame(here.source, here.dest);
    if (way === 'to a host') {
      const [told] = compressionOf(random);
      assert.deepEqual([told?.program, told?.reason], ['none', 'what was looked at hardly shrinks']);
    }
  });

  test(`--compress off ${way}`, { skip }, async () => {
    await using here = await far();
    fill(here.source, words);
    const ended = await here.runTo(0, ['transfer', '--compress', 'off', ...ends(here)]);
    assertSame(here.source, here.dest);
    for (const { program, reason } of compressionOf(ended))
      assert.deepEqual([program, reason], ['none', '--compress off']);
  });
}

test('nobody asks the line for the sake of one small file', { skip }, async () => {
  await using here = await far();
  fs.writeFileSync(join(here.source, 'f'), words(0));
  const ended = await here.runTo(0, ['transfer', '--strategy', 'tar', here.source, here.url(here.dest)]);
  assertSame(here.source, here.dest);
  const [told] = compressionOf(ended);
  assert.deepEqual([told?.program, told?.reason], ['none', 'there was little or nothing to send together']);
});

for (const [way, ends] of Object.entries(ways))
  test(`nobody asks the line ${way} for the sake of less than asking takes`, { skip }, async () => {
    await using here = await far();
    fill(here.source, words);
    fs.cpSync(here.source, here.dest, { recursive: true, preserveTimestamps: true });
    for (let at = 0; at < 100; at++) fs.appendFileSync(join(here.source, `d${at % 7}/f${at}`), 'more');
    const ended = await here.runTo(0, ['transfer', ...ends(here)]);
    assertSame(here.source, here.dest);
    for (const { program, reason } of compressionOf(ended))
      assert.deepEqual([program, reason], ['none', 'there was little or nothing to send together']);
  });

test('a program that cannot be used is refused when it was asked for by name', { skip }, async () => {
  await using here = await far();
  fill(here.source, words);
  for (const ends of [
    [here.source, here.dest],
    ['--strategy', 'parallel', here.source, here.url(here.dest)],
  ]) {
    const { message } = errorOf(await here.runTo(2, ['transfer', '--compress', 'zstd', ...ends]));
    assert.match(message, /--compress zstd is for batches of small files over SSH/);
  }
});
