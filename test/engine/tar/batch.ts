/** Whole trees as one batch, as a caller would make them of what a walk finds. */
import * as fs from 'node:fs';
import type { FarTools } from '../../../src/engine/tar/host/probe.ts';
import {
  controls,
  lastMember,
  lateMember,
  type Place,
  type Staged,
  staged,
} from '../../../src/engine/tar/host/stage.ts';
import { makesLinksLate } from '../../../src/engine/tar/host/takes.ts';
import { dressOf } from '../../../src/engine/tar/pack/dress.ts';
import { Packer, type PackHow } from '../../../src/engine/tar/pack/packer.ts';
import { keepAll } from '../../../src/request.ts';
import { attributedAt } from '../../../src/store/local/metadata/xattrs.ts';
import { itself, type RelativePath } from '../../../src/store/path.ts';
import * as c from '../../../src/work/posix/constants.ts';
import { Slot } from '../../../src/work/posix/memory.ts';
import { openUnder } from '../../../src/work/posix/open-under.ts';
import { Opened } from '../../../src/work/posix/opened.ts';
import { join } from '../../../src/work/posix/path.ts';
import { Stat } from '../../../src/work/posix/stat.ts';

export const packHow: PackHow = {
  keep: keepAll,
  retries: 3,
  umask: 0o22,
};

export type Found = { readonly path: RelativePath; readonly name: Uint8Array; readonly stat: Stat };

/** What is below a directory, contents before their directory. */
export function* below(root: number, dir: RelativePath = itself): Generator<Found> {
  using opened = new Opened(openUnder(root, dir, c.O_RDONLY | c.O_DIRECTORY));
  const names = fs.readdirSync(`/proc/self/fd/${opened.fd}`, { encoding: 'buffer' });
  const slot = new Slot();
  for (const name of names.toSorted(Buffer.compare)) {
    const stat = new Stat();
    stat.at(opened.fd, slot.put(name));
    const path = join(dir, name) as RelativePath;
    if (stat.type === c.S_IFDIR) yield* below(root, path);
    yield { path, name, stat };
  }
}

const slot = new Slot();

/** Packs one entry under a name; hard links of what went before as such. */
export function packOne(
  packer: Packer,
  root: number,
  { path, name, stat }: Found,
  as: Uint8Array,
  linked: Map<string, Uint8Array>,
): void {
  const isDirectory = stat.type === c.S_IFDIR;
  const dir = path.subarray(0, Math.max(0, path.length - name.length - 1));
  using opened = new Opened(openUnder(root, isDirectory ? path : dir, c.O_RDONLY | c.O_DIRECTORY));
  const from = { dir: opened.fd, name: slot.put(name) };
  const inode = `${stat.device}:${stat.inode}`;
  const first = linked.get(inode);
  if (isDirectory) return packer.directory(opened.fd, as, stat);
  if (first) return packer.link(as, first, stat);
  const packed =
    stat.type === c.S_IFREG
      ? packer.file(from, as, stat)
      : packer.node(from, as, stat, attributedAt(opened.fd, name));
  if (packed.ok && stat.links > 1) linked.set(inode, as);
  if (!packed.ok) throw new Error(`not packed: ${JSON.stringify(packed)}`);
}

/** A stream for `receive` that puts a whole tree into a directory that is there, and empty. */
export function* treeStream(
  source: string,
  stage: string,
  tools: FarTools,
  how = packHow,
): Generator<Uint8Array> {
  using root = new Opened(fs.openSync(source, c.O_RDONLY | c.O_DIRECTORY));
  const found = [...below(root.fd)];
  const stat = new Stat();
  stat.of(root.fd);
  const names = found.filter(({ path }) => !path.includes(0x2f)).map(({ name }) => name);
  const place: Place = { dir: itself, names, replaces: false, dress: dressOf(root.fd, stat, how) };
  const entries: Staged[] = found.map((each) => ({
    place: 0,
    path: each.path,
    size: each.stat.type === c.S_IFREG ? each.stat.size : undefined,
  }));
  const packer = new Packer(how);
  for (const { path, content } of controls(stage, [place], entries)) packer.bytes(path, content);
  const linked = new Map<string, Uint8Array>();
  for (const each of found) {
    packOne(packer, root.fd, each, staged([place], 0, each.path), linked);
    yield* packer.take();
  }
  if (makesLinksLate(tools)) packer.bytes(lateMember, directories(root.fd, place, found, how));
  packer.bytes(lastMember.path, lastMember.content);
  yield* packer.end();
}

function directories(root: number, place: Place, found: readonly Found[], how: PackHow): Uint8Array {
  const packer = new Packer(how);
  for (const each of found.filter(({ stat }) => stat.type === c.S_IFDIR))
    packOne(packer, root, each, staged([place], 0, each.path), new Map());
  return Buffer.concat(packer.end());
}
