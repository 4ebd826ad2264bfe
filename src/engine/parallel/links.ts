/**
 * Names that share one file: one of them is put in place, the others are linked to it. Which one is decided by
 * what the destination has already, so that a new name costs a link and not a copy.
 */

import type { Outcome } from '../../conduct/jobs.ts';
import type { LinkGroup, LinkName } from '../../journal/types.ts';
import type { Walk } from '../../profile/walk.ts';
import { sameTime } from '../../store/local/metadata/metadata.ts';
import { isFull, Target } from '../../store/local/place/target.ts';
import * as c from '../../work/posix/constants.ts';
import * as libc from '../../work/posix/libc.ts';
import { Slot } from '../../work/posix/memory.ts';
import { openUnder } from '../../work/posix/open-under.ts';
import { join } from '../../work/posix/path.ts';
import { Stat } from '../../work/posix/stat.ts';
import { Copying } from './copying.ts';
import type { Lane } from './lane.ts';

type Member = LinkName;

const nameSlot = new Slot();
const leaderSlot = new Slot();
const partialSlot = new Slot();

/** `led` says that the first of them was put in place a moment ago. Names that fail are named one by one. */
export function link(lane: Lane, walk: Walk, group: LinkGroup, led: boolean): void {
  const names = led ? [...group.names] : thereFirst(lane, group.names);
  const { tally } = lane.ledger.out;
  const madeBefore = tally.copied + tally.made;
  let leader = led ? names.shift() : undefined;
  for (const [at, member] of names.entries()) {
    if (lane.shared.stopped) return;
    const isAnother = tally.copied + tally.made > madeBefore; // also where a dry run only says so
    const settled = leader
      ? join1(lane, walk, { leader, member, isAnother })
      : settleAlone(lane, walk, member);
    if (settled === 'later') return void lane.ledger.out.groups.push({ ...group, names: names.slice(at) });
    if (settled === 'done') leader ??= member;
    if (settled === 'apart') leader = member; // the file can have no more names
  }
}

function thereFirst(lane: Lane, names: readonly Member[]): Member[] {
  const first = names.find((member) => isThere(lane, member)) ?? names[0]!;
  return [first, ...names.filter((member) => member !== first)];
}

/** `apart`: it is a file of its own, which others may be linked to. */
type Settled = 'done' | 'apart' | 'failed' | 'later';

/** Copies it, or finds it in place, as if it had no other name; a large file is left for later. */
function settleAlone(lane: Lane, walk: Walk, member: Member): Settled {
  const { out } = lane.ledger;
  const [bigs, unmade] = [out.bigs.length, notMade(out)];
  const names = Uint8Array.of(...member.name, 0);
  const suspectSince = lane.setup.suspectSince > 0n ? lane.setup.suspectSince : undefined;
  const copying = new Copying(lane, { inline: false, linksToo: true, suspectSince });
  walk.run({ dir: member.dir, names, what: 'entries', fresh: undefined, slice: 0 }, copying);
  if (out.bigs.length > bigs) return 'later';
  return notMade(out) > unmade ? 'failed' : 'done';
}

/** Entries that failed, or are of a kind that cannot be made here, which is no failure. */
function notMade({ failures, notices }: Outcome): number {
  return failures.length + (notices.special ?? 0);
}

/** Whether the destination has it already, as the source has it. */
function isThere(lane: Lane, member: Member): boolean {
  const looked = lookBoth(lane, member);
  if (!looked) return false;
  const { source, dest } = looked;
  return source.type === dest.type && source.size === dest.size && sameTime(source, dest, lane.setup.holder);
}

function lookBoth(lane: Lane, member: Member): { source: Stat; dest: Stat } | undefined {
  const source = lookUnder(lane.source, member.dir, member.name);
  const dest = lane.dest < 0 ? undefined : lookUnder(lane.dest, member.dir, lane.setup.single ?? member.name);
  return source && dest && { source, dest };
}

function lookUnder(root: number, dir: Uint8Array, name: Uint8Array): Stat | undefined {
  const fd = openUnder(root, dir, c.O_RDONLY | c.O_DIRECTORY);
  if (fd < 0) return undefined;
  const stat = new Stat();
  const failed = stat.at(fd, nameSlot.put(name));
  libc.close(fd);
  return failed < 0 ? undefined : stat;
}

type Two = { readonly leader: Member; readonly member: Member; readonly isAnother: boolean };

function join1(lane: Lane, walk: Walk, { leader, member, isAnother }: Two): Settled {
  const { ledger, setup } = lane;
  const path = () => join(member.dir, member.name);
  const first = lookUnder(lane.source, leader.dir, leader.name);
  const mine = lookUnder(lane.source, member.dir, member.name);
  if (!first || !mine?.sameFile(first)) return settleAlone(lane, walk, member);
  const wanted = lane.dest < 0 ? undefined : lookUnder(lane.dest, leader.dir, leader.name);
  const present = lane.dest < 0 ? undefined : lookUnder(lane.dest, member.dir, member.name);
  if (!wanted && !setup.dryRun) return settleAlone(lane, walk, member); // somebody took it away
  if (wanted && present?.sameFile(wanted) && !(setup.dryRun && isAnother)) return skipped(lane, member);
  const failed = setup.dryRun ? wouldTie(lane, member, present) : tie(lane, leader, member, present);
  if (failed === 0) ledger.did('link', path, 0);
  if (failed === 0) return 'done';
  if ([c.EXDEV, c.EPERM, c.EMLINK, c.EOPNOTSUPP].includes(-failed)) {
    ledger.notice('hardlink');
    const settled = settleAlone(lane, walk, member);
    return settled === 'done' && failed === -c.EMLINK ? 'apart' : settled;
  }
  lane.failed(path, failed, 'link');
  return 'failed';
}

function skipped(lane: Lane, member: Member): Settled {
  lane.ledger.skipped(0);
  const { sweep, dryRun } = lane.setup;
  if (sweep && !dryRun) within(lane, member, () => 0); // a killed run may have come as far as the link
  return 'done';
}

function wouldTie({ dest }: Lane, { dir, name }: Member, present: Stat | undefined): number {
  return present?.type === c.S_IFDIR && isFull(dest, join(dir, name)) ? -c.ENOTEMPTY : 0;
}

function tie(lane: Lane, leader: Member, member: Member, present: Stat | undefined): number {
  const from = openUnder(lane.dest, leader.dir, c.O_RDONLY | c.O_DIRECTORY);
  if (from < 0) return from;
  const { name } = member;
  const answer = within(lane, member, (target) =>
    tieIn(lane, { from, old: leader.name, target, name }, present),
  );
  libc.close(from);
  return answer;
}

/** Does something in the member's directory at the destination, which is as the source has it afterwards. */
function within(lane: Lane, member: Member, work: (target: Target) => number): number {
  const source = openUnder(lane.source, member.dir, c.O_RDONLY | c.O_DIRECTORY);
  const to = openUnder(lane.dest, member.dir, c.O_RDONLY | c.O_DIRECTORY);
  try {
    if (source < 0 || to < 0) return Math.min(source, to);
    const target = new Target(to);
    lane.ours.sweep(target, member.dir);
    const answer = work(target);
    settle(lane, source, target, member);
    return answer;
  } finally {
    for (const fd of [source, to]) if (fd >= 0) libc.close(fd);
  }
}

type Tie = {
  readonly from: number;
  readonly old: Uint8Array;
  readonly target: Target;
  readonly name: Uint8Array;
};

/** Under the name itself where that is free, else beside it and then over it. */
function tieIn(lane: Lane, { from, old, target, name }: Tie, present: Stat | undefined): number {
  const oldAt = leaderSlot.put(old);
  const nameAt = nameSlot.put(name);
  const isDirectory = present?.type === c.S_IFDIR;
  const cleared = isDirectory ? target.change(() => libc.unlinkat(target.fd, nameAt, c.AT_REMOVEDIR)) : 0;
  if (cleared < 0) return cleared;
  if (!present || isDirectory) return target.change(() => libc.linkat(from, oldAt, target.fd, nameAt, 0));
  const partialAt = partialSlot.put(lane.ours.partial());
  const linked = target.change(() => libc.linkat(from, oldAt, target.fd, partialAt, 0));
  if (linked < 0) return linked;
  const renamed = libc.renameat(target.fd, partialAt, target.fd, nameAt);
  if (renamed < 0) libc.unlinkat(target.fd, partialAt, 0);
  return renamed;
}

function settle(lane: Lane, source: number, target: Target, { dir }: Member): void {
  const stat = new Stat();
  stat.of(source);
  if (!target.touched && target.differences(source, stat, lane.setup).length === 0) return;
  target.settle({ fd: source }, stat, lane.setup);
  lane.ledger.out.devices.push({ device: target.stat.device, dir });
}
