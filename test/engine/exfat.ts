/** A file system that knows one case, times of 2 s, no modes, owners, attributes, links or holes. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { shell } from './run.ts';

/** What a test that uses it needs. */
export const exfatPeers = ['root', 'loop', 'fuse', 'mkfs.exfat', 'mount.exfat-fuse'] as const;

/** Mounts an empty one, whose image is beside it, until it is disposed of. */
export async function exfatAt(at: string): Promise<Disposable> {
  fs.mkdirSync(at);
  await shell('/', 'truncate -s 200M "$0.image"; mkfs.exfat "$0.image" >/dev/null', at);
  const device = (await shell('/', 'losetup --find --show "$0.image"', at)).trim();
  const detach = () => spawnSync('losetup', ['--detach', device]);
  await shell('/', 'mount.exfat-fuse "$0" "$1" >/dev/null', device, at).catch((error: unknown) => {
    detach();
    throw error;
  });
  return {
    [Symbol.dispose]() {
      spawnSync('umount', [at]);
      detach();
    },
  };
}
