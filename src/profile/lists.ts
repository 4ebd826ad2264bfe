/**
 * The lists that split writes into a directory. A name says which list it is, and how many there are: a set that lacks
 * one is known for that, whoever took it away. While a set is written its lists have other names.
 */
import { readdirSync } from 'node:fs';
import { TransferError } from '../errors.ts';
import { show } from '../report/show.ts';
import { reasonOf } from '../work/posix/errno.ts';

const finished = /^(\d+)-of-(\d+)\.list0?$/;
const unfinished = /^\d+\.unfinished$/;

/** `000002-of-000003.list` */
export function listName(number: number, of: number, separator: 'newline' | 'nul'): string {
  const all = padded(of);
  return `${String(number).padStart(all.length, '0')}-of-${all}.${separator === 'nul' ? 'list0' : 'list'}`;
}

export function unfinishedName(number: number): string {
  return `${padded(number)}.unfinished`;
}

export function isUnfinished(name: string): boolean {
  return unfinished.test(name);
}

export function isList(name: string): boolean {
  return finished.test(name);
}

/** Where the lists in a directory are. Throws 'usage' where there are none, or not all of one set. */
export function listsIn(dir: string): string[] {
  const names = namesIn(dir);
  const [here, lists] = [show(Buffer.from(dir, 'latin1')), names.filter(isList).sort()];
  if (names.some(isUnfinished))
    throw new TransferError('usage', `the lists in ${here} are not finished`, {
      hint: 'difpipe split still writes them, or was killed: wait for it, or run it again with a new directory',
    });
  if (lists.length === 0)
    throw new TransferError('usage', `there are no lists in ${here}`, { hint: 'difpipe split makes them' });
  mustBeAll(lists, here);
  return lists.map((name) => `${dir}/${name}`);
}

function mustBeAll(lists: readonly string[], here: string): void {
  const partsOf = (part: number) => new Set(lists.map((name) => Number(finished.exec(name)![part])));
  const [numbers, totals] = [partsOf(1), partsOf(2)];
  const [total = 0] = totals;
  if (totals.size > 1 || numbers.size < lists.length)
    throw new TransferError('usage', `${here} holds lists of more than one split`, {
      hint: 'keep those of one in a directory',
    });
  for (let number = 1; number <= total; number++) {
    if (numbers.has(number)) continue;
    const name = listName(number, total, lists[0]!.endsWith('0') ? 'nul' : 'newline');
    throw new TransferError('usage', `${here} has ${lists.length} of ${total} lists: ${name} is not there`, {
      hint: 'run difpipe split again, or give --files-from one list to move only what is in it',
    });
  }
}

function namesIn(dir: string): string[] {
  try {
    return readdirSync(Buffer.from(dir, 'latin1'), 'latin1');
  } catch (cause) {
    const what = `cannot read the lists in ${show(Buffer.from(dir, 'latin1'))}: ${reasonOf(cause)}`;
    throw new TransferError('usage', what, { cause });
  }
}

function padded(number: number): string {
  return String(number).padStart(6, '0');
}
