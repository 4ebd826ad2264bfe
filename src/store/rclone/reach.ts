/** A place that rclone serves: what it can do there, and how it is asked. */
import { isKind } from '../../errors.ts';
import { show } from '../../report/show.ts';
import type { RelativePath } from '../path.ts';
import { call } from './call.ts';
import { type Daemon, placeName } from './daemon.ts';
import type { Item } from './entry.ts';
import { type Doing, faultOf, trouble } from './fault.ts';
import { digestOf } from './hashes.ts';
import type { LeftOut } from './left-out.ts';
import { toRclone } from './names.ts';
import { Refusal } from './refusal.ts';

export type Reach = {
  readonly daemon: Daemon;
  /** the place, as a person writes it */
  readonly name: string;
  readonly traits: Traits;
  readonly leftOut: LeftOut;
  /** it has no directories, and is what some names begin with */
  readonly isPrefix: boolean;
};

export type Traits = {
  /** what is written there shows before it is whole, unless it has another name until then */
  readonly showsHalf: boolean;
  readonly hasDirectories: boolean;
  /** it does not tell upper from lower case */
  readonly foldsCase: boolean;
  /** it may hold several files of one name */
  readonly hasDuplicates: boolean;
  /** a file can get another name, without its bytes being sent again */
  readonly canMove: boolean;
  readonly tellsMetadata: boolean;
  /** it knows these of a file without reading it */
  readonly hashes: readonly string[];
  /** the hash that it is asked for where contents are compared; undefined: it has none that we can make */
  readonly digest: string | undefined;
  /** an rclone of this version copies many files in one run so that each is old or new */
  readonly copiesMany: boolean;
  /** undefined: its times are those of the writing */
  readonly timeStepNs: number | undefined;
  /** what it leaves out of a list, it says only to who listens closely */
  readonly whispers: boolean;
  /** what it says in its log may be about other names than those in its lists */
  readonly renames: boolean;
};

type Info = {
  readonly String: string;
  readonly Features: Readonly<Record<string, boolean>>;
  readonly Hashes: readonly string[] | null;
  readonly Precision: number;
};

const noTimesNs = 1e18; // rclone says a hundred years
const tellsWhole = [1, 63]; // from this version on it says what shows half written
const metadataFrom = [1, 59];
const namesPartials = [1, 66]; // from this version on it can be told how to call what is not whole
const namesUndecrypted = [1, 66]; // from this version on it says aloud which names it cannot decrypt

/** Undefined where a file is there, and not a place to look into. */
export async function traitsOf(
  daemon: Daemon,
  name: string,
  signal: AbortSignal,
): Promise<Traits | undefined> {
  try {
    const [info, { decomposed }] = await Promise.all([
      call<Info>(daemon, 'operations/fsinfo', { fs: placeName }, signal),
      call<{ decomposed: readonly number[] }>(daemon, 'core/version', {}, signal),
    ]);
    return traitsIn(info, decomposed);
  } catch (error) {
    if (error instanceof Refusal && error.message.includes('is a file not a directory')) return undefined;
    throw faultOf(error, 'reach', name);
  }
}

function traitsIn(
  { String: about, Features: has, Hashes, Precision }: Info,
  version: readonly number[],
): Traits {
  const isOld = isBefore(version, tellsWhole);
  return {
    showsHalf: isOld ? !has.BucketBased : has.PartialUploads === true,
    hasDirectories: has.CanHaveEmptyDirectories === true,
    foldsCase: has.CaseInsensitive === true,
    hasDuplicates: has.DuplicateFiles === true,
    canMove: has.Move === true || has.Copy === true,
    tellsMetadata: has.ReadMetadata === true && !isBefore(version, metadataFrom),
    hashes: has.SlowHash
      ? []
      : (Hashes ?? []).filter((hash) => hash === 'md5' || hash === 'sha1').slice(0, 1),
    digest: digestOf(Hashes ?? []),
    copiesMany: !isBefore(version, namesPartials) && (has.PartialUploads !== true || has.Move === true),
    whispers: /^https?:/.test(about) || (/^Encrypted/.test(about) && isBefore(version, namesUndecrypted)),
    renames: has.WrapFs === true || /^(combine|union) /.test(about),
    timeStepNs: Precision >= noTimesNs ? undefined : Math.max(1, Precision),
  };
}

function isBefore([major = 0, minor = 0]: readonly number[], [from = 0, since = 0]: readonly number[]) {
  return major < from || (major === from && minor < since);
}

/** What rclone is asked to tell of an entry. */
export function wanted({ tellsMetadata, hashes }: Traits) {
  return {
    noMimeType: true,
    metadata: tellsMetadata,
    ...(hashes.length > 0 && { showHash: true, hashTypes: hashes }),
  };
}

/** Its path for rclone; throws 'unsupported' where it has none. */
export function remoteOf({ name }: Reach, path: RelativePath, doing: Doing): string {
  const remote = toRclone(path);
  if (remote !== undefined) return remote;
  throw trouble(
    doing,
    shown(name, path),
    'unsupported',
    'its name is not valid UTF-8, and rclone holds no other',
  );
}

/** A call about an entry; a refusal becomes an error about it. */
export async function must<T>(
  reach: Reach,
  path: RelativePath,
  doing: Doing,
  asked: { readonly call: string; readonly words: object },
  signal: AbortSignal,
): Promise<T> {
  try {
    return await call<T>(reach.daemon, asked.call, { fs: placeName, ...asked.words }, signal);
  } catch (error) {
    throw faultOf(error, doing, shown(reach.name, path));
  }
}

/** What rclone says of a path; undefined where nothing of that kind is there. */
export async function itemAt(
  reach: Reach,
  path: RelativePath,
  doing: Doing,
  which: 'filesOnly' | 'dirsOnly',
  signal: AbortSignal,
): Promise<Item | undefined> {
  const opt = { ...wanted(reach.traits), [which]: true };
  const words = { remote: remoteOf(reach, path, doing), opt };
  try {
    const asked = { call: 'operations/stat', words };
    return (await must<{ item: Item | null }>(reach, path, doing, asked, signal)).item ?? undefined;
  } catch (error) {
    if (isKind(error, 'missing', 'conflict')) return undefined; // a file is where a directory would be
    throw error;
  }
}

/** An entry of the place, as a person reads it. */
export function shown(name: string, path: Uint8Array): string {
  if (path.length === 0) return name;
  return `${name.replace(/[/]$/, '')}${/[:/]$/.test(name) ? '' : '/'}${show(path)}`;
}
