/** A directory at the destination, opened for changes in it and left as the source has it. */

import { isUntouched } from '../../../conduct/setup.ts';
import { isKind, TransferError } from '../../../errors.ts';
import { show } from '../../../report/show.ts';
import type { Entry, Metadata } from '../../../store/entry.ts';
import { pathIn } from '../../../store/named.ts';
import { each } from '../../../work/each.ts';
import { heardLater } from '../../../work/heard-later.ts';
import { pathKey } from '../../../work/posix/path.ts';
import type { Lane } from '../lane.ts';
import { settleDirectory, settledAs, timedLater } from '../metadata/keep-metadata.ts';
import type { Dir } from '../walk/visitor.ts';
import { ensureChain, notDirectory } from './chain.ts';
import { Here } from './here.ts';

const leftAtOnce = 64;

/** `isFirst` is false where a dry run has said already what would be made above it. */
export async function enter(lane: Lane, dir: Dir, isFirst: boolean): Promise<Here> {
  const entry = await lookAt(lane, dir, isFirst);
  const isMissing = !entry && dir.whole && lane.together !== undefined;
  const here = new Here(lane, isMissing ? { ...dir, fresh: true } : dir, entry);
  if (dir.whole && dir.path.length === 0 && isUntouched(lane.setup)) here.isAll = true;
  else await here.list();
  if (lane.setup.sweep && !lane.setup.dryRun) {
    lane.wrote(); // what is found done may not be durable
    lane.setup.dest.shell?.wrote?.(dir.path);
  }
  return here;
}

async function lookAt(lane: Lane, dir: Dir, isFirst: boolean): Promise<Entry | undefined> {
  const { dest, dryRun } = lane.setup;
  if (dir.fresh) return undefined;
  const found = await dest.stat(dir.path, lane.signal);
  if (found?.kind === 'directory' || (!found && !dest.makeDirectory)) return found;
  if (found && (dir.slice > 0 || dir.whole)) throw notDirectory(dir.path); // somebody has walked to it
  if (dryRun && dir.whole) return undefined;
  if (dir.whole && lane.together) return undefined;
  if (dir.path.length === 0) {
    if (dryRun) return undefined;
    throw new TransferError('missing', `cannot write into ${show(dir.path)} at the destination: it is gone`);
  }
  if (!dryRun || isFirst) await ensureChain(lane, dir.path);
  return dryRun ? undefined : dest.stat(dir.path, lane.signal);
}

/**
 * Begins something in a directory that a walk has been to, which is looked at only where that did not work; who ends it gives
 * the directory its times back.
 */
export async function beginWithin<T>(lane: Lane, path: Uint8Array, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    return within(lane, path, (here) => again(here, act, error));
  }
}

/**
 * Changes something in a directory that a walk has been to, beside the look at it, and gives it its times back, unless who changes it
 * does that too: he is told what it gets.
 */
export async function withinAtOnce<T extends { readonly isSettled?: boolean }>(
  lane: Lane,
  path: Uint8Array,
  actIn: (directory: Promise<Metadata | undefined>) => Promise<T>,
): Promise<T> {
  const seen = heardLater(seeAgain(lane, path));
  const directory = heardLater(seen.then((entry) => settledAs(lane, entry)));
  const looking = heardLater(seen.then((entry) => enterAgain(lane, entry)));
  const act = () => actIn(directory);
  try {
    const done = await act();
    if (done.isSettled) timedLater(lane, await seen);
    else (await looking).touches();
    return done;
  } catch (error) {
    return await again(await looking, act, error);
  } finally {
    await looking.then(leave);
  }
}

/** It may have changed the directory; once more where that was not there, or its mode was in the way. */
async function again<T>(here: Here, act: () => Promise<T>, error: unknown): Promise<T> {
  if (isKind(error, 'denied', 'missing')) return here.change(act);
  here.touches();
  throw error;
}

/** Changes something in a directory that a walk has been to, and gives the directory its times back. */
export async function within<T>(lane: Lane, path: Uint8Array, act: (here: Here) => Promise<T>): Promise<T> {
  const here = await reenter(lane, path);
  try {
    return await act(here);
  } finally {
    await leave(here);
  }
}

/**
 * Puts a directory right that others have walked, and takes away what is left in it, where a run may have been killed while
 * it changed something there. What is not there any more is said by who looks for what was in it.
 */
export async function putRight(lane: Lane, path: Uint8Array): Promise<void> {
  try {
    const here = await reenter(lane, path);
    await settleDirectory(here);
  } catch (error) {
    if (!isKind(error, 'missing')) lane.failed(path, error);
  }
}

/** Directories that a walk has been to, each entered once, and given their times back at the end. */
export class Reentered implements AsyncDisposable {
  readonly #lane: Lane;
  readonly #heres = new Map<string, Promise<Here>>();

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  at(path: Uint8Array): Promise<Here> {
    const key = pathKey(path);
    const there = this.#heres.get(key) ?? reenter(this.#lane, path);
    this.#heres.set(key, there);
    return there;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const entered = await Promise.allSettled(this.#heres.values());
    await each(leftAtOnce, entered, new AbortController().signal, async (one) => {
      if (one.status === 'rejected') return; // who wanted it was told
      const { lane, dir } = one.value;
      await leave(one.value).catch((error: unknown) => lane.failed(dir.path, error));
    });
  }
}

async function reenter(lane: Lane, path: Uint8Array): Promise<Here> {
  return enterAgain(lane, await seeAgain(lane, path));
}

/** At the source. */
async function seeAgain(lane: Lane, path: Uint8Array): Promise<Entry> {
  const dir = pathIn(path, new Uint8Array(0));
  const { keep, source } = lane.setup;
  const [found, finelyNs] = await Promise.all([
    source.stat(dir, lane.signal),
    keep.times ? source.finelyOf?.({ path: dir }, lane.signal) : undefined, // wanted when it is left
  ]);
  if (found?.kind !== 'directory')
    throw new TransferError('missing', `cannot read ${show(dir)}: it is not there`);
  return finelyNs === undefined ? found : { ...found, finelyNs };
}

function enterAgain(lane: Lane, entry: Entry): Promise<Here> {
  const { path } = entry;
  return enter(lane, { path, entry, fresh: false, slice: 1, whole: false, alone: false }, false);
}

async function leave(here: Here): Promise<void> {
  if (here.touched && !here.lane.board.stopped) await settleDirectory(here);
}
