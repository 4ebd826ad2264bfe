/** rsync as an engine, through the program: kills, stops, lost children, full disks, what changes meanwhile. */

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { seeded } from '../journal/fixture.ts';
import { needs } from '../peer.ts';
import { mounted } from '../survive/ground.ts';
import { isLeft } from '../survive/is-left.ts';
import { assertStatus, failures, familyOf, type Running } from '../survive/program.ts';
import { assertWhole, contentsOf } from '../survive/tree.ts';
import { assertQuiet, differences, far, over, rsyncWays } from './ground.ts';
import { line as lineTo } from './line.ts';
import { ordinary } from './tree.ts';

const kills = Number(process.env.DIFPIPE_KILLS ?? 2);
const seed = Number(process.env.DIFPIPE_SEED ?? 1);
const skip = needs('sshd', 'rsync', 'root');
const words = ['transfer', '--strategy', 'rsync'] as const;

describe('kill -9 of a transfer by rsync', { skip }, () => {
  for (const [at, [name, endsOf]] of Object.entries(rsyncWays).entries())
    test(`${name} over older files at random moments (seed ${seed}): each is old or new, nothing is missing or stray`, async () => {
      await using here = await far();
      const random = seeded(seed * 3 + at);
      ordinary(here.source, { files: 600, largeMiB: 66, version: 1 });
      ordinary(here.dest, { files: 300, largeMiB: 66, version: 0 });
      const versions = [here.source, here.dest].map(contentsOf);
      for (let killed = 0; killed < kills; killed++) {
        const again = isLeft(here) && random(2) === 0;
        const line = again ? ['runs', 'resume'] : [...words, '--bwlimit', '30M', ...endsOf(here)];
        const running = here.start(line);
        await running.next('started');
        await wait(random(1200));
        const family = familyOf(running.child.pid!);
        running.child.kill('SIGKILL');
        await running.ended;
        await assertGone(family);
        assertWhole(here.dest, versions);
      }
      await here.runTo(0, isLeft(here) ? ['runs', 'resume'] : [...words, ...endsOf(here)]);
      assert.deepEqual(differences(here.source, here.dest), []);
      await assertQuiet(here);
    });
});

test('a rsync that is killed goes again', { skip }, async () => {
  await using here = await far();
  ordinary(here.source, { files: 20, largeMiB: 30 });
  const running = here.start([...words, '--bwlimit', '20M', ...rsyncWays['to a host']!(here)]);
  const child = await childOf(running);
  process.kill(child, 'SIGKILL');
  assertStatus(0, await running.ended);
  assert.deepEqual(differences(here.source, here.dest), []);
});

test('rsync whose line is reset goes again, over another', { skip }, async () => {
  await using here = await far();
  ordinary(here.source, { files: 20, largeMiB: 12 });
  let isReset = false;
  await using way = await lineTo(here.server.port, (bytes, self) => {
    if (isReset || bytes < 5 * 2 ** 20) return;
    isReset = true;
    self.reset();
  });
  await here.runTo(0, [...words, '--bwlimit', '20M', here.source, over(here, way, here.dest)]);
  assert.ok(isReset);
  assert.deepEqual(differences(here.source, here.dest), []);
});

test('rsync goes again where a login file read what it was sent', { skip }, async () => {
  const once = join(fs.mkdtempSync(join(tmpdir(), 'difpipe-reads-')), 'once');
  const reads = `case "$SSH_ORIGINAL_COMMAND" in *rooms*) rm ${once} 2>/dev/null && head -c 9 >/dev/null;; esac`;
  await using here = await far({ options: [`ForceCommand ${reads}; exec sh -c "$SSH_ORIGINAL_COMMAND"`] });
  ordinary(here.source, { files: 20 });
  fs.writeFileSync(once, '');
  await here.runTo(0, [...words, ...rsyncWays['to a host']!(here)]);
  assert.ok(!fs.existsSync(once));
  assert.deepEqual(differences(here.source, here.dest), []);
  fs.rmdirSync(dirname(once));
});

test('SIGTERM stops rsync too, and what it has of a large file is gone on with', { skip }, async () => {
  await using here = await far();
  fs.mkdirSync(join(here.source, 'a/b'), { recursive: true });
  fs.writeFileSync(join(here.source, 'a/b/large'), randomBytes(90));
  const ends = rsyncWays['to a host']!(here);
  const running = here.start([...words, '--bwlimit', '20M', ...ends]);
  await running.next('progress', ({ bytes }) => Number(bytes) > 10 * 2 ** 20);
  const family = familyOf(running.child.pid!);
  running.child.kill('SIGTERM');
  const { status } = await running.ended;
  assert.equal(status, 143);
  await assertGone(family);
  const kept = fs
    .readdirSync(here.dest, { recursive: true, encoding: 'utf8' })
    .find((name) => name.endsWith('/large'));
  assert.match(kept ?? '', /^\.difpipe-\w+-rsync\/part\//);
  await here.runTo(0, ['runs', 'resume']);
  assert.deepEqual(differences(here.source, here.dest), []);
});

for (const [name, endsOf] of Object.entries(rsyncWays))
  test(`a full disk ${name} is named, and a run goes on when there is room`, { skip }, async () => {
    await using here = await far();
    ordinary(here.source, { files: 50, largeMiB: 12 });
    {
      using small = mounted(here.dest, '-t', 'tmpfs', '-o', 'size=6M', 'none');
      const ended = await here.run([...words, ...endsOf(here)]);
      assert.match([...failures(ended).values()].join(), /full: .*No space left on device/);
      assert.equal(ended.status, 1);
      for (const file of fs.readdirSync(small.path, { recursive: true, encoding: 'utf8' }))
        assert.ok(!file.endsWith('large') || fs.statSync(join(small.path, file)).size === 12 * 2 ** 20, file);
      execFileSync('mount', ['-o', 'remount,size=64M', here.dest]);
      await here.runTo(0, ['runs', 'resume']);
      assert.deepEqual(differences(here.source, here.dest), []);
    }
  });

function randomBytes(mebibytes: number): Buffer {
  const random = seeded(mebibytes);
  const bytes = Buffer.alloc(mebibytes * 2 ** 20);
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(random(2 ** 32), at);
  return bytes;
}

async function childOf({ child, next }: Running): Promise<number> {
  for (;;) {
    const [, first] = familyOf(child.pid!);
    if (first !== undefined) return first;
    await next('progress');
  }
}

/** None of them is left within some seconds. */
async function assertGone(family: readonly number[]): Promise<void> {
  const isThere = (pid: number) => fs.existsSync(`/proc/${pid}`);
  for (let look = 0; look < 500 && family.some(isThere); look++) await wait(20);
  assert.deepEqual(family.filter(isThere), []);
}
