/** Lists of what is in a source, for people with tools of their own: each list is as much as one of them should take. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { openFrom } from './between.ts';
import { isKind, TransferError } from './errors.ts';
import type { Location } from './location/location.ts';
import { compileRules, type Rule } from './profile/filter.ts';
import { excludesUnlisted } from './profile/filter-unlisted.ts';
import { isList, isUnfinished, listName, unfinishedName } from './profile/lists.ts';
import type { Report } from './report/events.ts';
import { show } from './report/show.ts';
import { patience } from './setup-between.ts';
import type { Entry, Listed } from './store/entry.ts';
import type { OpenStore } from './store/open.ts';
import { itself, type RelativePath } from './store/path.ts';
import type { Store } from './store/store.ts';
import { reasonOf } from './work/posix/errno.ts';
import { pathKey } from './work/posix/path.ts';

export type SplitRequest = {
  /** so many lists of about the same size, or as many as it takes with so much in each */
  readonly by:
    | { readonly kind: 'parts'; readonly parts: number }
    | { readonly kind: 'most'; readonly bytes: number; readonly files: number };
  readonly rules: readonly Rule[];
  /** a directory that is new, or empty */
  readonly out: string;
  readonly separator: 'newline' | 'nul';
};

export type Lists = {
  readonly lists: number;
  readonly entries: number;
  readonly bytes: number;
  /** could not be listed, and is named */
  readonly failed: number;
};

/** What opening and naming a file costs, in bytes of data: many small ones weigh too. */
const entryBytes = 16 * 1024;

/**
 * Writes them, and answers what is in them: files, symlinks, special files, and directories with nothing in them.
 * What is below the source and cannot be listed is reported, and in no list. Throws 'usage' where the directory is not
 * empty, or a name cannot stand on a line; what was written then is removed.
 */
export async function split(
  source: Location,
  request: SplitRequest,
  { open, report }: { readonly open: OpenStore; readonly report: Report },
  signal: AbortSignal,
): Promise<Lists> {
  await using from = await openFrom(source, { open, patience: patience(3) }, signal);
  if (from.source.name) throw new TransferError('usage', 'one file cannot be split into lists');
  const excluded = compileRules(request.rules);
  using lists = new ListFiles(request);
  let failed = 0;
  for await (const entry of entriesOf(from.source.store, itself, excluded, signal)) {
    if (entry.kind !== 'unlisted') lists.add(entry);
    else {
      const { kind, message, hint } = entry.error;
      report({ type: 'failed', failure: { path: entry.path, kind, message, hint } });
      failed++;
    }
  }
  return { ...lists.finish(), failed };
}

type Excluded = ReturnType<typeof compileRules>;

/** All that is to be listed, and what cannot be, a directory at a time. */
async function* entriesOf(
  store: Store,
  dir: RelativePath,
  excluded: Excluded,
  signal: AbortSignal,
): AsyncGenerator<Listed> {
  const below: RelativePath[] = [dir];
  while (below.length > 0) {
    const at = below.pop()!;
    let isEmpty = at.length > 0;
    for await (const entry of listed(store, at, signal)) {
      if (entry.kind === 'unlisted') {
        isEmpty = false;
        if (!excludesUnlisted(excluded, entry.path)) yield entry;
        continue;
      }
      const isDirectory = entry.kind === 'directory';
      if (excluded(pathKey(entry.path), isDirectory)) continue;
      isEmpty = false;
      if (isDirectory) below.push(entry.path);
      else yield entry;
    }
    const alone = isEmpty ? await store.stat(at, signal) : undefined;
    if (alone) yield alone;
  }
}

/** What is in a directory, and why the rest is not. Throws where the source itself, or any place, cannot be reached. */
async function* listed(store: Store, dir: RelativePath, signal: AbortSignal): AsyncGenerator<Listed> {
  try {
    yield* store.list(dir, signal);
  } catch (error) {
    signal.throwIfAborted();
    if (dir.length === 0 || !(error instanceof TransferError) || isKind(error, 'transient')) throw error;
    yield { kind: 'unlisted', path: dir, error };
  }
}

type List = { readonly fd: number; bytes: number; entries: number; pending: Buffer[] };

class ListFiles implements Disposable {
  readonly #request: SplitRequest;
  readonly #lists: List[] = [];
  readonly #open = new Set<List>();
  #isMade = false;
  #isDone = false;

  constructor(request: SplitRequest) {
    this.#request = request;
    const { out, by } = request;
    this.#isMade = fs.mkdirSync(out, { recursive: true }) !== undefined;
    const found = fs.readdirSync(out);
    if (found.length > 0)
      throw new TransferError('usage', `${show(Buffer.from(out))} is not empty`, {
        hint: `${found.some(isUnfinished) ? 'remove what a split that was killed left, or ' : ''}choose a new directory for the lists`,
      });
    if (by.kind === 'parts') for (let at = 0; at < by.parts; at++) this.#begin();
  }

  add(entry: Entry): void {
    const bytes = entry.kind === 'file' ? entry.size : 0;
    const list = this.#listFor(bytes);
    list.bytes += bytes;
    list.entries++;
    list.pending.push(this.#line(entry.path));
    if (list.pending.length >= 1000) this.#written(() => flush(list));
  }

  /** The first list gets its name last: as long as it has not, anybody sees that they are not all there. */
  finish(): Omit<Lists, 'failed'> {
    for (const list of this.#open) this.#end(list);
    this.#written(() => this.#name());
    this.#isDone = true;
    const sum = (of: (list: List) => number) => this.#lists.reduce((total, list) => total + of(list), 0);
    return {
      lists: this.#lists.length,
      entries: sum((list) => list.entries),
      bytes: sum((list) => list.bytes),
    };
  }

  /** The emptiest, or the last one as long as it is not full. */
  #listFor(bytes: number): List {
    const { by } = this.#request;
    if (by.kind === 'parts')
      return this.#lists.reduce((least, list) => (weight(list) < weight(least) ? list : least));
    const last = this.#lists.at(-1);
    const isFull = !last || last.entries >= by.files || (last.entries > 0 && last.bytes + bytes > by.bytes);
    return isFull ? this.#begin() : last;
  }

  #begin(): List {
    const name = unfinishedName(this.#lists.length + 1);
    const last = this.#lists.at(-1);
    if (last && this.#request.by.kind === 'most') this.#end(last);
    const fd = this.#written(() => fs.openSync(join(this.#request.out, name), 'wx'));
    const list = { fd, bytes: 0, entries: 0, pending: [] };
    this.#lists.push(list);
    this.#open.add(list);
    return list;
  }

  /** Some disks tell only now that they are full. */
  #end(list: List): void {
    this.#written(() => {
      flush(list);
      fs.fsyncSync(list.fd);
      this.#open.delete(list);
      fs.closeSync(list.fd);
    });
  }

  #name(): void {
    const { out, separator } = this.#request;
    const { length } = this.#lists;
    for (let number = length; number > 0; number--)
      fs.renameSync(join(out, unfinishedName(number)), join(out, listName(number, length, separator)));
    const dir = fs.openSync(out, 'r');
    fs.fsyncSync(dir);
    fs.closeSync(dir);
  }

  #written<T>(work: () => T): T {
    try {
      return work();
    } catch (cause) {
      const isFull = ['ENOSPC', 'EDQUOT'].includes((cause as NodeJS.ErrnoException).code ?? '');
      const what = `cannot write lists to ${show(Buffer.from(this.#request.out))}: ${reasonOf(cause)}`;
      throw new TransferError(isFull ? 'full' : 'io', what, {
        cause,
        hint: `${isFull ? 'make room there, or give' : 'give'} another directory with --out`,
      });
    }
  }

  #line(path: Uint8Array): Buffer {
    const isNul = this.#request.separator === 'nul';
    if (!isNul && path.includes(0x0a))
      throw new TransferError('usage', `${show(path)} cannot stand on a line of a list`, {
        hint: 'give --null',
      });
    return Buffer.concat([path, Buffer.from(isNul ? '\0' : '\n')]);
  }

  /** Half a set of lists would be taken for a whole one. */
  [Symbol.dispose](): void {
    for (const { fd } of this.#open) fs.closeSync(fd);
    if (this.#isDone) return;
    const { out } = this.#request;
    for (const name of fs.readdirSync(out))
      if (isList(name) || isUnfinished(name)) fs.rmSync(join(out, name));
    if (this.#isMade) fs.rmdirSync(out);
  }
}

function weight({ bytes, entries }: List): number {
  return bytes + entries * entryBytes;
}

/** All of it, or it throws: a disk that is nearly full takes what it can, and says so the next time. */
function flush(list: List): void {
  fs.writeFileSync(list.fd, Buffer.concat(list.pending));
  list.pending = [];
}
