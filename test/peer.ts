import { execFileSync, spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { release } from 'node:os';
import { delimiter, join } from 'node:path';
import { before } from './surroundings.ts';

const tryLoopMount = `
  d=$(mktemp -d) && trap 'rm -rf "$d"' EXIT && truncate -s 1M "$d/image" && mke2fs -q "$d/image" &&
  mkdir "$d/mount" && mount -o loop "$d/image" "$d/mount" && umount "$d/mount"`;

const tryAttributes = `
  f=$(mktemp) && trap 'rm -f "$f"' EXIT && setfattr -n user.x -v y "$f" && setfacl -m u:1:r "$f"`;

/** Where Debian keeps it, away from PATH. */
export const sftpServer = '/usr/lib/openssh/sftp-server';

/** An S3 server that `scripts/peer` builds; undefined where it did not. */
export const versitygw = () => gotten('versitygw');

/** OpenStack's, as a directory of Python packages. */
export const swift = () => gotten('swift');

/** An independent client, likewise. */
export const s3cmd = () => gotten('s3cmd');

function gotten(name: string): string | undefined {
  const peer = join(import.meta.dirname, '../scripts/peer');
  const { status, stdout } = spawnSync(peer, ['--there', name], { encoding: 'utf8', env: before });
  return status === 0 ? stdout.trim() : undefined;
}

/** Where .ci/run keeps a current one, beside the old one of Debian that is in PATH. */
export const currentRclone = process.env.DIFPIPE_TEST_RCLONE ?? '/opt/difpipe-test/rclone';

// The real programs and rights that tests need. A name is a program on PATH, or one of these.
const rights: Readonly<Record<string, () => boolean>> = {
  versitygw: () => versitygw() !== undefined,
  swift: () => swift() !== undefined,
  s3cmd: () => s3cmd() !== undefined,
  'sftp-server': () => runs(sftpServer),
  'current-rclone': () => runs(currentRclone),
  root: () => process.geteuid!() === 0,
  loop: () => shell(tryLoopMount),
  fuse: () => shell('test -c /dev/fuse && /usr/bin/python3 -c "import fusepy"'),
  xattrs: () => shell(tryAttributes),
  listxattrat: () => isKernel(6, 13),
};

const required = new Set(process.env.DIFPIPE_REQUIRE?.split(',').filter(Boolean));

/**
 * For a test's `skip`: false when every peer is here, else the reason.
 * Throws where DIFPIPE_REQUIRE names the missing one, so that such a machine never skips.
 */
export function needs(...peers: string[]): string | false {
  const missing = peers.filter((peer) => !present(peer));
  const due = missing.filter((peer) => required.has(peer));
  if (due.length > 0) throw new Error(`DIFPIPE_REQUIRE names ${due.join(', ')}: not here`);
  return missing.length > 0 && `needs ${missing.join(', ')}`;
}

function present(peer: string): boolean {
  return rights[peer]?.() ?? (process.env.PATH ?? '').split(delimiter).some((at) => runs(join(at, peer)));
}

function isKernel(major: number, minor: number): boolean {
  const [ours = 0, of = 0] = release().split('.').map(Number);
  return ours > major || (ours === major && of >= minor);
}

function runs(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function shell(script: string): boolean {
  try {
    execFileSync('sh', ['-c', script], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
