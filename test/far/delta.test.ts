/** Large files that changed in place, among small and large new ones: three legs of one run, through the program. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import type { Tally } from '../../src/report/events.ts';
import { seeded } from '../journal/fixture.ts';
import { needs } from '../peer.ts';
import { rangesKnown } from '../survive/disk.ts';
import { assertStatus, type Running } from '../survive/program.ts';
import { assertWhole, contentsOf } from '../survive/tree.ts';
import { assertQuiet, differences, type Far, far, over } from './ground.ts';
import { line as lineTo } from './line.ts';
import { mark, ordinary } from './tree.ts';

const MiB = 2 ** 20;
const rangeBytes = MiB;
const files = 3000;
const skip = needs('sshd', 'rsync', 'root');

/** Slow enough for sending only what changed. */
const slowly = ['--bwlimit', '20M'] as const;

const ways: Readonly<Record<string, (here: Far) => readonly [source: string, dest: string]>> = {
  'to a host': ({ source, dest, url }) => [source, url(dest)],
  'from a host': ({ source, dest, url }) => [url(source), dest],
};

describe('a large file that changed in place', { skip }, () => {
  for (const [name, endsOf] of Object.entries(ways)) {
    test(`goes ${name} by what changed in it, and is told of`, async () => {
      await using here = await far();
      changed(here, 'a/image', 24);
      fs.truncateSync(join(here.source, 'a/image'), 30 * MiB); // with a hole, which is compared like the rest
      const dry = await here.runTo(0, ['transfer', '--dry-run', '--bwlimit', '2M', ...endsOf(here)]);
      const { said } = await here.runTo(0, ['transfer', '--bwlimit', '2M', ...endsOf(here)]);
      const finished = said.find(({ type }) => type === 'finished') as never as Finished;
      assert.equal(finished.notices.delta, 1);
      const { copied, copiedBytes, updated, large, deltas, deltaBytes } = finished.tally;
      assert.deepEqual([copied, copiedBytes], [1, 30 * MiB]);
      assert.deepEqual([updated, large, deltas, deltaBytes], [1, 1, 1, 30 * MiB]);
      assert.deepEqual(dry.summary!.tally, finished.tally, 'a dry run says so before');
      assert.equal(dry.summary!.notices.delta, 1);
      assert.deepEqual(differences(here.source, here.dest), []);
      await assertQuiet(here);
    });

    test(`goes ${name} anew where rsync always ends as if a line had broken`, async () => {
      await using here = await far();
      changed(here, 'image', 24);
      const bin = join(here.path, 'bin');
      fs.mkdirSync(bin);
      const real = spawnSync('sh', ['-c', 'command -v rsync'], { encoding: 'utf8' }).stdout.trim();
      const tried = join(here.path, 'tried');
      const script = `#!/bin/sh\ncase $* in *--files-from*) echo >>${tried}; exit 12;; esac\nexec ${real} "$@"\n`;
      fs.writeFileSync(join(bin, 'rsync'), script, { mode: 0o755 });
      const env = { PATH: `${bin}:${process.env.PATH}` };
      const words = ['transfer', '--bwlimit', '20M', '--retries', '1', ...endsOf(here)];
      const { summary } = await here.runTo(0, words, { env });
      assert.ok(fs.existsSync(tried));
      assert.equal(summary!.tally.deltas, 0);
      assert.deepEqual(differences(here.source, here.dest), []);
    });

    test(`that changes while it goes ${name} so goes again`, async () => {
      await using here = await far();
      changed(here, 'image', 24, 10);
      const running = here.start(['transfer', '--bwlimit', '4M', ...endsOf(here)]);
      await running.next('planned');
      await until(here, running, (there) => hasBytes(there, growing));
      for (const at of [1, 9, 16, 23]) mark(join(here.source, 'image'), at * MiB, 'changed once more');
      assertStatus(0, await running.ended);
      assert.deepEqual(differences(here.source, here.dest), []);
      await assertQuiet(here);
    });

    test(`${name}: kill -9 in the middle of three legs leaves each file old or new, and all three go on`, async () => {
      await using here = await far();
      await using line = await lineTo(here.server.port);
      over(here, line, here.dest);
      changed(here, 'images/one', 40, 24);
      ordinary(here.source, { files, largeMiB: 72 });
      const versions = [contentsOf(here.dest), contentsOf(here.source)];
      const ends = endsOf({ ...here, url: (path) => over(here, line, path) });
      const running = here.start(['transfer', '--streams', '4', ...slowly, ...ends]);
      await running.next('planned');
      const before = await untilAllThree(here, running);
      running.child.kill('SIGKILL');
      assert.equal((await running.ended).status, null);
      await assertQuiet(here);
      assertWhole(here.dest, versions);
      const sent = line.bytes();
      const ranges = rangesKnown(here.state);
      for (const range of ranges) mark(before.large, range * rangeBytes + 7, 'not sent again');
      const { said } = await here.runTo(0, ['runs', 'resume']);
      const planned = said.find(({ type }) => type === 'planned') as never as Planned;
      assert.deepEqual(
        planned.plan.legs.map(({ engine }) => engine),
        ['tar', 'parallel', 'rsync'],
      );
      const finished = said.find(({ type }) => type === 'finished') as never as Finished;
      assert.equal(finished.notices.delta, 1);
      for (const [path, ino] of before.small) assert.equal(fs.statSync(path).ino, ino, path);
      const large = 72 * MiB - ranges.length * rangeBytes;
      const small = (files - before.small.size) * 4500;
      assert.ok(line.bytes() - sent < large + small + 30 * MiB, `${line.bytes() - sent} after ${sent} bytes`);
      for (const range of ranges) mark(join(here.source, 'large'), range * rangeBytes + 7, 'not sent again');
      fs.utimesSync(join(here.source, 'large'), 1e9, 1e9);
      assert.deepEqual(differences(here.source, here.dest), []);
    });
  }
});

type Finished = { readonly notices: { readonly delta?: number }; readonly tally: Tally };
type Planned = { readonly plan: { readonly legs: readonly { readonly engine: string }[] } };

type Seen = { readonly large: string; readonly small: ReadonlyMap<string, number> };

/** Small files are on their way, bytes of the large one have come, and what changed grows beside the old state. */
async function untilAllThree(here: Far, running: Running): Promise<Seen> {
  return until(here, running, (there) => {
    const small = [...there.keys()].filter((path) => /^d\d+\/f\d+$/.test(path));
    const large = [...there.keys()].find((path) => begun.test(path));
    const isSmallUnderWay = small.length < files && (small.length > 0 || hasBytes(there, batched));
    if (!large || !isSmallUnderWay || !hasBytes(there, begun) || !hasBytes(there, growing)) return undefined;
    const inodes = small.map(
      (name) => [join(here.dest, name), fs.statSync(join(here.dest, name)).ino] as const,
    );
    return { large: join(here.dest, large), small: new Map(inodes) };
  });
}

/** Names of ours: of a large file, of what rsync builds, of small ones that came together. */
const begun = /^\.difpipe-[^/]*-\d+-\d+\.part$/;
const growing = /\.delta\/[^/]+$/;
const batched = /(^|\/)\.difpipe-[^/]*-[bt]\d/;

type There = ReadonlyMap<string, number>;

function hasBytes(there: There, name: RegExp): boolean {
  return [...there].some(([path, blocks]) => blocks > 0 && name.test(path));
}

async function until<T>(
  { dest }: Far,
  { child }: Running,
  seen: (there: There) => T | undefined | false,
): Promise<T> {
  for (;;) {
    assert.equal(child.exitCode, null, 'it ended before');
    const found = seen(blocksBelow(dest));
    if (found) return found;
    await wait(10);
  }
}

/** By path, while they come and go. */
function blocksBelow(dir: string): Map<string, number> {
  const { stdout } = spawnSync('find', [dir, '-mindepth', '1', '-printf', '%b %P\\n'], { encoding: 'utf8' });
  const lines = stdout.split('\n').map((line) => /^(\d+) (.*)$/.exec(line));
  return new Map(lines.flatMap((match) => (match ? [[match[2]!, Number(match[1])]] : [])));
}

/** A file at both ends, but for some MiB in its middle. */
function changed({ source, dest }: Far, name: string, mebibytes: number, other = 1): void {
  const random = seeded(mebibytes);
  const bytes = Buffer.alloc(mebibytes * MiB);
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(random(2 ** 32), at);
  put(join(dest, name), bytes, 1e9 - 1000);
  bytes.fill('changed', 7 * MiB, (7 + other) * MiB);
  put(join(source, name), bytes, 1e9);
}

function put(path: string, bytes: Uint8Array, seconds: number): void {
  fs.mkdirSync(join(path, '..'), { recursive: true });
  fs.writeFileSync(path, bytes);
  fs.utimesSync(path, seconds, seconds);
}
