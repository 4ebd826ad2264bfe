/** The lists that split writes: filled side by side or one after the other, and named when all of them are synced. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { TransferError } from '../errors.ts';
import { syncDirectory } from '../journal/file/files.ts';
import { show } from '../report/show.ts';
import type { Entry } from '../store/entry.ts';
import { makeDirectories } from '../work/make-directories.ts';
import { reasonOf } from '../work/posix/errno.ts';
import { removeFile } from '../work/remove-file.ts';
import type { Rule } from './filter.ts';
import { isList, isUnfinished, listName, unfinishedName } from './lists.ts';

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
type List = { readonly fd: number; bytes: number; entries: number; pending: Buffer[] };

/** Throws 'usage' where the directory is not empty. Disposed of before it is finished, it takes all away. */
export class ListFiles implements Disposable {
  readonly total = { entries: 0, bytes: 0 };
  readonly #request: SplitRequest;
  readonly #lists: List[] = [];
  readonly #open = new Set<List>();
  #isMade = false;
  #isDone = false;

  constructor(request: SplitRequest) {
    this.#request = request;
    const { out, by } = request;
    this.#isMade = this.#written(() => makeDirectories(out, 0o777)) !== undefined;
    const found = this.#written(() => fs.readdirSync(out));
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
    this.total.bytes += bytes;
    this.total.entries++;
    list.pending.push(this.#line(entry.path));
    if (list.pending.length >= 1000) this.#written(() => flush(list));
  }

  /** The first list gets its name last: as long as it has not, anybody sees that they are not all there. */
  finish(): Omit<Lists, 'failed'> {
    for (const list of this.#open) this.#end(list);
    this.#written(() => this.#name());
    this.#isDone = true;
    return { lists: this.#lists.length, ...this.total };
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
    syncNames(out);
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
      if (isList(name) || isUnfinished(name)) removeFile(join(out, name));
    if (this.#isMade) fs.rmdirSync(out);
  }
}

/** Some file systems take no fsync of a directory, and have no other way. */
function syncNames(dir: string): void {
  try {
    syncDirectory(dir);
  } catch (error) {
    if (!['EINVAL', 'ENOTSUP'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
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
