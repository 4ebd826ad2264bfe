/** Owner, mode and time, put on what a server has; what it looks like afterwards says what was kept. */
import type { Metadata, Unkept } from '../store.ts';
import type { Attributes } from './attributes.ts';
import { isRefusal } from './status.ts';

/** An open file, or a path. */
export type Wearer = {
  readonly set: (attributes: Partial<Attributes>) => Promise<void>;
  readonly look: () => Promise<Attributes>;
};

export type Dressed = { readonly attributes: Attributes; readonly unkept: Unkept };

const second = 1_000_000_000n;
const latest = 0xffffffffn;
const setIds = 0o6000;

/** Each by itself and owner first, because giving away takes setuid away; servers keep their order for one file. */
export async function give(wearer: Wearer, metadata: Metadata): Promise<Dressed> {
  const { owner, mode, mtimeNs } = metadata;
  const isOwned = owner === undefined || wore(wearer, { owner });
  const isPlain = mode === undefined || (mode & setIds) === 0;
  const given = isPlain || (await isOwned) ? mode : mode & ~setIds; // what was to run as its owner does not run as another
  const times = mtimeNs === undefined ? undefined : timesOf(mtimeNs);
  const [, , , seen] = await Promise.all([
    isOwned,
    given === undefined || wore(wearer, { mode: given }),
    times === undefined || wore(wearer, { times }),
    wearer.look(),
  ]);
  const attributes = await keepGroup(wearer, seen, owner, given);
  return { attributes, unkept: unkeptOf(metadata, attributes) };
}

/** The group at least, where we may not give it away. */
async function keepGroup(
  wearer: Wearer,
  seen: Attributes,
  owner: Metadata['owner'],
  mode: number | undefined,
): Promise<Attributes> {
  if (!owner || !seen.owner || seen.owner.uid === owner.uid || seen.owner.gid === owner.gid) return seen;
  if (!(await wore(wearer, { owner: { uid: seen.owner.uid, gid: owner.gid } }))) return seen;
  if (mode !== undefined) await wore(wearer, { mode });
  return wearer.look();
}

/** Whether the server did it. */
async function wore(wearer: Wearer, attributes: Partial<Attributes>): Promise<boolean> {
  try {
    await wearer.set(attributes);
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

/** In whole seconds from 1970 to 2106, which is all that SFTP has. */
function timesOf(ns: bigint): NonNullable<Attributes['times']> {
  const whole = ns < 0n ? 0n : ns / second;
  const mtime = Number(whole > latest ? latest : whole);
  return { atime: mtime, mtime };
}

/** Whether it has the time that was given, as far as whole seconds tell. */
export function hasTime({ times }: Attributes, { mtimeNs }: Metadata): boolean {
  return mtimeNs !== undefined && times?.mtime === timesOf(mtimeNs).mtime;
}

/** What an entry has not of what it was to have. */
export function unkeptOf(wanted: Metadata, { owner, mode, times }: Attributes): Unkept {
  const kept = {
    owner: owner?.uid === wanted.owner?.uid && owner?.gid === wanted.owner?.gid,
    mode: mode !== undefined && (mode & 0o7777) === wanted.mode,
    mtimeNs: times !== undefined && BigInt(times.mtime) * second === wanted.mtimeNs,
  };
  const keys = ['owner', 'mode', 'mtimeNs'] as const;
  return keys.filter((key) => wanted[key] !== undefined && !kept[key]);
}
