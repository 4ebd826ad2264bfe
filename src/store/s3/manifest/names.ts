/**
 * Names of one file: the bytes are in one object, and the manifest says which other names lead there. Such a name counts
 * only as long as the object is what it was then, so that nobody takes other bytes for those of the file.
 */
import { TransferError } from '../../../errors.ts';
import { createTurns } from '../../../work/turns.ts';
import type { FileEntry } from '../../entry.ts';
import type { RelativePath } from '../../path.ts';
import type { Store } from '../../store.ts';
import { entryOf } from '../entry.ts';
import { head } from '../look.ts';
import type { S3 } from '../place.ts';
import type { Kept, KeptAt } from './line.ts';
import type { Records } from './records.ts';

type Link = Extract<Kept, { kind: 'link' }>;

const mark = 'manifest\0';

/** What all names of the file in an object have in common. */
export function linkedTo(path: RelativePath): string {
  return mark + Buffer.from(path).toString('latin1');
}

/** The object that the bytes of an entry are in; undefined: its own, as far as the entry tells. */
export function objectOf({ linked }: FileEntry): RelativePath | undefined {
  if (!linked?.startsWith(mark)) return undefined;
  return Buffer.from(linked.slice(mark.length), 'latin1') as Uint8Array as RelativePath;
}

export async function fileAt(
  s3: S3,
  path: RelativePath,
  signal: AbortSignal,
): Promise<FileEntry | undefined> {
  const key = s3.root.keyIn(path);
  const found = key === undefined ? undefined : await head(s3, path, key, signal);
  const entry = found && entryOf(path, found.headers);
  return entry?.kind === 'file' ? entry : undefined;
}

/** The file under its other name; undefined where what it leads to is not there, or is another file now. */
export async function followed(
  s3: S3,
  path: RelativePath,
  { to, size, mtimeNs }: Link,
  signal: AbortSignal,
): Promise<FileEntry | undefined> {
  const file = await fileAt(s3, to, signal);
  if (file?.size !== size || file.mtimeNs !== mtimeNs) return undefined;
  return { ...file, path, linked: linkedTo(to) };
}

/** Why a name cannot be followed. */
export function astray({ root }: S3, path: RelativePath, { to }: Link): TransferError {
  const message =
    `cannot take ${root.show(path)}: the manifest says that it is another name of ${root.show(to)}, ` +
    'which is not there or is another file now';
  return new TransferError('missing', message, {
    hint: 'transfer the tree there again, or leave it out with --exclude',
  });
}

/** What has to be waited for before one of several names is changed. */
export type Release = {
  /** Nobody is about to put the file under this name. */
  readonly settled: (path: RelativePath) => Promise<void>;
  /** Before an object goes or becomes another: one of its other names gets a copy, to which the rest lead. */
  readonly other: (path: RelativePath, signal: AbortSignal) => Promise<void>;
};

export function releasing(s3: S3, inner: Pick<Store, 'read' | 'write'>, records: Records): Release {
  const turns = createTurns(1);
  let claimed: { readonly key: string; readonly done: Promise<void> } | undefined;
  const claim = async (path: RelativePath, { path: name, kept }: KeptAt, signal: AbortSignal) => {
    const done = Promise.withResolvers<void>();
    claimed = { key: keyFor(name), done: done.promise };
    try {
      return kept.kind === 'link' && (await give(path, name, kept, signal));
    } finally {
      claimed = undefined;
      done.resolve();
    }
  };
  /** False where the name is that of another object. */
  const give = async (path: RelativePath, name: RelativePath, link: Link, signal: AbortSignal) => {
    const file = await followed(s3, path, link, signal);
    if (!file) return true; // it led nowhere before
    if (await fileAt(s3, name, signal)) {
      await records.drop(name);
      return false;
    }
    const { mode, owner, mtimeNs } = file;
    const how = {
      metadata: { mode, owner, mtimeNs },
      replaces: undefined,
      partial: Buffer.from('.difpipe-name'),
      durable: true,
    };
    await inner.write(name, inner.read(file), how, signal);
    const of = records.find(path);
    await records.lead(path, { ...link, to: name });
    if (of?.attributes) await records.keep(name, { kind: 'object', attributes: of.attributes });
    return true;
  };
  return {
    async settled(path) {
      if (claimed?.key === keyFor(path)) await claimed.done;
    },
    async other(path, signal) {
      if (!records.isNamed(path)) return;
      using _ = await turns(signal);
      for (let one = records.lastNameOf(path); one; one = records.lastNameOf(path))
        if (await claim(path, one, signal)) return;
    },
  };
}

function keyFor(path: Uint8Array): string {
  return Buffer.from(path).toString('latin1');
}
