/** The trees that are copied: built anew for each row, the same each time but for the bytes in the files. */
import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';

const pool = randomFillSync(Buffer.alloc(4 * 1024 * 1024));

/** Small files in 10 × 10 × 10 directories, of sizes from 0 to twice the average. */
export function smallFiles(root: string, count: number, averageBytes: number): void {
  const leaves = directories(root);
  const random = seeded(1);
  for (let i = 0; i < count; i++) {
    const size = Math.floor(random() * (2 * averageBytes + 1));
    write(join(leaves[i % leaves.length]!, `file-${i}`), size, random);
  }
}

/** Files of one size, too large to bundle. */
export function largeFiles(root: string, count: number, bytes: number): void {
  const random = seeded(2);
  fs.mkdirSync(root, { recursive: true });
  for (let i = 0; i < count; i++) write(join(root, `large-${i}`), bytes, random);
}

/** 1,110 directories below the root; answers the 1,000 that hold files. */
function directories(root: string): string[] {
  let level = [root];
  for (let depth = 0; depth < 3; depth++) {
    level = level.flatMap((parent) => Array.from({ length: 10 }, (_, i) => join(parent, `d${i}`)));
  }
  for (const leaf of level) fs.mkdirSync(leaf, { recursive: true });
  return level;
}

function write(path: string, size: number, random: () => number): void {
  const fd = fs.openSync(path, 'w');
  for (let left = size; left > 0; ) {
    const length = Math.min(left, pool.length / 2);
    const start = Math.floor(random() * (pool.length - length));
    fs.writeSync(fd, pool, start, length);
    left -= length;
  }
  fs.closeSync(fd);
}

/** Numbers from 0 to 1, the same ones for the same seed. */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    const mixed = Math.imul(state ^ (state >>> 13), 0x297a2d39);
    return ((mixed ^ (mixed >>> 16)) >>> 0) / 2 ** 32;
  };
}

export function remove(...paths: readonly string[]): void {
  execFileSync('rm', ['-rf', '--', ...paths]); // Node's own takes several times as long
}
