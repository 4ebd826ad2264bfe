/**
 * A place in an object store together with its manifest: other names of files, special files and whatever else no object
 * holds are entries like all others. What changes of them is remembered on this machine as it is told, and written into
 * the manifest when `seal` says that all is done.
 *
 * Not promised: that who reads the place while a run goes on, or after one that was killed, finds those entries; names
 * that lead to a file that is another one by then are said, and never taken for it.
 */

import type { FileEntry } from '../../entry.ts';
import type { Store } from '../../store.ts';
import type { ManifestHow } from '../access.ts';
import type { S3 } from '../place.ts';
import { attributesOf, giveAttributes } from './attributes.ts';
import { begin } from './begin.ts';
import { dress, makeDirectory, makeLink, makeSpecial, makeSymlink, remove, replacing } from './changing.ts';
import { list, readLink, stat } from './looking.ts';
import { objectOf } from './names.ts';
import type { Records } from './records.ts';
import { releasing, type Writing } from './release.ts';
import { seal } from './seal.ts';

/** Undefined where there is no manifest and none is to be. `write` may write the manifest itself. */
export async function manifested(
  s3: S3,
  inner: Store,
  write: Store['write'],
  how: ManifestHow,
  signal: AbortSignal,
): Promise<Store | undefined> {
  const begun = await begin(s3, how, signal);
  if (!begun) return undefined;
  const { records, book } = begun;
  let { manifest } = begun;
  const release = releasing({ s3, inner, records });
  const at: Writing = { s3, inner, records, release, isAsked: how.isAsked };
  return {
    ...inner,
    list: (dir, on) => list(at, dir, on),
    stat: (path, on) => stat(at, path, on),
    read: (file) => inner.read(inObject(records, file)),
    take: async (file, on) => {
      const taken = await inner.take!(inObject(records, file), on);
      return { ...taken, entry: { ...taken.entry, path: file.path, linked: file.linked } };
    },
    write: (path, body, given, on) => replacing(at, path, given, (as) => inner.write(path, body, as, on), on),
    remove: (path, on) => remove(at, path, on),
    makeDirectory: (path, metadata, on) => makeDirectory(at, path, metadata, on),
    makeSymlink: (path, target, metadata, on) => makeSymlink(at, path, target, metadata, on),
    makeSpecial: (path, special, metadata) => makeSpecial(at, path, special, metadata),
    readLink: (path, on) => readLink(at, path, on),
    makeLink: (path, existing, on) => makeLink(at, path, existing, on),
    dress: (path, metadata, on) => dress(at, path, metadata, on),
    attributesOf: async (path, kinds) => attributesOf(at, path, kinds),
    giveAttributes: (path, attributes, kinds) => giveAttributes(at, path, attributes, kinds),
    tellsHidden: true,
    tellsLinks: true,
    parts: {
      ...inner.parts!,
      finish: (partial, path, given, on) =>
        replacing(at, path, given, (as) => inner.parts!.finish(partial, path, as, on), on),
    },
    seal: async (on) => {
      if (records.isChanged || (how.isAsked && !manifest))
        manifest = await seal(s3, write, { records, book, manifest }, on);
    },
    [Symbol.asyncDispose]: async () => records[Symbol.dispose](),
  };
}

/** A file as the object that holds its bytes. */
function inObject(records: Records, file: FileEntry): FileEntry {
  const kept = file.linked === undefined ? records.find(file.path) : undefined;
  const path = objectOf(file) ?? (kept?.kind === 'link' ? kept.to : file.path);
  return { ...file, path };
}
