/** Large files that changed in place, among small and large new ones: three legs of one run, through the program. */
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { seeded } from '../journal/fixture.ts';
import { needs } from '../peer.ts';
import { assertQuiet, differences, type Far, far } from './ground.ts';
import { ordinary } from './tree.ts';

const seed = Number(process.env.DIFPIPE_SEED ?? 1);
const skip = needs('sshd', 'rsync', 'root');

/** Slow enough for sending only what changed. */
const slowly = ['--bwlimit', '30M'] as const;

const ways: Readonly<Record<string, (here: Far) => readonly [source: string, dest: string]>> = {
  'to a host': ({ source, dest, url }) => [source, url(dest)],
  'from a host': ({ source, dest, url }) => [url(source), dest],
};

describe('a large file that changed in place', { skip }, () => {
  for (const [name, endsOf] of Object.entries(ways)) {
    test(`goes ${name} by what changed in it, and is told of`, async () => {
      await using here = await far();
      changed(here, 'a/image', 24);
      const { said } = await here.runTo(0, ['transfer', '--bwlimit', '2M', ...endsOf(here)]);
      const finished = said.find(({ type }) => type === 'finished') as never as Finished;
      assert.equal(finished.notices.delta, 1);
      assert.deepEqual(differences(here.source, here.dest), []);
      await assertQuiet(here);
    });

    test(`${name}: killed in the middle of three legs, all three go on (seed ${seed})`, async () => {
      await using here = await far();
      const random = seeded(seed);
      changed(here, 'images/one', 24);
      ordinary(here.source, { files: 400, largeMiB: 40 });
      const words = ['transfer', ...slowly, ...endsOf(here)];
      for (const line of [words, ['runs', 'resume']]) {
        const running = here.start(line);
        await running.next('planned');
        await wait(300 + random(1200));
        running.child.kill('SIGKILL');
        await running.ended;
      }
      const { said } = await here.runTo(0, ['runs', 'resume']);
      const planned = said.find(({ type }) => type === 'planned') as never as Planned;
      assert.deepEqual(
        planned.plan.legs.map(({ engine }) => engine),
        ['tar', 'parallel', 'rsync'],
      );
      assert.deepEqual(differences(here.source, here.dest), []);
      await assertQuiet(here);
    });
  }
});

type Finished = { readonly notices: { readonly delta?: number } };
type Planned = { readonly plan: { readonly legs: readonly { readonly engine: string }[] } };

/** A file at both ends, but for a MiB in its middle. */
function changed({ source, dest }: Far, name: string, mebibytes: number): void {
  const random = seeded(mebibytes);
  const bytes = Buffer.alloc(mebibytes * 2 ** 20);
  for (let at = 0; at < bytes.length; at += 4) bytes.writeUInt32LE(random(2 ** 32), at);
  put(join(dest, name), bytes, 1e9 - 1000);
  bytes.fill('changed', 7 * 2 ** 20, 8 * 2 ** 20);
  put(join(source, name), bytes, 1e9);
}

function put(path: string, bytes: Uint8Array, seconds: number): void {
  fs.mkdirSync(join(path, '..'), { recursive: true });
  fs.writeFileSync(path, bytes);
  fs.utimesSync(path, seconds, seconds);
}
