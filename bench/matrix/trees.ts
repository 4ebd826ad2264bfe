/** The trees of the matrix: each made anew, and what of it is at the destination already. */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { largeFiles, smallFiles } from '../trees.ts';

export type Tree = {
  readonly title: string;
  readonly make: (root: string, scale: number) => void;
  /** makes an older state into this one; absent: nothing is at the destination */
  readonly change?: (root: string) => void;
};

export const trees = {
  tiny: {
    title: '100,000 tiny files',
    make: (root, scale) => smallFiles(root, scaled(100_000, scale), 2048),
  },
  source: { title: 'source code', make: source },
  photos: { title: 'photo library', make: photos },
  large: { title: '20 large files', make: (root, scale) => largeFiles(root, 20, scaled(200e6, scale)) },
  huge: { title: 'one huge file', make: (root, scale) => largeFiles(root, 1, scaled(4e9, scale)) },
  'huge-changed': {
    title: 'a large file changed by 1 %',
    make: (root, scale) => largeFiles(root, 1, scaled(2 * 2 ** 30, scale)),
    change: changeInside,
  },
  'tree-changed': {
    title: 'a tree with 1 % changed files',
    make: (root, scale) => smallFiles(root, scaled(50_000, scale), 8192),
    change: changeSome,
  },
  deep: { title: 'deep narrow tree', make: deep },
} as const satisfies Record<string, Tree>;

export type TreeName = keyof typeof trees;

function scaled(full: number, scale: number): number {
  return Math.max(1, Math.round(full * scale));
}

/** Many packages of a few files, most of them small, some long paths. */
function source(root: string, scale: number): void {
  for (let at = 0; at < scaled(1500, scale); at++) {
    const dir = join(root, 'node_modules', `package-${at}`);
    for (const part of ['lib', 'dist/cjs', 'dist/esm']) fs.mkdirSync(join(dir, part), { recursive: true });
    for (let file = 0; file < 20; file++) {
      const part = ['lib', 'dist/cjs', 'dist/esm', ''][file % 4]!;
      fs.writeFileSync(
        join(dir, part, `module-${file}.js`),
        randomBytes(200 + ((file * 911 + at * 37) % 12_000)),
      );
    }
  }
}

/** Directories by month, photos of 2 to 6 MB and a small file beside each. */
function photos(root: string, scale: number): void {
  for (let at = 0; at < scaled(600, scale); at++) {
    const dir = join(root, `${2020 + (at % 5)}`, `${1 + (at % 12)}`);
    fs.mkdirSync(dir, { recursive: true });
    fs.writeFileSync(join(dir, `photo-${at}.jpg`), randomBytes(2e6 + ((at * 7919) % 4e6)));
    fs.writeFileSync(join(dir, `photo-${at}.xmp`), randomBytes(3000));
  }
}

/** 20 chains of 60 directories, with a file in each. */
function deep(root: string, scale: number): void {
  for (let chain = 0; chain < scaled(100, scale); chain++) {
    let dir = join(root, `chain-${chain}`);
    for (let depth = 0; depth < 60; depth++) {
      fs.mkdirSync(dir, { recursive: true });
      fs.writeFileSync(join(dir, 'file'), randomBytes(1000));
      dir = join(dir, `d${depth}`);
    }
  }
}

const pieces = 200;
/** So that a change within the same second shows. */
const later = 1.9e9;

function changeInside(root: string): void {
  const path = join(root, fs.readdirSync(root)[0]!);
  const { size } = fs.statSync(path);
  const fd = fs.openSync(path, 'r+');
  const piece = Buffer.alloc(Math.floor(size / 100 / pieces), 'changed');
  for (let at = 0; at < pieces; at++)
    fs.writeSync(fd, piece, 0, piece.length, Math.floor((at * size) / pieces));
  fs.closeSync(fd);
  fs.utimesSync(path, later, later);
}

function changeSome(root: string): void {
  const list = execFileSync('find', [root, '-type', 'f', '-name', '*00'], {
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  for (const path of list.split('\n').filter(Boolean)) {
    fs.appendFileSync(path, 'changed');
    fs.utimesSync(path, later, later);
  }
}
