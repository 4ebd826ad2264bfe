/** One large file on file systems that share blocks: each in an image of its own, mounted while it is measured. */
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { contest, type Ran, wallMs } from '../contest.ts';
import { atMost, type Bench, type Row, type Target } from '../row.ts';
import { largeFiles, remove } from '../trees.ts';
import { bigBytes, fileCopiers } from './big.ts';

const kinds = { xfs: ['mkfs.xfs', '-q', '-m', 'reflink=1'], btrfs: ['mkfs.btrfs', '-q'] } as const;
const atOnceMs = 200;
const ofMetadata = 0.01;

export const clone: Row = {
  title: 'one 4 GB file, cloned',
  run(bench) {
    const found = (Object.keys(kinds) as (keyof typeof kinds)[]).map((kind) => onImage(bench, kind));
    return {
      ran: found.flatMap(({ ran }) => ran),
      targets: found.flatMap(({ targets }) => targets),
      notes: found.flatMap(({ notes }) => notes),
    };
  },
};

type Found = { readonly ran: readonly Ran[]; readonly targets: readonly Target[]; readonly notes: string[] };

function onImage(bench: Bench, kind: keyof typeof kinds): Found {
  const image = join(bench.work, `${kind}.image`);
  const mount = join(bench.work, kind);
  const [program, ...flags] = kinds[kind];
  fs.mkdirSync(mount);
  fs.closeSync(fs.openSync(image, 'w'));
  fs.truncateSync(image, Math.round(bigBytes * bench.scale) * 2 + 2 ** 30);
  if (!runs(program, ...flags, image) || !runs('mount', '-o', 'loop', image, mount)) {
    return { ran: [], targets: [], notes: [`${kind}: not measured, it takes root and ${program}`] };
  }
  try {
    return clones(bench, kind, mount);
  } finally {
    runs('umount', mount);
    remove(image);
  }
}

function clones(bench: Bench, kind: string, mount: string): Found {
  largeFiles(mount, 1, Math.round(bigBytes * bench.scale));
  const contenders = fileCopiers(bench, mount, 'cp', '--reflink=always').map((contender) => ({
    ...contender,
    name: `${contender.name} on ${kind}`,
  }));
  const usedBefore = used(mount);
  const [first] = contenders;
  const ran = contest(contenders, bench);
  const grown = grows(mount, usedBefore, () => contest([first!], { ...bench, runs: 1 }));
  const share = grown / (bigBytes * bench.scale);
  const shared: Target = {
    toReach: `${kind}: blocks shared`,
    got: `the copy takes ${(share * 100).toFixed(2)} % of its size`,
    isReached: share < ofMetadata,
  };
  const time = atMost(atOnceMs, 'ms', wallMs(ran[0]!));
  return { ran, targets: [shared, { ...time, toReach: `${kind}: at once (${time.toReach})` }], notes: [] };
}

function grows(mount: string, before: number, copy: () => void): number {
  copy();
  return used(mount) - before;
}

function used(mount: string): number {
  runs('sync', '-f', mount);
  const { blocks, bfree, bsize } = fs.statfsSync(mount);
  return (blocks - bfree) * bsize;
}

function runs(program: string, ...args: readonly string[]): boolean {
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0;
}
