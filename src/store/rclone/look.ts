/** What is in a place: entries and listings. */
import { join } from '../../work/posix/path.ts';
import type { Entry, FileEntry, Listed } from '../entry.ts';
import { below, itself, type RelativePath } from '../path.ts';
import { heard, post } from './call.ts';
import { placeName } from './daemon.ts';
import { entryOf, type Item } from './entry.ts';
import { faultOf, leftOut, trouble } from './fault.ts';
import { itemsOf } from './items.ts';
import { fromRclone, pathIn, toRclone } from './names.ts';
import { itemAt, type Reach, remoteOf, shown, wanted } from './reach.ts';

export async function lookAt(
  reach: Reach,
  path: RelativePath,
  signal: AbortSignal,
): Promise<Entry | undefined> {
  if (toRclone(path) === undefined) return undefined;
  if (path.length === 0 && reach.isPrefix && !(await holdsAny(reach, signal))) return undefined;
  const file = path.length === 0 ? undefined : await lookAtFile(reach, path, signal);
  if (file) return file;
  const item = await itemAt(reach, path, 'look at', 'dirsOnly', signal);
  return item?.IsDir ? entryOf(path, item) : undefined;
}

/** The file of a name; a directory is none. Costs one question, where the other may take a whole listing. */
export async function lookAtFile(
  reach: Reach,
  path: RelativePath,
  signal: AbortSignal,
): Promise<FileEntry | undefined> {
  const item = await itemAt(reach, path, 'look at', 'filesOnly', signal);
  const entry = item && entryOf(path, item);
  return entry?.kind === 'file' ? entry : undefined;
}

/** A prefix that nothing begins with is not there, whatever rclone says. */
async function holdsAny(reach: Reach, signal: AbortSignal): Promise<boolean> {
  for await (const _ of items(reach, itself, signal)) return true;
  return false;
}

export async function* list(reach: Reach, dir: RelativePath, signal: AbortSignal): AsyncGenerator<Listed> {
  using missed = reach.leftOut.hear(remoteOf(reach, dir, 'list'));
  let isEmpty = true;
  for await (const item of items(reach, dir, signal)) {
    isEmpty = false;
    yield listed(reach, dir, item);
  }
  for await (const { name, why, isOwn } of missed.tell(signal)) {
    isEmpty &&= !isOwn;
    const path = pathIn(name);
    yield { kind: 'unlisted', path, error: leftOut(shown(reach.name, path), why) };
  }
  if (!isEmpty || reach.traits.hasDirectories || dir.length === 0) return;
  if (await itemAt(reach, dir, 'list', 'dirsOnly', signal)) return;
  throw trouble('list', shown(reach.name, dir), 'missing', 'nothing is there');
}

async function* items(reach: Reach, dir: RelativePath, signal: AbortSignal): AsyncGenerator<Item> {
  const words = { fs: placeName, remote: remoteOf(reach, dir, 'list'), opt: wanted(reach.traits) };
  try {
    const answer = await post(reach.daemon, 'operations/list', words, signal);
    yield* heardAll(itemsOf(answer) as AsyncGenerator<Item>, signal);
  } catch (error) {
    throw faultOf(error, 'list', shown(reach.name, dir));
  }
}

async function* heardAll<T>(items: AsyncGenerator<T>, signal: AbortSignal): AsyncGenerator<T> {
  try {
    for (;;) {
      const { done, value } = await heard(items.next(), signal);
      if (done) return;
      signal.throwIfAborted();
      yield value;
    }
  } finally {
    await items.return(undefined);
  }
}

function listed(reach: Reach, dir: RelativePath, item: Item): Listed {
  const name = fromRclone(item.Name);
  const path = name && below(dir, name);
  if (!path)
    return unlisted(reach, join(dir, Buffer.from(item.Name)), 'rclone gives a name that cannot be asked for');
  return entryOf(path, item) ?? unlisted(reach, path, 'its size is not known before it is read');
}

function unlisted(reach: Reach, path: Uint8Array, why: string): Listed {
  return { kind: 'unlisted', path, error: trouble('look at', shown(reach.name, path), 'unsupported', why) };
}
