/** What a directory looks like, as a tar that puts it on the directory it is unpacked in. */
import type { Stat } from '../../../work/posix/stat.ts';
import { Chunks } from '../stream/chunks.ts';
import { Packer, type PackHow } from './packer.ts';

/** `fd` is the directory, open, and `stat` what is to be told of it. */
export function dressOf(fd: number, stat: Stat, how: PackHow): Uint8Array {
  const packer = new Packer(how, new Chunks(4096));
  packer.directory(fd, dot, stat);
  return Buffer.concat(packer.end());
}

const dot = Buffer.from('.');
