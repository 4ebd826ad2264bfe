/**
 * A large file in ranges: begun under a name of ours, filled by any lane in any order, finished once under its
 * own name. A file system that shares blocks takes all of it at the beginning.
 */

import { type BigFile, bigName, bigPath } from '../../conduct/bigs/big-file.ts';
import { dress } from '../../store/local/metadata/dress.ts';
import { clone, endedEarly, moveRange } from '../../store/local/place/bytes.ts';
import { losesHoles } from '../../store/local/place/holes.ts';
import { isRestless, letRest } from '../../store/local/place/let-rest.ts';
import { nameOver } from '../../store/local/place/place.ts';
import { looseMode } from '../../store/local/place/start-mode.ts';
import { Target } from '../../store/local/place/target.ts';
import * as c from '../../work/posix/constants.ts';
import * as libc from '../../work/posix/libc.ts';
import { Slot } from '../../work/posix/memory.ts';
import { openNamed, openUnder } from '../../work/posix/open-under.ts';
import { Stat } from '../../work/posix/stat.ts';
import { givesMore } from '../../work/posix/unsized.ts';
import type { Lane } from './lane.ts';

const nameSlot = new Slot();
const partialSlot = new Slot();
const readFlags = c.O_RDONLY | c.O_NOFOLLOW | c.O_NONBLOCK | c.O_CLOEXEC;

/**
 * Takes up the partial file that an earlier run left, or makes one, as long as it will be. The outcome names it,
 * and says 'complete' when all bytes came with it, 'gone' when there is nothing to take up: then it may have its
 * own name already.
 */
export function begin(lane: Lane, file: BigFile): void {
  withBoth(lane, file, (source, target, stat) => {
    lane.ours.sweep(target, file.dir);
    if (letRest(stat) && !isAtRest(source, stat)) return changed(lane);
    if (file.partial !== '') return takeUp(lane, target, file);
    const partial = lane.ours.partial();
    const flags = c.O_CREAT | c.O_EXCL | c.O_RDWR | c.O_NOFOLLOW | c.O_CLOEXEC;
    const output = target.change(() => libc.openat(target.fd, partialSlot.put(partial), flags, 0o600));
    if (output < 0) return lane.failed(() => bigPath(file), output, 'write');
    const cloned = clone(source, output);
    const grown = cloned ? 0 : libc.ftruncate(output, file.bytes);
    libc.close(output);
    if (grown < 0) {
      lane.failed(() => bigPath(file), grown, 'write');
      libc.unlinkat(target.fd, partialSlot.put(partial), 0);
      return;
    }
    if (cloned) lane.moves(file.bytes);
    begun(lane, { ...file, partial: partial.toString() }, cloned ? 'complete' : 'begun');
  });
}

function changed(lane: Lane): void {
  lane.ledger.out.big = 'changed';
}

function isAtRest(source: number, before: Stat): boolean {
  const now = new Stat();
  return now.of(source) === 0 && now.untouchedSince(before) && !isRestless(now);
}

function begun(lane: Lane, file: BigFile, state: 'begun' | 'complete'): void {
  lane.ledger.out.bigs.push(file);
  lane.ledger.out.big = state;
}

function takeUp(lane: Lane, target: Target, file: BigFile): void {
  if (isWhole(target, file)) begun(lane, file, 'begun');
  else lane.ledger.out.big = 'gone';
}

function isWhole(target: Target, file: BigFile): boolean {
  const stat = new Stat();
  const failed = stat.at(target.fd, partialSlot.put(Buffer.from(file.partial)));
  return failed === 0 && stat.type === c.S_IFREG && stat.size === file.bytes;
}

export function copyRange(lane: Lane, file: BigFile, offset: number, length: number): void {
  withBoth(lane, file, (source, target) => {
    const output = libc.openat(
      target.fd,
      partialSlot.put(Buffer.from(file.partial)),
      c.O_WRONLY | c.O_NOFOLLOW | c.O_CLOEXEC,
      0,
    );
    if (output < 0) return lane.failed(() => bigPath(file), output, 'write');
    const sparse = file.sparse && lane.setup.keep.sparse;
    const files = { from: source, to: output, sparse };
    const unmoved = moveRange(files, { offset, length }, lane.how.before);
    libc.close(output);
    if (unmoved === endedEarly) {
      lane.ledger.out.big = 'changed';
      return;
    }
    if (unmoved) return lane.failed(() => bigPath(file), unmoved.errno, unmoved.side);
    lane.ledger.out.big = 'begun';
  });
}

/** Gives it its metadata and its name, if the source is still what was copied; 'changed' when it is not. */
export function finish(lane: Lane, file: BigFile): void {
  const { setup, ledger } = lane;
  withBoth(lane, file, (source, target, stat) => {
    if (givesMore(source, stat)) {
      ledger.out.big = 'changed';
      return;
    }
    const partial = partialSlot.put(Buffer.from(file.partial));
    const output = libc.openat(target.fd, partial, c.O_RDWR | c.O_NOFOLLOW | c.O_CLOEXEC, 0);
    if (output < 0) return lane.failed(() => bigPath(file), output, 'write');
    const made = new Stat();
    made.of(output);
    const lost = dress(output, { source: stat, present: made, attributes: { fd: source } }, setup);
    if (typeof lost === 'number') {
      libc.close(output);
      return lane.failed(() => bigPath(file), lost, 'write');
    }
    ledger.lost(lost);
    if (!setup.keep.mode) libc.fchmod(output, looseMode(stat, replaced(lane, target, file), setup.holder));
    if (setup.keep.sparse && losesHoles(source, output, stat)) ledger.notice('sparse');
    libc.close(output);
    const to = { dir: target.fd, name: nameSlot.put(finalName(lane, file)) };
    const failed = target.change(() => nameOver(Buffer.from(file.partial), to, file.over));
    if (failed < 0) return lane.failed(() => bigPath(file), failed, 'write');
    ledger.did(file.over ? 'update' : 'copy', () => bigPath(file), file.bytes);
    ledger.hollow(file.bytes, stat.blocks * 512);
    ledger.out.big = 'complete';
  });
}

function finalName({ setup }: Lane, file: BigFile): Uint8Array {
  return setup.single ?? bigName(file);
}

/** What has its name now, where it is to take the place of something. */
function replaced(lane: Lane, target: Target, file: BigFile): Stat | undefined {
  const there = new Stat();
  const isThere = file.over !== '' && there.at(target.fd, nameSlot.put(finalName(lane, file))) === 0;
  return isThere ? there : undefined;
}

/** Takes the partial file away, whether or not its source is still there. */
export function drop(lane: Lane, file: BigFile): void {
  const to = openUnder(lane.dest, file.dir, c.O_RDONLY | c.O_DIRECTORY);
  if (to < 0) return;
  const target = new Target(to);
  target.change(() => libc.unlinkat(target.fd, partialSlot.put(Buffer.from(file.partial)), 0));
  const from = openUnder(lane.source, file.dir, c.O_RDONLY | c.O_DIRECTORY);
  if (from >= 0 && !lane.setup.single) settle(lane, from, target);
  if (from >= 0) libc.close(from);
  libc.close(to);
}

function withBoth(
  lane: Lane,
  file: BigFile,
  work: (source: number, target: Target, stat: Stat) => void,
): void {
  withDirectories(lane, file, (from, target) => {
    const source = libc.openat(from, nameSlot.put(bigName(file)), readFlags, 0);
    const isLink = source === -c.ELOOP; // it is one now
    if (source < 0 && !isLink) return lane.failed(() => bigPath(file), source, 'read');
    const stat = new Stat();
    const isSame = !isLink && stat.of(source) === 0 && stat.printText() === file.print;
    if (isSame) work(source, target, stat);
    else lane.ledger.out.big = 'changed';
    if (!isLink) libc.close(source);
  });
}

/** Opens its directory on both sides, and gives the one at the destination its times back if it was changed. */
function withDirectories(lane: Lane, file: BigFile, work: (from: number, target: Target) => void): void {
  const from = openNamed(lane.source, file.dir);
  if (from < 0) return lane.failed(() => bigPath(file), from, 'read');
  const to = openUnder(lane.dest, file.dir, c.O_RDONLY | c.O_DIRECTORY);
  if (to >= 0) {
    const target = new Target(to);
    work(from, target);
    lane.ledger.out.devices.push({ device: target.stat.device, dir: file.dir });
    if (target.touched && !lane.setup.single) settle(lane, from, target);
    libc.close(to);
  } else lane.failed(() => bigPath(file), to, 'write');
  libc.close(from);
}

function settle(lane: Lane, from: number, target: Target): void {
  const source = new Stat();
  source.of(from);
  target.settle({ fd: from }, source, lane.setup);
}
