/** One entry, looked at by its key: an object, or a directory that is known by what is in it. */

import { isKind, TransferError } from '../../errors.ts';
import { show } from '../../report/show.ts';
import { heardLater } from '../../work/heard-later.ts';
import type { Entry } from '../entry.ts';
import { itself, type RelativePath } from '../path.ts';
import { directoryEntry, entryOf } from './entry.ts';
import { isManifest } from './keys.ts';
import { metadataOf, targetOf } from './metadata.ts';
import { askForPage, type S3 } from './place.ts';
import { isTooLong } from './root.ts';
import { isRefusal, must } from './service/fault.ts';
import type { Whole } from './service/service.ts';
import { listingOfNothing, whyNot, whyNotOne } from './service/why.ts';

export async function stat(s3: S3, path: RelativePath, signal: AbortSignal): Promise<Entry | undefined> {
  const [key, inside] = [s3.root.keyIn(path), s3.root.inside(path)];
  if (key === undefined || inside === undefined || isManifest(path)) return undefined;
  if (path.length === 0) return s3.opening.entry(() => lookAtPlace(s3, key, inside, signal));
  const isSeen = s3.seen.has(inside);
  if (isSeen && s3.seen.holdsMarkers === false) return directoryEntry(path);
  const found = isSeen ? await lookAtDirectory(s3, path, inside, undefined, signal) : undefined;
  if (found) return found;
  const object = await head(s3, path, key, signal);
  if (object) return entryOf(path, object.headers);
  return isSeen
    ? undefined
    : lookAtDirectory(s3, path, inside, heardLater(isAny(s3, path, inside, signal)), signal);
}

/** All questions at once. */
async function lookAtPlace(
  s3: S3,
  key: string,
  inside: string,
  signal: AbortSignal,
): Promise<Entry | undefined> {
  if (inside === '') return (await hasBucket(s3, signal)) ? directoryEntry(itself) : undefined;
  if (s3.seen.holdsMarkers === false && s3.seen.has(inside)) return directoryEntry(itself);
  const within = heardLater(isAny(s3, itself, inside, signal));
  const directory = heardLater(lookAtDirectory(s3, itself, inside, within, signal));
  const object = s3.root.isDirectory ? undefined : await head(s3, itself, key, signal);
  if (!object) return directory;
  if (await within.catch(unlessDenied)) throw bothAt(s3); // what is no S3 may answer each HEAD, and fails here
  return entryOf(itself, object.headers);
}

/** Whichever is taken, the other one would be left out in silence. */
function bothAt({ root: { bucket, prefix } }: S3): TransferError {
  const [above, name] = /^(.*\/)?([^/]*)\/$/s.exec(prefix)!.slice(1);
  const [place, last] = [show(Buffer.from(`s3://${bucket}/${above ?? ''}`)), show(Buffer.from(name!))];
  const only = `--exclude '/${last}/' --include '/${last}' --exclude '*'`;
  return new TransferError('usage', `${place}${last} is both an object and a directory`, {
    hint: `write ${place}${last}/ for the directory, or ${place} with ${only} for the object`,
  });
}

/** The target of a symlink. */
export async function readLink(
  s3: S3,
  path: RelativePath,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const key = s3.root.keyIn(path);
  const object = key === undefined ? undefined : await head(s3, path, key, signal);
  return object && targetOf(object.headers);
}

/** What is said of an object; undefined where there is none. */
export async function head(
  s3: S3,
  path: RelativePath,
  key: string,
  signal: AbortSignal,
  withSum = false,
): Promise<Whole | undefined> {
  if (isTooLong(key)) return undefined;
  const headers = withSum ? { 'x-amz-checksum-mode': 'ENABLED' } : {};
  const ask = () => s3.service.ask({ method: 'HEAD', key, headers }, signal);
  const unlessMissing = (error: unknown) => {
    if (isRefusal(error, 404)) return undefined;
    throw error;
  };
  const again = async (error: unknown) => {
    const reason = await whyNot(s3.service, error, signal);
    if (reason !== undefined) throw reason;
    return ask().catch(async (same: unknown) => {
      throw await whyNotOne(s3.service, key, same, signal);
    });
  };
  const asked = ask().catch(unlessMissing).catch(again).catch(unlessMissing);
  return must(asked, () => `look at ${s3.root.show(path)}`);
}

/** A directory is there where there is an object of its name with a slash, or something is in it. */
async function lookAtDirectory(
  s3: S3,
  path: RelativePath,
  inside: string,
  within: Promise<boolean> | undefined, // undefined: asked where there is no such object
  signal: AbortSignal,
): Promise<Entry | undefined> {
  const marker = await head(s3, path, inside, signal);
  if (marker) await within?.catch(unlessDenied);
  else if (!(await (within ?? isAny(s3, path, inside, signal)))) return undefined;
  s3.seen.add(inside);
  return directoryEntry(path, marker && metadataOf(marker.headers));
}

/** Who may not list may know of single objects. */
function unlessDenied(error: unknown): undefined {
  if (!isKind(error, 'denied')) throw error;
}

async function isAny(s3: S3, path: RelativePath, inside: string, signal: AbortSignal): Promise<boolean> {
  return (await keysIn(s3, path, inside, 1, signal)).length > 0;
}

/** The first keys that begin so. */
export async function keysIn(
  s3: S3,
  path: RelativePath,
  inside: string,
  most: number,
  signal: AbortSignal,
): Promise<readonly string[]> {
  if (isTooLong(inside)) return [];
  const wanted = { prefix: inside, 'max-keys': String(most) };
  const { objects } = await askForPage(s3, 'look at', path, wanted, signal);
  return objects.map(({ key }) => key);
}

/** Some services say 404 to a stranger: to HEAD, without a reason. */
async function hasBucket(s3: S3, signal: AbortSignal): Promise<boolean> {
  if (await head(s3, itself, '', signal)) return true;
  const asked = s3.service.ask(listingOfNothing, signal).catch((error: unknown) => {
    if (!isRefusal(error, 'NoSuchBucket')) throw error;
    return undefined;
  });
  return (await must(asked, () => `look at ${s3.root.show(itself)}`)) !== undefined;
}
