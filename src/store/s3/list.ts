/**
 * What is in a directory: one page after the other, the next one on its way while one is given. Empty objects are
 * looked at, because a listing does not say which of them is a symlink; all others come as they were listed.
 */
import { TransferError } from '../../errors.ts';
import { show } from '../../report/show.ts';
import { join } from '../../work/posix/path.ts';
import type { Listed, Unlisted } from '../entry.ts';
import { below, type RelativePath } from '../path.ts';
import { briefEntry, directoryEntry, entryOf, type Seen } from './entry.ts';
import { insideOf, isManifest, shown } from './keys.ts';
import { type Page, pageOf } from './listing.ts';
import { head } from './look.ts';
import { askFor, type S3 } from './place.ts';

export async function* list(s3: S3, dir: RelativePath, signal: AbortSignal): AsyncGenerator<Listed> {
  const inside = insideOf(s3.root, dir);
  let isThere = inside === '' || (s3.seen.holdsMarkers === false && s3.seen.has(inside ?? ''));
  const files = new Recent();
  for await (const page of pagesOf(s3, dir, inside, signal)) {
    isThere ||= page.objects.length > 0 || page.prefixes.length > 0;
    const objects = page.objects.filter(({ key }) => key !== inside);
    if (page.objects.some(({ key, size }) => key === inside && size > 0))
      yield unlisted(dir, '', 'it has content, and its key ends in a slash');
    for (const { key } of objects) files.add(`${key}/`);
    const found = await Promise.all(objects.map((seen) => objectIn(s3, dir, inside!, seen, signal)));
    for (const one of [...found, ...page.prefixes.map((prefix) => directoryIn(s3, dir, prefix, files))]) {
      signal.throwIfAborted();
      if (one) yield one;
    }
    files.forgetBefore(page.objects.at(-1)?.key ?? '');
  }
  if (!isThere)
    throw new TransferError('missing', `cannot list ${shown(s3.root, dir)}: there is nothing of that name`);
}

async function* pagesOf(
  s3: S3,
  dir: RelativePath,
  inside: string | undefined,
  signal: AbortSignal,
): AsyncGenerator<Page> {
  if (inside === undefined) return;
  const ask = async (token: string | undefined) => {
    const query = {
      'list-type': '2',
      prefix: inside,
      delimiter: '/',
      'encoding-type': 'url',
      ...(token !== undefined && { 'continuation-token': token }),
    };
    const { body } = await askFor(s3, 'list', dir, { method: 'GET', key: '', query }, signal);
    const page = pageOf(body.toString());
    if (page.isCut && (page.next === undefined || page.next === token)) throw endless(s3, dir);
    return page;
  };
  for (let asked: Promise<Page> | undefined = ask(undefined); asked; ) {
    const page: Page = await asked;
    asked = page.next === undefined ? undefined : ask(page.next);
    asked?.catch(() => undefined); // heard when its turn comes, if it does
    yield page;
  }
}

/** Who took that for the end would leave out what follows. */
function endless({ root }: S3, dir: RelativePath): TransferError {
  const message = `cannot list ${shown(root, dir)}: the service has more of it and does not say how to go on`;
  return new TransferError('unsupported', message, { hint: 'it may be too old for ListObjectsV2' });
}

/** Undefined where it went meanwhile. */
async function objectIn(
  s3: S3,
  dir: RelativePath,
  inside: string,
  seen: Seen,
  signal: AbortSignal,
): Promise<Listed | undefined> {
  const name = seen.key.slice(inside.length);
  const path = below(dir, Buffer.from(name));
  if (path && isManifest(path)) return undefined;
  if (!path || name.includes('\0')) return unlisted(dir, name, 'its key cannot be the name of a file');
  if (seen.size > 0) return briefEntry(path, seen);
  const found = await head(s3, path, seen.key, signal);
  return found && entryOf(path, found.headers);
}

function directoryIn(s3: S3, dir: RelativePath, prefix: string, files: Recent): Listed {
  const inside = insideOf(s3.root, dir)!;
  const name = prefix.slice(inside.length, -1);
  const path = below(dir, Buffer.from(name));
  if (!path) return unlisted(dir, `${name}/`, 'keys that begin so cannot be names of files');
  if (files.has(prefix)) return unlisted(dir, `${name}/`, 'an object has this name, and others are below it');
  s3.seen.add(prefix);
  return { ...directoryEntry(path), isBrief: true };
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

/** Names of objects that directories may still have: a listing is in the order of its keys. */
class Recent {
  readonly #names = new Set<string>();

  add(name: string): void {
    this.#names.add(name);
  }

  has(name: string): boolean {
    return this.#names.has(name);
  }

  forgetBefore(last: string): void {
    for (const name of this.#names) if (name < last) this.#names.delete(name);
  }
}
