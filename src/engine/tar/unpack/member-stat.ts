/** What a member would look like on this disk, once it is unpacked. */

import * as c from '../../../work/posix/constants.ts';
import type { Stat } from '../../../work/posix/stat.ts';
import type { Member } from '../stream/member.ts';

const types: Readonly<Record<Member['kind'], number>> = {
  file: c.S_IFREG,
  link: c.S_IFREG,
  directory: c.S_IFDIR,
  symlink: c.S_IFLNK,
  fifo: c.S_IFIFO,
  character: c.S_IFCHR,
  block: c.S_IFBLK,
};

/** As in S_IFMT. */
export function typeOf(kind: Member['kind']): number {
  return types[kind];
}

/** Fills `stat` as the member says; `mtimeNs` is believed before the member's own time. */
export function statOf(member: Member, mtimeNs: bigint | undefined, stat: Stat): Stat {
  const { uid, gid, size } = member;
  const time = timeOf(member, mtimeNs);
  const { words } = stat;
  words.fill(0);
  words[5] = uid;
  words[6] = gid;
  words[7] = types[member.kind] | member.mode;
  words.set(halves(size), 10);
  words.set(halves(Math.ceil(size / 512)), 12);
  words.set([...halves(time.seconds), time.ns], 16); // nobody compares when it was read last
  words.set([...halves(time.seconds), time.ns], 28);
  words[32] = member.major;
  words[33] = member.minor;
  return stat;
}

function timeOf({ mtimeSeconds, mtimeNs: ns }: Member, known: bigint | undefined) {
  if (known === undefined) return { seconds: mtimeSeconds, ns };
  const rest = ((known % second) + second) % second;
  return { seconds: Number((known - rest) / second), ns: Number(rest) };
}

const second = 1_000_000_000n;

function halves(value: number): [number, number] {
  return [(value % 2 ** 32) | 0, Math.floor(value / 2 ** 32)];
}
