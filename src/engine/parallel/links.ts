/**
 * Names that share one file: one of them is put in place, the others are linked to it. Which one is decided by
 * what the destination has already, so that a new name costs a link and not a copy.
 */
import type { LinkGroup, LinkName } from '../../journal/types.ts';
import type { Walk } from '../../profile/walk.ts';
import { fault } from '../../store/local/fault.ts';
import { sameTime } from '../../store/local/metadata.ts';
import { Target } from '../../store/local/target.ts';
import * as c from '../../work/posix/constants.ts';
import * as libc from '../../work/posix/libc.ts';
import { Slot } from '../../work/posix/memory.ts';
import { join, openUnder } from '../../work/posix/path.ts';
import { Stat } from '../../work/posix/stat.ts';
import { Copying } from './copying.ts';
import type { Lane } from './lane.ts';

type Member = LinkName;

const nameSlot = new Slot();
const leaderSlot = new Slot();
const partialSlot = new Slot();

export function link(lane: Lane, walk: Walk, group: LinkGroup): void {
  const leader = group.names.find((member) => isThere(lane, member)) ?? group.names[0]!;
  const bigs = lane.ledger.out.bigs.length;
  settleAlone(lane, walk, leader);
  if (lane.ledger.out.bigs.length > bigs) return void lane.ledger.out.groups.push(group);
  for (const member of group.names)
    if (member !== leader && !lane.shared.stopped) join1(lane, walk, leader, member);
}

/** Copies it, or finds it in place, as if it had no other name. */
function settleAlone(lane: Lane, walk: Walk, member: Member): void {
  const names = Uint8Array.of(...member.name, 0);
  const copying = new Copying(lane, { inline: false, linksToo: true, suspectSince: undefined });
  walk.run({ dir: member.dir, names, what: 'entries', fresh: undefined, slice: 0 }, copying);
}

/** Whether the destination has it already, as the source has it. */
function isThere(lane: Lane, member: Member): boolean {
  const looked = lookBoth(lane, member);
  if (!looked) return false;
  const { source, dest } = looked;
  return (
    source.type === dest.type &&
    source.size === dest.size &&
    sameTime(source, dest, lane.setup.holder.timeStepNs)
  );
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

function join1(lane: Lane, walk: Walk, leader: Member, member: Member): void {
  const { ledger, setup } = lane;
  const path = () => join(member.dir, member.name);
  const first = lookUnder(lane.source, leader.dir, leader.name);
  const mine = lookUnder(lane.source, member.dir, member.name);
  if (!first || !mine?.sameFile(first)) return settleAlone(lane, walk, member);
  const wanted = lane.dest < 0 ? undefined : lookUnder(lane.dest, leader.dir, leader.name);
  const present = lane.dest < 0 ? undefined : lookUnder(lane.dest, member.dir, member.name);
  lane.counted();
  if (wanted && present?.sameFile(wanted)) return ledger.skipped(0);
  if (setup.dryRun) return ledger.did('link', path, 0);
  if (!wanted) return; // why is said with the first name
  const failed = tie(lane, leader, member, present !== undefined);
  if (failed === 0) return ledger.did('link', path, 0);
  if (![c.EXDEV, c.EPERM, c.EMLINK, c.EOPNOTSUPP].includes(-failed))
    return ledger.failed(fault(path(), failed, 'link'));
  ledger.notice('hardlink');
  settleAlone(lane, walk, member);
}

function tie(lane: Lane, leader: Member, member: Member, replaces: boolean): number {
  const from = openUnder(lane.dest, leader.dir, c.O_RDONLY | c.O_DIRECTORY);
  const source = openUnder(lane.source, member.dir, c.O_RDONLY | c.O_DIRECTORY);
  const to = openUnder(lane.dest, member.dir, c.O_RDONLY | c.O_DIRECTORY);
  try {
    if (from < 0 || source < 0 || to < 0) return Math.min(from, source, to);
    return tieIn(lane, from, leader, source, new Target(to), member, replaces);
  } finally {
    for (const fd of [from, source, to]) if (fd >= 0) libc.close(fd);
  }
}

function tieIn(
  lane: Lane,
  from: number,
  leader: Member,
  sourceDir: number,
  target: Target,
  member: Member,
  replaces: boolean,
): number {
  const old = leaderSlot.put(leader.name);
  const name = nameSlot.put(member.name);
  const partial = partialSlot.put(lane.partialName());
  const failed = target.change(() => libc.linkat(from, old, target.fd, replaces ? partial : name, 0));
  const renamed = failed === 0 && replaces ? libc.renameat(target.fd, partial, target.fd, name) : failed;
  if (failed === 0 && renamed < 0) libc.unlinkat(target.fd, partial, 0);
  const stat = new Stat();
  stat.of(sourceDir);
  lane.ledger.lost(target.settle(sourceDir, stat, lane.setup.keep, lane.setup.holder));
  lane.ledger.out.devices.push({ device: target.stat.device, dir: member.dir });
  return renamed;
}
