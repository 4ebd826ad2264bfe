/**
 * What is in a directory, as its pages come (`pages.ts`). Empty objects are
 * looked at, because a listing does not say which of them is a symlink; all others come as they were listed.
 */
import { TransferError } from '../../../errors.ts';
import { show } from '../../../report/show.ts';
import { join } from '../../../work/posix/path.ts';
import type { Listed, Unlisted } from '../../entry.ts';
import { lookedAt } from '../../looked-at.ts';
import { below, type RelativePath } from '../../path.ts';
import { briefEntry, directoryEntry, entryOf, type ListedObject } from '../entry.ts';
import { isManifest } from '../keys.ts';
import { head, keysIn } from '../look.ts';
import { askForPage, type S3 } from '../place.ts';
import type { Page } from './listing.ts';
import { type Asking, pagesOf, type Read, type Start } from './pages.ts';

export async function* list(s3: S3, dir: RelativePath, signal: AbortSignal): AsyncGenerator<Listed> {
  const inside = s3.root.inside(dir);
  let isThere = inside === '' || (s3.seen.holdsMarkers === false && s3.seen.has(inside ?? ''));
  const pages = inside === undefined ? [] : pagesOf(asking(s3, dir, inside, signal));
  for await (const { stretch, ...page } of pages) {
    isThere ||= page.objects.length > 0 || page.prefixes.length > 0;
    const objects = page.objects.filter(({ key }) => key !== inside);
    if (page.objects.some(({ key, size }) => key === inside && size > 0))
      yield unlisted(dir, '', 'it has content, and its key ends in a slash');
    for (const { key } of objects) stretch.files.add(`${key}/`);
    const found = objects.map((seen) => objectIn(s3, dir, inside!, seen, signal));
    const directories = page.prefixes.map((prefix) => directoryIn(s3, dir, prefix, stretch, signal));
    for (const one of await Promise.all([...found, ...directories])) {
      signal.throwIfAborted();
      if (one) yield one;
    }
    stretch.files.forgetBefore(page.objects.at(-1)?.key ?? '');
  }
  if (!isThere)
    throw new TransferError('missing', `cannot list ${s3.root.show(dir)}: there is nothing of that name`);
}

function asking(s3: S3, dir: RelativePath, inside: string, signal: AbortSignal): Asking {
  const isFirst = ({ token, after }: Start) => dir.length === 0 && token === undefined && after === undefined;
  return {
    inside,
    lanes: s3.lanes,
    ask: (from) => (isFirst(from) ? s3.opening.page(() => ask(from)) : ask(from)),
    disordered: () =>
      new TransferError('transient', `cannot list ${s3.root.show(dir)}: its names do not come in order`),
    endless: () => endless(s3, dir),
  };

  async function ask({ token, after }: Start): Promise<Page> {
    const wanted = {
      prefix: inside,
      delimiter: '/',
      ...(token !== undefined && { 'continuation-token': token }),
      ...(after !== undefined && { 'start-after': after }),
    };
    const page = await askForPage(s3, 'list', dir, wanted, signal);
    if (page.isCut && page.next === undefined) throw endless(s3, dir);
    return page;
  }
}

/** Who took that for the end would leave out what follows. */
function endless({ root }: S3, dir: RelativePath): TransferError {
  const message = `cannot list ${root.show(dir)}: the service has more of it and does not say how to go on`;
  return new TransferError('unsupported', message, { hint: 'it may be too old for ListObjectsV2' });
}

/** What XML has for a character that it cannot hold. */
const untold = '\ufffd';

/** Undefined where it went meanwhile. */
async function objectIn(
  s3: S3,
  dir: RelativePath,
  inside: string,
  seen: ListedObject,
  signal: AbortSignal,
): Promise<Listed | undefined> {
  const name = seen.key.slice(inside.length);
  const path = below(dir, Buffer.from(name));
  if (path && isManifest(path)) return undefined;
  if (!path || name.includes('\0')) return unlisted(dir, name, 'its key cannot be the name of a file');
  if (seen.size > 0) return briefEntry(path, seen);
  const look = async () => {
    const found = await head(s3, path, seen.key, signal);
    if (!found && name.includes(untold))
      return unlisted(dir, name, 'its service does not tell all of its key');
    return found && entryOf(path, found.headers);
  };
  return lookedAt(path, look, signal);
}

async function directoryIn(
  s3: S3,
  dir: RelativePath,
  prefix: string,
  stretch: Read['stretch'],
  signal: AbortSignal,
): Promise<Listed> {
  const inside = s3.root.inside(dir)!;
  const name = prefix.slice(inside.length, -1);
  const path = below(dir, Buffer.from(name));
  if (!path) return unlisted(dir, `${name}/`, 'keys that begin so cannot be names of files');
  if (await isFile(s3, dir, prefix.slice(0, -1), stretch, signal))
    return unlisted(dir, `${name}/`, 'an object has this name, and others are below it');
  s3.seen.add(prefix);
  return { ...directoryEntry(path), isBrief: true };
}

/** An object of this name may come with another stretch, if it begins in between: so it is looked for. */
async function isFile(
  s3: S3,
  dir: RelativePath,
  key: string,
  { after, files }: Read['stretch'],
  signal: AbortSignal,
): Promise<boolean> {
  if (files.has(`${key}/`)) return true;
  return after?.startsWith(key) === true && (await keysIn(s3, dir, key, 1, signal))[0] === key;
}

function unlisted(dir: RelativePath, name: string, why: string): Unlisted {
  const path = name === '' ? Buffer.concat([dir, Buffer.from('/')]) : join(dir, Buffer.from(name));
  return {
    kind: 'unlisted',
    path,
    error: new TransferError('unsupported', `cannot take ${show(path)}: ${why}`, {
      hint: 'give it another key, or leave it out with --exclude',
    }),
  };
}
