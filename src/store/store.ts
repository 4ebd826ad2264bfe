/**
 * A Store is an opened Location: what can be done there, as a record of functions.
 *
 * - It is plain data without `this`, so a wrapper is `{ ...store, write: … }`, and what the store cannot do stays
 *   absent. Ask `if (store.makeLink)`, never what it is.
 * - What is not there is a value: `stat` and `readLink` answer undefined, `remove` false. All others throw
 *   'missing' then, because who calls them has seen the entry.
 * - Every error is a TransferError whose kind says whether trying again may help ('transient'), and any call may be
 *   made again: nothing here takes a stream that is used up by the first try.
 * - An abort throws the signal's reason and leaves nothing half done under a final name.
 */
import type { Batches, TakeHow } from './batch.ts';
import type { Body, Digest, Origin } from './body.ts';
import type {
  AttributeKinds,
  Attributes,
  Entry,
  FileEntry,
  Listed,
  Metadata,
  Special,
  Unkept,
  UnkeptAttributes,
  Written,
} from './entry.ts';
import type { Parts } from './parts.ts';
import type { RelativePath } from './path.ts';
import type { Carrier } from './rclone/carrier.ts';
import type { ListHow, Rows, Sieve } from './rows.ts';
import type { Shell } from './shell.ts';

export interface Store extends AsyncDisposable {
  /**
   * What is in a directory, in no order, a few at a time however many there are. One entry that cannot be looked
   * at, or has a name no path can hold, comes as Unlisted between the others.
   */
  readonly list: (dir: RelativePath, signal: AbortSignal) => AsyncIterable<Listed>;

  /**
   * All that is in a directory, where that is at hand and little; undefined: whoever wants it lists it, and hears what
   * is wrong. Absent: nothing ever is.
   */
  readonly listNow?: (dir: RelativePath, sieve?: Sieve) => readonly Listed[] | undefined;

  /**
   * The same as numbers, for who compares them with others, and waits until it is at hand; undefined: it will not be. What is
   * given so is not given again.
   */
  readonly rows?: (dir: RelativePath) => Promise<Rows | undefined>;

  /**
   * Never follows a symlink, but for the place itself where that is one to a directory: what is behind another is
   * not there.
   */
  readonly stat: (path: RelativePath, signal: AbortSignal) => Promise<Entry | undefined>;

  /**
   * The bytes of a file as it was when `file` came from `list`, `stat` or `write`, known by its path, size and print;
   * nothing is opened yet.
   */
  readonly read: (file: FileEntry) => Body;

  /**
   * Makes a file, in a directory that is there. Its name shows what it had before or all of the new file, never
   * a part; a body that ends early or late is 'corrupt', a name that is taken 'conflict'.
   */
  readonly write: (path: RelativePath, body: Body, how: WriteHow, signal: AbortSignal) => Promise<Written>;

  /** Takes one entry away; false if it was not there. A directory that is not empty is a 'conflict'. */
  readonly remove: (path: RelativePath, signal: AbortSignal) => Promise<boolean>;

  // What only some can do.

  /** A small file, its bytes and all that is to be known of it, asked for at once: for what was only listed. */
  readonly take?: (
    file: FileEntry,
    signal: AbortSignal,
  ) => Promise<{ readonly entry: FileEntry; readonly bytes: Uint8Array; readonly origin: Origin }>;

  /**
   * The one name of the place, whichever way it was typed; where nothing is there yet, the name it would have, or
   * undefined if there is no directory to make it in.
   */
  readonly canonical?: (signal: AbortSignal) => Promise<Uint8Array | undefined>;

  /** On which host it is, and for which user, whichever way that was typed. Absent: only one way is. */
  readonly host?: string;

  /** Makes a directory in one that is there; a name that is taken is a 'conflict'. Absent: none is needed. */
  readonly makeDirectory?: (path: RelativePath, metadata: Metadata, signal: AbortSignal) => Promise<Unkept>;

  /** Makes a symlink; its mode is nobody's. */
  readonly makeSymlink?: (
    path: RelativePath,
    target: Uint8Array,
    metadata: Metadata,
    signal: AbortSignal,
  ) => Promise<Unkept>;

  /** The target of a symlink; undefined if there is none. */
  readonly readLink?: (path: RelativePath, signal: AbortSignal) => Promise<Uint8Array | undefined>;

  /** Makes a FIFO, a socket or a device; 'denied' where that takes more rights, 'unsupported' where it cannot be. */
  readonly makeSpecial?: (
    path: RelativePath,
    special: Special,
    metadata: Metadata,
    signal: AbortSignal,
  ) => Promise<Unkept>;

  /** Gives a file that is there another name. */
  readonly makeLink?: (path: RelativePath, existing: RelativePath, signal: AbortSignal) => Promise<void>;

  /**
   * What `linked` says of a file that was looked at by `stat`, which does not tell it; undefined also where it is not
   * there. Absent: `stat` tells as much as `list`.
   */
  readonly linkOf?: (file: Pick<FileEntry, 'path'>, signal: AbortSignal) => Promise<string | undefined>;

  /** The `finelyNs` of what was looked at by `stat`, which does not tell it. Absent: `stat` tells what there is. */
  readonly finelyOf?: (entry: Pick<Entry, 'path'>, signal: AbortSignal) => Promise<bigint | undefined>;

  /** Both `stat` and `list` tell all names of one file. Absent: only that nobody says so. */
  readonly tellsLinks?: true;

  /** Changes the metadata of what is there; what is undefined stays. */
  readonly dress?: (path: RelativePath, metadata: Metadata, signal: AbortSignal) => Promise<Unkept>;

  /** A directory that was dressed gets this time to the nanosecond by the next `sync` or `seal`, where programs there can. */
  readonly timeLater?: (dir: RelativePath, mtimeNs: bigint) => void;

  /**
   * Extended attributes and ACLs of what is there, as far as they are to be kept; undefined: not all can be read.
   * Absent: nobody tells.
   */
  readonly attributesOf?: (
    path: RelativePath,
    kinds: AttributeKinds,
    signal: AbortSignal,
  ) => Promise<Attributes | undefined>;

  /** Those that only root sees are among them. */
  readonly tellsHidden?: boolean;

  /** Makes those of these kinds what is given, and answers how many of each could not be. */
  readonly giveAttributes?: (
    path: RelativePath,
    attributes: Attributes,
    kinds: AttributeKinds,
    signal: AbortSignal,
  ) => Promise<UnkeptAttributes>;

  /** Everything done here so far survives a power cut. Absent: it does anyway. */
  readonly sync?: (signal: AbortSignal) => Promise<void>;

  /** The same place with what is written down in it beside its entries; undefined: nothing is. To be asked for first. */
  readonly withManifest?: (signal: AbortSignal) => Promise<Store | undefined>;

  /** All that was to be changed is: writes down what entries there cannot hold. It may be done again. */
  readonly seal?: (signal: AbortSignal) => Promise<void>;

  /** Programs can be run where the place is. */
  readonly shell?: Shell;

  /** Whether `write` has its service copy a file of this size, instead of reading it. */
  readonly copies?: (origin: Origin | undefined, size: number) => boolean;
  /** Takes small files from a directory on this machine by itself; undefined where it cannot from there, or not so. */
  readonly takeFrom?: (root: Uint8Array, how: TakeHow) => Batches | undefined;

  /** How an rclone reaches it by itself, and copies many files there or from there in one run. */
  readonly carrier?: Carrier;

  /** Files that grow by ranges. */
  readonly parts?: Parts;

  /** Much is about to be read or written: whatever takes a while to make for it is made now. Absent: nothing does. */
  readonly expectMuch?: () => void;

  /**
   * All of the place is about to be listed, directory by directory: `list`, and `stat` of a directory that was not
   * listed yet, may say what they were a few seconds ago. Absent: it makes no difference.
   */
  readonly listAhead?: (how: ListHow, signal: AbortSignal) => void;

  /** The place was seen to be a directory that may be listed. Absent: nobody looked. */
  readonly isOpen?: boolean;

  /** Whether the place has an ACL, or else the directory that it is in. Absent: nobody looked. */
  readonly hasAcl?: boolean;

  /** How long an answer takes to come; undefined: not known. Absent: it is here. */
  readonly roundTripMs?: number | undefined;

  /** What is put into a directory here changes nothing of its own metadata. */
  readonly keepsDirectories?: true;

  /** The smallest step of the times that can be told and kept here. Absent: a nanosecond. */
  readonly timeStepNs?: number;

  /** What the place says that the bytes of a file add up to; undefined: nothing. Absent: it never says. */
  readonly digest?: (file: FileEntry, signal: AbortSignal) => Promise<Digest | undefined>;

  /** How much of a large file is best read at once, by each of several. Absent: as much as anywhere. */
  readonly rangeBytes?: number;

  /** How short the last ranges of so large a file are best read, so that all who read some end together. Absent: as the others. */
  readonly stepBytes?: (fileBytes: number) => number;

  /** Throws 'unsupported' where no entry can have such a path. Absent: what is wrong with one shows when it is written. */
  readonly mustHold?: (path: RelativePath) => void;

  /** A list may leave out what is there. Absent: it tells all, or fails. */
  readonly listsSome?: true;

  /** Files here may have the time of their writing, whatever they were to be given. Absent: they have what they got. */
  readonly ownTimes?: true;

  /** Files here may have no time, and still tell one state from another. Absent: each has one. */
  readonly lacksTimes?: true;

  /** False: a mode here is not what it was set to. Absent: it is, as far as anybody knows. */
  readonly holdsModes?: boolean;

  /** Names that differ in nothing but case are one here. Absent: they are two, as far as anybody knows. */
  readonly foldsCase?: boolean;

  /** The ends of those times, in s since 1970: the nearest one is kept of a time beyond. Absent: there are none. */
  readonly timeEnds?: { readonly earliest: number; readonly latest: number };
}

export type WriteHow = {
  readonly metadata: Metadata;
  /** what has the name and may be replaced; undefined: the name must be free */
  readonly replaces: Entry | undefined;
  /** a name in the same directory for what is not whole yet: nobody else's, and free to be removed after a kill */
  readonly partial: Uint8Array;
  /** false: it need not survive a power cut before `sync` says so */
  readonly durable: boolean;
};
