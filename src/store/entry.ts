/** What is in a place, and what is known of it. */
import type { TransferError } from '../errors.ts';
import type { RelativePath } from './path.ts';

export type Metadata = {
  /** permission bits with setuid, setgid and sticky */
  readonly mode: number | undefined;
  readonly owner: { readonly uid: number; readonly gid: number } | undefined;
  readonly mtimeNs: bigint | undefined; // since 1970
};

/** Undefined is what the place does not know; given to be kept, what is left as the place makes it. */
export const noMetadata: Metadata = { mode: undefined, owner: undefined, mtimeNs: undefined };

/** The bits of a mode with which a file runs as its owner or group; under another one it does not get them. */
export const setIds = 0o6000;

/** What the place, or our rights there, could not keep of the metadata. */
export type Unkept = readonly (keyof Metadata)[];

/** By name; in names and values each character is a byte. */
export type Attributes = ReadonlyMap<string, string>;
export type AttributeKinds = { readonly xattrs: boolean; readonly acls: boolean };
export type UnkeptAttributes = { readonly xattr: number; readonly acl: number };

type Common = Metadata & {
  readonly path: RelativePath;
  /** changes whenever the entry does, such as an ETag; undefined where the place cannot tell */
  readonly print: string | undefined;
  /** when anything of it last changed, by the place's clock, in ns since 1970; absent where nobody says */
  readonly changedNs?: bigint;
  /** the same in whole seconds, where only this listing tells it */
  readonly changedSeconds?: number;
  /** `mtimeNs` with its fraction of a second, and beyond the 32 bits that SFTP has, where only this listing tells it */
  readonly finelyNs?: bigint;
  /** it was only listed: its metadata is what `stat`, or of a file `take`, then tells */
  readonly isBrief?: true;
};

export type FileEntry = Common & {
  readonly kind: 'file';
  readonly size: number;
  /** bytes it takes up on its disk: fewer than `size` where it has holes */
  readonly allocated: number | undefined;
  /** the same for all names of one file that has several */
  readonly linked: string | undefined;
  /** a range of it costs all that is before it */
  readonly inOrder?: true;
  /** its size is 0, and nothing but reading tells what is in it */
  readonly unsized?: true;
};

export type DirectoryEntry = Common & {
  readonly kind: 'directory';
  /** which one of this machine it is, whatever the way to it */
  readonly file?: string;
};

type Other = Common & {
  /** as of a file; absent where the place does not tell it of what is none */
  readonly linked?: string | undefined;
};

export type Entry =
  | FileEntry
  | DirectoryEntry
  | (Other & { readonly kind: 'symlink' | 'fifo' | 'socket' })
  | (Other & {
      readonly kind: 'block' | 'character';
      /** undefined where the place does not tell which device it is */
      readonly major: number | undefined;
      readonly minor: number | undefined;
    });

/** What is neither a file, nor a directory, nor a symlink. */
export type Special =
  | { readonly kind: 'fifo' | 'socket' }
  | {
      readonly kind: 'block' | 'character';
      readonly major: number | undefined;
      readonly minor: number | undefined;
    };

export type Unlisted = {
  readonly kind: 'unlisted';
  readonly path: Uint8Array;
  readonly error: TransferError;
};

/** A file as it was made, and what of its metadata could not be kept. */
export type Written = { readonly entry: FileEntry; readonly unkept: Unkept };

export type Listed = Entry | Unlisted;
