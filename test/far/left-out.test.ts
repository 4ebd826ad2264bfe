import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { type Far, far, ways } from './ground.ts';

const skip = needs('sshd', 'rsync', 'tar', 'root');

/** What an independent program is to compare where one thing is left out. */
const compared = {
  owner: '-rlptDAXS',
  times: '-rlpogDAXS',
  mode: '-rlogtDXS',
} as const;

type LeftOut = keyof typeof compared;

for (const [way, ends] of Object.entries(ways))
  describe(`batches ${way}`, { skip, concurrency: 2 }, () => {
    for (const what of Object.keys(compared) as LeftOut[])
      test(`leave out ${what}, and nothing else`, async () => {
        await using here = await far();
        plant(here);
        await here.runTo(0, ['transfer', '--strategy', 'tar', '--no-preserve', what, ...ends(here)]);
        assert.deepEqual(unlike(here, what), []);
        assert.deepEqual(looks(here.dest)[what], looks(here.source)[`new ${what}`]);
        const again = await here.runTo(0, ['transfer', '--no-preserve', what, ...ends(here)]);
        assert.equal(again.summary!.tally.copied, 0);
      });
  });

/** Times are in whole seconds, which SFTP tells, too. */
function plant({ source }: Far): void {
  const script = `mkdir -p a/b; for n in 1 2 3 4; do echo $n >a/$n; echo $n >a/b/$n; done; ln -s 1 a/link; mkfifo a/b/pipe
    setfattr -n user.note -v kept a/2; chmod 4751 a/3; chmod 2770 a/b; chown -hR 1234:4321 a/2 a/3 a/link a/b
    chmod 4751 a/3; find . -exec touch -hd @1000000000 {} +`;
  const { status, stderr } = spawnSync('sh', ['-ec', script], { cwd: source, encoding: 'utf8' });
  assert.equal(status, 0, stderr);
}

function unlike({ source, dest }: Far, what: LeftOut): string[] {
  const args = ['-ni', compared[what], '--delete', '--checksum', `${source}/`, `${dest}/`];
  const { stdout, stderr } = spawnSync('rsync', args, { encoding: 'utf8' });
  return (stdout + stderr).split('\n').filter((line) => line !== '' && !line.startsWith('.d..t'));
}

/** Of a file, and what it would be like if it were new. */
function looks(root: string) {
  const { uid, gid, mode, mtimeMs } = fs.statSync(join(root, 'a/3'));
  return {
    owner: `${uid}:${gid}`,
    'new owner': '0:0',
    times: mtimeMs > 1_000_000_000_000,
    'new times': true,
    mode: mode & 0o7777,
    'new mode': mode & 0o777 & ~process.umask(),
  };
}
