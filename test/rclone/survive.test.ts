import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { mark, ordinary } from '../far/tree.ts';
import { seeded } from '../journal/fixture.ts';
import { needs } from '../peer.ts';
import { mounted } from '../survive/ground.ts';
import { isLeft } from '../survive/is-left.ts';
import { assertStatus, failures, strays } from '../survive/program.ts';
import { assertWhole, type Contents, contentsOf } from '../survive/tree.ts';
import { MiB, solid } from '../trees.ts';
import { type Ground, ground, serving } from './ground.ts';
import { programs } from './remotes.ts';

// DIFPIPE_KILLS and DIFPIPE_SEED give other numbers by hand.

const kills = Number(process.env.DIFPIPE_KILLS ?? 2);
const seed = Number(process.env.DIFPIPE_SEED ?? 1);

describe('a transfer through rclone', { skip: needs('rclone', 'current-rclone', 'root') }, () => {
  for (const [at, [name, program]] of Object.entries(programs).entries()) {
    test(`killed with -9 over older files, with ${name}: each is old or new, and all arrives (seed ${seed})`, async () => {
      await using here = ground(program);
      const random = seeded(seed * 2 + at);
      const versions = prepare(here);
      for (let killed = 0; killed < kills; killed++) {
        await killOnce(here, random);
        await assertQuiet(here);
        assertWhole(here.disk, versions);
      }
      await here.runTo(0, isLeft(here) ? ['runs', 'resume'] : ['transfer', here.source, 'disk:']);
      assert.equal(here.check(here.source, here.disk), '');
      assert.deepEqual(strays(here.disk), []);
    });
  }

  test('goes on when its rclone is killed', async () => {
    await using here = ground('rclone');
    ordinary(here.source, { files: 300, largeMiB: 8 });
    const running = here.start(['transfer', '--bwlimit', '4M', here.source, 'disk:']);
    await running.next('progress', ({ bytes }) => Number(bytes) > 0);
    for (const pid of serving(here)) process.kill(pid, 'SIGKILL');
    assertStatus(0, await running.ended);
    assert.equal(here.check(here.source, here.disk), '');
  });

  test('takes rclone with it when it is stopped, and resumes', async () => {
    await using here = ground('rclone');
    ordinary(here.source, { files: 100, largeMiB: 8 });
    const running = here.start(['transfer', '--bwlimit', '4M', here.source, 'disk:']);
    await running.next('progress', ({ bytes }) => Number(bytes) > 0);
    running.child.kill('SIGTERM');
    assertStatus(143, await running.ended);
    await assertQuiet(here);
    await here.runTo(0, ['runs', 'resume']);
    assert.equal(here.check(here.source, here.disk), '');
    assert.deepEqual(strays(here.disk), []);
  });

  test('counts each file once where it is resumed', async () => {
    await using here = ground('rclone');
    for (const name of ['f1', 'f2', 'f3', 'f4', 'f5', 'f6']) solid(join(here.source, name), 2 * MiB);
    const running = here.start(['transfer', '--streams', '1', '--bwlimit', '4M', here.source, 'disk:']);
    await running.next('progress', ({ bytes }) => Number(bytes) > 0);
    running.child.kill('SIGTERM');
    assertStatus(143, await running.ended);
    const { summary } = await here.runTo(0, ['runs', 'resume']);
    assert.deepEqual([summary!.profile.files, summary!.profile.bytes], [6, 12 * MiB]);
  });

  test('says that the disk is full, keeps what was there, and resumes when there is room', async () => {
    await using here = ground('rclone');
    ordinary(here.source, { files: 50, largeMiB: 6 });
    using small = mounted(here.disk, '-t', 'tmpfs', '-o', 'size=3m', 'tmpfs');
    fs.writeFileSync(join(small.path, 'large'), 'old');
    const ended = await here.run(['transfer', here.source, 'disk:']);
    assert.match(failures(ended).get('large') ?? '', /^full: /);
    assert.equal(fs.readFileSync(join(small.path, 'large'), 'utf8'), 'old');
    execFileSync('mount', ['-o', 'remount,size=30m', small.path]);
    await here.runTo(0, ['runs', 'resume']);
    assert.equal(here.check(here.source, here.disk), '');
  });

  test('names each file that it may not write', async () => {
    await using here = ground('rclone');
    ordinary(here.source, { files: 2 });
    for (const dir of ['d0', 'd1']) fs.mkdirSync(join(here.disk, dir));
    using _ = mounted(join(here.disk, 'd1'), '-t', 'tmpfs', '-o', 'ro', 'tmpfs');
    const ended = await here.runTo(3, ['transfer', here.source, 'disk:']);
    assert.match(failures(ended).get('d1/f1') ?? '', /^denied: .*read-only file system/);
    assert.ok(fs.existsSync(join(here.disk, 'd0/f0')));
  });

  test('shows no secret of a remote in any argument, in what it says or in what it keeps', async () => {
    await using here = ground('rclone');
    ordinary(here.source, { files: 40, largeMiB: 2 });
    const canary = 'canary-7c1f';
    const env = {
      RCLONE_CONFIG_HIDDEN_TYPE: 'webdav',
      RCLONE_CONFIG_HIDDEN_BEARER_TOKEN: canary,
      RCLONE_CONFIG_PASS: canary,
    };
    const server = await here.serve('webdav');
    assert.equal(server.exitCode, null);
    const [url] = /http:\/\/127[^\n]*/.exec(fs.readFileSync(here.config, 'utf8'))!;
    const words = ['transfer', '--bwlimit', '1M', here.source, 'hidden:x'];
    const running = here.start(words, { env: { ...env, RCLONE_CONFIG_HIDDEN_URL: url } });
    await running.next('progress', ({ bytes }) => Number(bytes) > 0);
    assert.ok(!allArguments().includes(canary));
    const ended = await running.ended;
    assertStatus(0, ended);
    assert.ok(!JSON.stringify(ended).includes(canary));
    assert.ok(!keeps(here.state, canary));
  });

  test('never joins two states of a source that changes while it is read', async () => {
    await using here = ground('rclone');
    ordinary(here.disk, { files: 1, largeMiB: 8 });
    const running = here.start(['transfer', '--retries', '0', '--bwlimit', '4M', 'disk:', here.back]);
    await running.next('progress', ({ bytes }) => Number(bytes) > 100_000);
    mark(join(here.disk, 'large'), 8 * 2 ** 20 - 50, 'another state');
    const ended = await running.ended;
    assert.match(failures(ended).get('large') ?? '', /^changed: /);
    assert.ok(!fs.existsSync(join(here.back, 'large')));
  });
});

/** One version at the source, an older one at the destination. */
function prepare({ source, disk }: Ground): Contents[] {
  ordinary(source, { files: 80, largeMiB: 5, version: 1 });
  ordinary(disk, { files: 80, largeMiB: 5, version: 0 });
  return [source, disk].map(contentsOf);
}

async function killOnce(here: Ground, random: (below: number) => number): Promise<void> {
  const again = isLeft(here) && random(2) === 0;
  const running = here.start(
    again ? ['runs', 'resume'] : ['transfer', '--bwlimit', '3M', here.source, 'disk:'],
  );
  await running.next('started');
  await wait(random(1200));
  running.child.kill('SIGKILL');
  await running.ended;
}

/** Nothing that it started is left within 10 s. */
async function assertQuiet(here: Ground): Promise<void> {
  for (let look = 0; look < 500 && serving(here).length > 0; look++) await wait(20);
  assert.deepEqual(serving(here), []);
}

/** Of all that runs here. */
function allArguments(): string {
  const pids = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.map((pid) => readOr(`/proc/${pid}/cmdline`)).join('\n');
}

function readOr(path: string): string {
  try {
    return fs.readFileSync(path, 'latin1');
  } catch {
    return ''; // it ended meanwhile
  }
}

function keeps(dir: string, text: string): boolean {
  const entries = fs.readdirSync(dir, { recursive: true, withFileTypes: true });
  return entries.some((entry) => entry.isFile() && readOr(join(entry.parentPath, entry.name)).includes(text));
}
