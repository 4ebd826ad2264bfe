/** Owner, mode and time, put on what a server has; what it looks like afterwards says what was kept. */
import { type Metadata, setIds, type Unkept } from '../entry.ts';
import type { Attributes } from './protocol/attributes.ts';
import { isRefusal } from './protocol/status.ts';

/** An open file, or a path. */
export type Wearer = {
  readonly set: (attributes: Partial<Attributes>) => Promise<void>;
  readonly look: () => Promise<Attributes>;
};

/** Who we are on the server: known once it did not let us give something away. Nothing is given away then. */
export type Us = { uid?: number };

export type Dressed = { readonly attributes: Attributes; readonly unkept: Unkept };

type Owner = NonNullable<Metadata['owner']>;

const second = 1_000_000_000n;
const latest = 0xffffffffn;
const superuser = 0;

/**
 * Each by itself and owner first, because giving away takes setuid away; servers keep their order for one file. All
 * is asked at once but for a setuid file, which waits for its owner.
 */
export async function give(wearer: Wearer, metadata: Metadata, us: Us): Promise<Dressed> {
  const { owner, mode, mtimeNs } = metadata;
  const isOwned = owner === undefined || own(wearer, owner, us);
  const given = mode !== undefined && isRisky(metadata) && !(await isOwned) ? mode & ~setIds : mode;
  const times = mtimeNs === undefined ? undefined : timesOf(mtimeNs);
  const [, , , attributes] = await Promise.all([
    isOwned,
    given === undefined || wore(wearer, { mode: given }),
    times === undefined || wore(wearer, { times }),
    wearer.look(),
  ]);
  return { attributes, unkept: unkeptOf(metadata, attributes) };
}

async function own(wearer: Wearer, owner: Owner, us: Us): Promise<boolean> {
  const isDone = await wore(wearer, { owner: { ...owner, ...us } });
  return isDone && (us.uid ?? owner.uid) === owner.uid;
}

/** What was to run as its owner must not run as another. */
export function isRisky({ owner, mode }: Metadata): boolean {
  return owner !== undefined && mode !== undefined && (mode & setIds) !== 0;
}

/** The group at least, where we may not give it away; remembers who we are then. */
export async function keepGroup(
  wearer: Wearer,
  dressed: Dressed,
  metadata: Metadata,
  us: Us,
): Promise<Dressed> {
  const { uid } = dressed.attributes.owner ?? {};
  const isTold = us.uid !== undefined || uid === undefined;
  if (isTold || metadata.owner === undefined || metadata.owner.uid === uid) return dressed;
  if (uid !== superuser) us.uid = uid; // else it is the file system that does not keep owners
  await wore(wearer, { owner: { uid, gid: metadata.owner.gid } });
  const attributes = await wearer.look();
  return { attributes, unkept: unkeptOf(metadata, attributes) };
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
