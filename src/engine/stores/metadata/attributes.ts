/** Extended attributes and ACLs, between places of which one tells them and the other takes them. */
import { TransferError } from '../../../errors.ts';
import { show } from '../../../report/show.ts';
import { differingKinds, withHidden } from '../../../store/attributes.ts';
import {
  type Attributes,
  type Entry,
  type FileEntry,
  type Metadata,
  noMetadata,
  type Written,
} from '../../../store/entry.ts';
import { type RelativePath, splitPath } from '../../../store/path.ts';
import type { Store } from '../../../store/store.ts';
import type { Lane } from '../lane.ts';
import type { StoresSetup } from '../setup.ts';
import { wantedOver } from './same.ts';

/** Whether there are any to compare. */
export function areGiven({ dest, keep, source }: StoresSetup): boolean {
  const isTold = source.attributesOf && dest.attributesOf && dest.giveAttributes;
  return isTold !== undefined && (keep.xattrs || keep.acls);
}

/** Puts those of the source on what is at the destination, where they differ and can be read. Answers whether they did. */
export async function giveLike(lane: Lane, path: RelativePath, target: RelativePath): Promise<boolean> {
  const { ledger, setup, signal } = lane;
  const { dest, dryRun, keep, source } = setup;
  if (!areGiven(setup) || !source.attributesOf || !dest.attributesOf || !dest.giveAttributes) return false;
  const [told, there] = await Promise.all([
    source.attributesOf(path, keep, signal),
    dest.attributesOf(target, keep, signal),
  ]);
  if (!told || !there) {
    noticeUnread(lane);
    return false;
  }
  const wanted = wantedFor(source, told, there);
  if (differingKinds(wanted, there).length === 0) return false;
  if (!dryRun) ledger.lost(await dest.giveAttributes(target, wanted, keep, signal));
  return true;
}

/** Where it goes, and what has that name and may be replaced. */
type Placing = { readonly target: RelativePath; readonly replaced: Entry | undefined };

/**
 * Makes a file with `make`, and what it has of attributes with it. Where that takes programs on a host, it has another time
 * than its source until then: who is killed in between does it again. They may have been asked for already.
 */
export async function withAttributes<M extends Written>(
  lane: Lane,
  file: FileEntry,
  { target, replaced }: Placing,
  make: (metadata: Metadata) => Promise<M>,
  asked = farOf(lane, file.path),
): Promise<M> {
  const { dest, farAttributes, keep } = lane.setup;
  const wanted = wantedOver(file, replaced, lane.setup);
  const attributes = await asked;
  const isBare =
    attributes?.size === 0 && (dest.giveAttributes || !(await inherits(lane, file.path, target)));
  if (!attributes || isBare || !dest.dress) {
    const made = await make(wanted);
    if (isBare)
      await dest.giveAttributes?.(target, attributes, keep, lane.signal); // its directory may have given it an ACL
    else await carryAttributes(lane, file.path, target);
    return made;
  }
  const { mtimeNs } = wanted;
  const made = await make({ ...wanted, mtimeNs: mtimeNs && anotherTime(mtimeNs) });
  const like = { mode: made.entry.mode ?? wanted.mode, attributes }; // where its owner is another, it may run as him no more
  lane.ledger.lost(
    dest.giveAttributes
      ? await dest.giveAttributes(target, attributes, keep, lane.signal)
      : await farAttributes.give!(target, like, lane.signal),
  );
  const unkept = mtimeNs ? await dest.dress(target, { ...noMetadata, mtimeNs }, lane.signal) : [];
  const entry = { ...made.entry, mtimeNs: wanted.mtimeNs };
  return { ...made, entry, unkept: [...made.unkept, ...unkept], isSettled: false }; // programs make names beside it
}

const second = 1_000_000_000n;

function anotherTime(mtimeNs: bigint): bigint {
  return mtimeNs < second ? mtimeNs + second : mtimeNs - second;
}

/**
 * What a file has, where it takes a program on a host to tell it, or to put it there; undefined: it takes none, there is
 * none, or not all can be read, which is counted.
 */
export async function farOf(lane: Lane, path: RelativePath): Promise<Attributes | undefined> {
  const { dest, farAttributes, keep, source } = lane.setup;
  const isFar = !(source.attributesOf && dest.giveAttributes);
  const of = source.attributesOf ?? farAttributes.of;
  if (!isFar || !of || !(dest.giveAttributes ?? farAttributes.give)) return undefined;
  if (!keep.xattrs && !keep.acls) return undefined;
  const told = await of(path, keep, lane.signal);
  if (!told) noticeUnread(lane);
  return told;
}

/** One file goes without what it may have. */
function noticeUnread({ ledger, setup: { keep } }: Lane): void {
  ledger.notice(keep.xattrs ? 'xattr' : 'acl');
}

/** What the source told, and what it may have without telling it. */
function wantedFor({ tellsHidden }: Store, told: Attributes, there: Attributes): Attributes {
  return tellsHidden ? told : withHidden(told, there);
}

/** Whether what is made in its directory gets an ACL of its own there: from that of the source, or from one that was there. */
async function inherits(
  { setup: { dest, farAttributes, keep, rootIsNew, source }, signal }: Lane,
  path: RelativePath,
  target: RelativePath,
): Promise<boolean> {
  if (!keep.acls) return false;
  const acls = { xattrs: false, acls: true };
  const into = splitPath(target).dir;
  const isKnown = rootIsNew || (into.length === 0 && dest.hasAcl === false); // to have none but those of the source
  const of = source.attributesOf ?? farAttributes.of;
  const [above, there] = await Promise.all([
    of?.(splitPath(path).dir, acls, signal),
    isKnown ? undefined : farAttributes.there?.(into, acls, signal),
  ]);
  return [above, there].some((has) => has && [...has.keys()].some((name) => name.endsWith('_default')));
}

/**
 * For a file that was written: the same, or a word about what it has that the destination does not take. Where there are
 * batches few files go this way; where all do, or times are not kept, the run says it once.
 */
async function carryAttributes(lane: Lane, path: RelativePath, target: RelativePath): Promise<void> {
  const { source, dest, keep, batches, farAttributes } = lane.setup;
  const isAsked = batches && !dest.takeFrom && source.attributesOf && (keep.xattrs || keep.acls);
  if (!isAsked || !keep.times || dest.giveAttributes) return void (await giveLike(lane, path, target));
  if (farAttributes.give) return; // it has none
  const has = await source.attributesOf!(path, keep, lane.signal);
  for (const kind of has ? differingKinds(has, new Map()) : []) lane.ledger.notice(kind, 1);
}

export type Both = { readonly wanted: Attributes; readonly there: Attributes };

/**
 * What the ends have, or of files and directories programs there say that they have; undefined where nobody tells. Throws
 * 'denied' where they cannot be read: who compared the rest would take away what is not told.
 */
export async function attributesOfBoth(
  { setup: { source, dest, farAttributes, keep }, signal }: Lane,
  { kind, path }: Entry,
  target: RelativePath,
): Promise<Both | undefined> {
  const far = kind === 'file' || kind === 'directory' ? farAttributes : undefined;
  const of = source.attributesOf ?? far?.of;
  const ofThere = dest.attributesOf ?? far?.there;
  if (!of || !ofThere || !(keep.xattrs || keep.acls)) return undefined;
  const [told, there] = await Promise.all([of(path, keep, signal), ofThere(target, keep, signal)]);
  if (!told) throw unread(path, 'source');
  if (!there) throw unread(target, 'destination');
  return { wanted: wantedFor(source, told, there), there };
}

function unread(path: RelativePath, end: string): TransferError {
  return new TransferError('denied', `cannot read the attributes of ${show(path)} at the ${end}`, {
    hint: 'those at the destination stay as they are',
  });
}
