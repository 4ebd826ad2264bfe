import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { assertStatus, failures } from '../survive/program.ts';
import { MiB } from '../trees.ts';
import { differences, far, ways } from './ground.ts';

// Others write at the destination while a batch is on its way to what is there.

const count = 300;

describe('what somebody wrote there while a batch is on its way is kept, and said', {
  skip: needs('sshd', 'rsync'),
  concurrency: 2,
}, () => {
  for (const [name, endsOf] of Object.entries(ways))
    test(name, async () => {
      await using here = await far();
      fs.mkdirSync(here.dest);
      fs.mkdirSync(join(here.source, 'sub'));
      fs.mkdirSync(join(here.dest, 'sub'));
      const names = Array.from({ length: count }, (_, at) => (at < 20 ? `sub/f ${at}` : `f ${at}`));
      for (const one of names) fs.writeFileSync(join(here.source, one), one.padEnd(2000, 'new'));
      for (const one of names) fs.writeFileSync(join(here.dest, one), 'old');
      fs.rmSync(join(here.dest, 'f 299'));
      fs.symlinkSync('f 20', join(here.dest, 'f 299')); // nobody minds what may be replaced
      const words = ['transfer', '--strategy', 'tar', '--bwlimit', '200K', ...endsOf(here)];
      const running = here.start(words);
      await running.next('progress', ({ bytes }) => Number(bytes) > 0);
      const taken = ['f 21', 'f 298', 'sub/f 3'];
      for (const one of taken) {
        fs.writeFileSync(join(here.dest, 'of the rival'), 'the rival');
        fs.renameSync(join(here.dest, 'of the rival'), join(here.dest, one));
      }
      const ended = await running.ended;
      assertStatus(3, ended);
      assert.deepEqual([...failures(ended).keys()].sort(), taken);
      for (const why of failures(ended).values()) assert.match(why, /^conflict: /);
      for (const one of taken) assert.equal(fs.readFileSync(join(here.dest, one), 'utf8'), 'the rival');
      for (const one of taken) fs.copyFileSync(join(here.source, one), join(here.dest, one));
      await here.runTo(0, ['transfer', ...endsOf(here)]);
      assert.deepEqual(differences(here.source, here.dest), []);
    });
});

describe('a large file that another run put there meanwhile counts, and nothing of ours is left beside it', {
  skip: needs('sshd', 'rsync'),
  concurrency: 3,
}, () => {
  for (const [name, endsOf] of Object.entries(ways))
    test(name, async () => {
      await using here = await far();
      const file = join(here.source, 'large');
      fs.mkdirSync(here.dest);
      fs.writeFileSync(file, Buffer.alloc(9 * MiB, 'x'));
      const second = Math.floor(fs.statSync(file).mtimeMs / 1000);
      fs.utimesSync(file, second, second);
      const running = here.start(['transfer', '--bwlimit', '4M', ...endsOf(here)]);
      await running.next('progress', ({ bytes }) => Number(bytes) > MiB);
      execFileSync('cp', ['-p', file, join(here.dest, 'of the other')]);
      fs.renameSync(join(here.dest, 'of the other'), join(here.dest, 'large'));
      assertStatus(0, await running.ended);
      assert.deepEqual(fs.readdirSync(here.dest), ['large']);
      assert.deepEqual(differences(here.source, here.dest), []);
    });
});
