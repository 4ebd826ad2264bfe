/** What a caller tells the unpacker of a tree that he listed. */
import * as fs from 'node:fs';
import type { Expected, UnpackHow } from '../../../src/engine/tar/unpack/unpacking.ts';
import { keepAll } from '../../../src/request.ts';
import { probe } from '../../../src/store/local/probe/probe.ts';
import { itself } from '../../../src/store/path.ts';
import * as c from '../../../src/work/posix/constants.ts';
import { Opened } from '../../../src/work/posix/opened.ts';
import { Stat } from '../../../src/work/posix/stat.ts';
import { below } from './batch.ts';

const kinds = new Map<number, Expected['kind']>([
  [c.S_IFREG, 'file'],
  [c.S_IFDIR, 'directory'],
  [c.S_IFLNK, 'symlink'],
  [c.S_IFIFO, 'fifo'],
  [c.S_IFCHR, 'character'],
  [c.S_IFBLK, 'block'],
]);

/** All that is below a directory, and itself, each before what is in it. */
export function expectedOf(source: string): Map<string, Expected> {
  using root = new Opened(fs.openSync(source, c.O_RDONLY | c.O_DIRECTORY));
  const stat = new Stat();
  stat.of(root.fd);
  const found = [...below(root.fd), { path: itself, stat }].toReversed();
  return new Map(found.map((each) => [Buffer.from(each.path).toString('latin1'), expect(each.stat)]));
}

function expect(stat: Stat): Expected {
  const mtimeNs = BigInt(stat.mtimeSeconds) * 1_000_000_000n + BigInt(stat.mtimeNs);
  return { kind: kinds.get(stat.type)!, size: stat.size, mtimeNs, replaces: undefined };
}

let partials = 0;

export function unpackHow(dest: string): UnpackHow {
  const found = probe(Buffer.from(dest), undefined);
  const isRoot = process.geteuid!() === 0;
  return {
    keep: keepAll,
    holder: {
      ...found,
      uid: process.geteuid!(),
      gid: process.getegid!(),
      groups: isRoot ? undefined : process.getgroups!(),
      umask: 0o022,
    },
    partialName: () => Buffer.from(`.difpipe-test-${++partials}.part`),
  };
}
