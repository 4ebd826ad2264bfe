/** What is no file is made, with its metadata, when it gets its name: symlinks, special files, other names of a file. */
import { redress } from '../../../store/local/metadata/dress.ts';
import { type Lost, nothing } from '../../../store/local/metadata/metadata.ts';
import { attributedAt } from '../../../store/local/metadata/xattrs.ts';
import { makeSpecial } from '../../../store/local/place/node.ts';
import type { Target } from '../../../store/local/place/target.ts';
import type { KeepHow } from '../../../store/local/probe/holder.ts';
import * as libc from '../../../work/posix/libc.ts';
import { Slot } from '../../../work/posix/memory.ts';
import { Stat } from '../../../work/posix/stat.ts';
import type { Member } from '../stream/member.ts';
import { statOf } from './member-stat.ts';

const nameSlot = new Slot();
const fromSlot = new Slot();
const targetSlot = new Slot();
const wanted = new Stat();
const made = new Stat();

type Landing = { readonly member: Member; readonly mtimeNs: bigint | undefined };

/** Where the file is that a hard link is another name of. */
type Existing = { readonly fd: number; readonly name: Uint8Array };

/** Under a name that is free; says what was lost, or why it is not there. */
export function makeNode(
  { member, mtimeNs }: Landing,
  existing: Existing | undefined,
  target: Target,
  name: Uint8Array,
  how: KeepHow,
): Lost | number {
  const at = { dir: target.fd, name: nameSlot.put(name) };
  const stat = statOf(member, mtimeNs, wanted);
  const failed = target.change(() => makeOne(member, stat, existing, at));
  if (failed < 0 || existing) return failed < 0 ? failed : nothing;
  made.at(at.dir, at.name);
  const carries = target.loose || member.attributes.size > 0;
  const carried = { from: { said: member.attributes }, to: attributedAt(target.fd, name) };
  const lost = redress(at, { source: stat, present: made, carried: carries ? carried : undefined }, how);
  if (typeof lost === 'number') libc.unlinkat(at.dir, at.name, 0);
  return lost;
}

type At = { readonly dir: number; readonly name: number };

function makeOne(member: Member, stat: Stat, existing: Existing | undefined, at: At): number {
  if (existing) return libc.linkat(existing.fd, fromSlot.put(existing.name), at.dir, at.name, 0);
  if (member.kind === 'symlink') return libc.symlinkat(targetSlot.put(member.target), at.dir, at.name);
  return makeSpecial(stat, at.dir, at.name);
}
