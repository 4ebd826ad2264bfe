/** Entries that find prints by the hundred thousand: the same as found.ts makes of them, in a third of the time. */
import { TransferError } from '../../errors.ts';
import * as c from '../../work/posix/constants.ts';
import { join } from '../../work/posix/path.ts';
import type { Entry } from '../entry.ts';
import { isOneName, type RelativePath } from '../path.ts';
import { fileEntry, entryOf as plainEntry } from './entry.ts';
import { findTypes, secondsOf } from './found.ts';
import { FoundPairs } from './found-pairs.ts';

/** What find is to print of each. */
export const printed = '%d %y %m %s %T@ %U %G %n %D:%i %C@\\0%f\\0';

/** `words` is what was printed before the name. */
export type Tell = (depth: number, name: Uint8Array, words: readonly string[]) => void;

const count = 10;

export class QuickParser {
  readonly #pairs = new FoundPairs();

  /** Tells what is whole by now. Throws 'corrupt' for what find does not print. */
  push(chunk: Buffer, tell: Tell): void {
    this.#pairs.push(chunk, (printed, name) => {
      const words = printed.split(' ');
      if (words.length !== count) throw notFound();
      tell(Number(words[0]), name, words);
    });
  }
}

const billion = 1_000_000_000n;

/** Undefined where the name is none, or nobody knows what it is. Throws 'corrupt' for what find does not print. */
export function entryIn(dir: RelativePath, name: Uint8Array, head: readonly string[]): Entry | undefined {
  return isOneName(name) ? entryAt(join(dir, name) as RelativePath, head) : undefined;
}

/** The same of one whose path is known. */
export function entryAt(path: RelativePath, head: readonly string[]): Entry | undefined {
  const type = findTypes[head[1]!];
  if (type === undefined) return undefined;
  const point = head[4]!.indexOf('.');
  const seconds = secondsIn(head[4]!, point);
  const fraction = point < 0 ? 0 : numberOf(head[4]!.slice(point + 1, point + 10).padEnd(9, '0'));
  const mtime = secondsOf(seconds);
  const attributes = {
    size: numberOf(head[3]!),
    mode: type | Number.parseInt(head[2]!, 8),
    owner: { uid: numberOf(head[5]!), gid: numberOf(head[6]!) },
    times: { atime: mtime, mtime },
  };
  const finelyNs = BigInt(mtime) * billion + BigInt(fraction);
  const changedSeconds = secondsIn(head[9]!);
  if (type !== c.S_IFREG) {
    const entry = plainEntry(path, attributes);
    return entry && { ...entry, finelyNs, changedSeconds };
  }
  const linked = head[7] === '1' ? undefined : head[8];
  return fileEntry(path, attributes, { finelyNs, linked, changedSeconds });
}

function secondsIn(text: string, point = text.indexOf('.')): number {
  return numberOf(point < 0 ? text : text.slice(0, point));
}

function numberOf(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number)) throw notFound();
  return number;
}

function notFound(): TransferError {
  return new TransferError('corrupt', 'the other side lists what is no list');
}
