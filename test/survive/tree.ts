/**
 * A tree with something of everything, in versions: the same names, other content. What lies at a final name of a
 * copy has to be one of the versions, whole.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';

const small = 2000;
const groups = 40;
const MiB = 2 ** 20;

/** The large ones: more than a range of 64 MiB each but for the last, with data at these steps. */
const large = [
  { name: 'large/dense', bytes: 70 * MiB, step: 0 },
  { name: 'large/sparse', bytes: 130 * MiB, step: 16 * MiB },
  { name: 'large/next to it', bytes: 66 * MiB, step: 16 * MiB },
  { name: 'large/one of two names', bytes: 65 * MiB, step: 16 * MiB },
  { name: 'large/middle', bytes: 3 * MiB, step: 0 },
] as const;

/** Builds version `version` of the tree at `root`. */
export function buildTree(root: string, version: number): void {
  for (let i = 0; i < small; i++) write(root, nameOf(i), contentOf(i, version));
  for (let i = 0; i < groups; i++) {
    write(root, `linked/a${i}`, contentOf(i, version));
    for (const dir of ['linked', 'd1', 'd2/e3'])
      fs.linkSync(join(root, `linked/a${i}`), join(root, dir, `l${i}`));
    fs.symlinkSync(`../no such ${i} ${version}`, join(root, `d${i}`, 'symlink'));
  }
  for (const file of large) writeLarge(join(root, file.name), file, version);
  fs.linkSync(join(root, 'large/one of two names'), join(root, 'd5/two'));
  fs.mkdirSync(join(root, 'empty'));
  fs.chmodSync(join(root, 'd3'), 0o500);
}

function nameOf(i: number): string {
  return i % 3 === 0 ? `d${i % groups}/f${i}` : `d${i % groups}/e${i % 7}/f${i}`;
}

/** Half of them keep their size from version to version. */
function contentOf(i: number, version: number): Buffer {
  const bytes = (i * 37) % 5000;
  return Buffer.alloc(i % 2 === 0 ? bytes : bytes + version, `${i} in version ${version}. `);
}

function write(root: string, name: string, content: Buffer): void {
  const path = join(root, name);
  fs.mkdirSync(dirname(path), { recursive: true });
  fs.writeFileSync(path, content);
}

function writeLarge(path: string, { bytes, step }: { bytes: number; step: number }, version: number): void {
  fs.mkdirSync(dirname(path), { recursive: true });
  const fd = fs.openSync(path, 'w');
  fs.ftruncateSync(fd, bytes);
  const piece = Buffer.alloc(step === 0 ? MiB : 4096);
  for (let at = 0; at < bytes; at += step || piece.length) {
    piece.fill(`${at} of version ${version}. `);
    fs.writeSync(fd, piece, 0, Math.min(piece.length, bytes - at), at);
  }
  fs.closeSync(fd);
}

/** A file that is mostly holes, with some data in each of its ranges. */
export function spread(path: string, { ranges, dataBytes }: { ranges: number; dataBytes: number }): void {
  const fd = fs.openSync(path, 'w');
  for (let range = 0; range < ranges; range++)
    fs.writeSync(fd, Buffer.alloc(dataBytes, `range ${range} `), 0, dataBytes, range * 64 * MiB);
  fs.closeSync(fd);
}

export type Contents = ReadonlyMap<string, string>;

/** Each file and symlink below `root`, and what is in it; what is not in its place yet is not among them. */
export function contentsOf(root: string): Contents {
  const found = new Map<string, string>();
  const add = (dir: string) => {
    for (const entry of fs.readdirSync(dir, { withFileTypes: true })) {
      if (entry.name.startsWith('.difpipe-')) continue; // it may be on its way out
      const path = join(dir, entry.name);
      if (entry.isSymbolicLink()) found.set(path.slice(root.length + 1), fs.readlinkSync(path));
      else if (entry.isFile()) found.set(path.slice(root.length + 1), digestOf(path));
      else if (entry.isDirectory()) add(path);
    }
  };
  if (fs.existsSync(root)) add(root);
  return found;
}

/** Of all of a small file, and of pieces from everywhere of a large one. */
function digestOf(path: string): string {
  const bytes = fs.statSync(path).size;
  const hash = createHash('sha1').update(String(bytes));
  if (bytes <= 4 * MiB) return hash.update(fs.readFileSync(path)).digest('hex');
  const fd = fs.openSync(path, 'r');
  const piece = Buffer.alloc(4096);
  for (let at = 0; at < bytes; at += MiB) hash.update(piece.subarray(0, fs.readSync(fd, piece, 0, 4096, at)));
  fs.closeSync(fd);
  return hash.digest('hex');
}

/** What has a final name is whole: all of one version or all of another. */
export function assertWhole(dest: string, versions: readonly Contents[]): void {
  for (const [name, content] of contentsOf(dest)) {
    const isWhole = versions.some((version) => version.get(name) === content);
    assert.ok(isWhole, `${name} is part of one version and part of another`);
  }
}

export function writeAt(path: string, at: number, text: string): void {
  const fd = fs.openSync(path, 'r+');
  fs.writeSync(fd, text, at);
  fs.closeSync(fd);
}

export function readAt(path: string, at: number, bytes: number): string {
  const fd = fs.openSync(path, 'r');
  const piece = Buffer.alloc(bytes);
  fs.readSync(fd, piece, 0, bytes, at);
  fs.closeSync(fd);
  return piece.toString();
}
