import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { engineContract, type Lacks, type Title, type Transfer } from '../contract/engine.ts';
import { currentRclone } from '../peer.ts';
import { trees } from '../trees.ts';
import { run, workspace } from './run.ts';

const bin = workspace();
fs.symlinkSync(currentRclone, join(bin, 'rclone'));
const env = {
  PATH: `${bin}:${dirname(process.execPath)}:/usr/bin:/bin`,
  RCLONE_CONFIG: join(bin, 'none'),
  RCLONE_CONFIG_DISK_TYPE: 'alias',
  RCLONE_CONFIG_DISK_REMOTE: '/',
};

/** A directory of this machine to another, which rclone knows as a remote. */
const there: Transfer = ({ source, dest, state }, { dryRun }) => {
  const flags = ['-v', '--strategy', 'rclone', ...(dryRun ? ['--dry-run'] : [])];
  return run(state, ['transfer', ...flags, source, `disk:${dest}`], { env });
};

const back: Transfer = ({ source, dest, state }, { dryRun }) => {
  const flags = ['-v', '--strategy', 'rclone', ...(dryRun ? ['--dry-run'] : [])];
  return run(state, ['transfer', ...flags, `disk:${source}`, dest], { env });
};

/** The metadata of directories is not held. */
const bare = { notices: {}, flags: ['--omit-dir-times', '--no-perms', '--no-owner', '--no-group'] };

const held: readonly Title[] = [
  'an empty tree',
  'an empty file',
  'one byte',
  'exactly 1 MiB',
  '1 MiB and one more',
  'thousands of tiny files',
  '300 levels',
];
const lacks: Lacks = Object.fromEntries(held.map((title) => [title, bare]));

const others = (Object.keys(trees) as Title[]).filter((title) => !held.includes(title));
engineContract('rclone, to a remote', there, lacks, others);
engineContract('rclone, from a remote', back, lacks, others);
