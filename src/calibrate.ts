/**
 * Measures what this machine's engine costs, by moving trees of its own: small files, the same again, and one large file.
 * What it learns is added to what runs taught before.
 */
import { randomFillSync } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import type { Control } from './control.ts';
import { TransferError } from './errors.ts';
import { costsOf, learnCosts } from './journal/costs.ts';
import type { LocalPlace } from './location/location.ts';
import type { Cost } from './plan/cost.ts';
import { show } from './report/show.ts';
import { asUsual } from './request.ts';
import { openStore } from './store/open.ts';
import { transfer } from './transfer.ts';
import { reasonOf } from './work/posix/errno.ts';

const scope = 'machine';
const rounds = 2;
const smallFiles = 4000;
const filesInOne = 100;
const smallBytes = 4096;
const largeBytes = 256 * 2 ** 20;

/**
 * Works in a directory of its own in `dir`, which it takes away. Answers what is known then; throws as `transfer`, and
 * 'usage' where nothing can be made in `dir`.
 */
export async function calibrate(dir: string, stateDir: string, control: Control): Promise<readonly Cost[]> {
  const at = roomIn(dir);
  try {
    const own = join(at, 'state');
    learnCosts(own, taughtSoFar(stateDir));
    await measure(at, own, control);
    control.signal.throwIfAborted(); // half of it says nothing
    const [learnt] = costsOf(own, [scope]);
    learnCosts(
      stateDir,
      learnt!.map((row) => ({ scope, row })),
    );
    return learnt!;
  } finally {
    fs.rmSync(at, { recursive: true, force: true });
  }
}

function roomIn(dir: string): string {
  try {
    return fs.mkdtempSync(join(dir, 'difpipe-calibrate-'));
  } catch (cause) {
    const what = `cannot make a directory in ${show(Buffer.from(dir))} to calibrate in: ${reasonOf(cause)}`;
    throw new TransferError('usage', what, {
      cause,
      hint: 'name one on the disk to measure that can be written to',
    });
  }
}

function taughtSoFar(stateDir: string): { scope: string; row: Cost }[] {
  return costsOf(stateDir, [scope])[0]!.map((row) => ({ scope, row }));
}

async function measure(at: string, stateDir: string, control: Control): Promise<void> {
  const small = join(at, 'small');
  const large = join(at, 'large');
  makeSmall(small);
  makeLarge(large);
  for (let round = 0; round < rounds && !control.signal.aborted; round++) {
    const dest = (name: string) => join(at, `${name} ${round}`);
    await move(large, dest('large'), stateDir, control);
    await move(small, dest('small'), stateDir, control);
    await move(small, dest('small'), stateDir, control);
    for (const name of ['large', 'small']) fs.rmSync(dest(name), { recursive: true });
  }
}

async function move(source: string, dest: string, stateDir: string, control: Control): Promise<void> {
  const place = (path: string): LocalPlace => ({ kind: 'local', path: Buffer.from(path) });
  await transfer(
    { source: place(source), dest: place(dest) },
    { ...asUsual, retries: 0, maxErrors: 1, stateDir },
    { report: () => undefined, control, open: openStore },
  );
}

function makeSmall(root: string): void {
  const bytes = randomFillSync(Buffer.alloc(smallBytes));
  for (let i = 0; i < smallFiles; i++) {
    const dir = join(root, `d${Math.floor(i / filesInOne)}`);
    if (i % filesInOne === 0) fs.mkdirSync(dir, { recursive: true });
    fs.writeFileSync(join(dir, `f${i}`), bytes);
  }
}

function makeLarge(root: string): void {
  const bytes = randomFillSync(Buffer.alloc(2 ** 20));
  fs.mkdirSync(root);
  const file = fs.openSync(join(root, 'file'), 'wx');
  for (let written = 0; written < largeBytes; written += bytes.length) fs.writeSync(file, bytes);
  fs.closeSync(file);
}
