/** Paths from a list, as Bundles: names that follow each other in one directory stay together. */
import { createReadStream } from 'node:fs';
import { TransferError } from '../errors.ts';
import type { Report } from '../report/events.ts';
import { show } from '../report/show.ts';
import type { FilesFrom } from '../request.ts';
import { NamePacker } from '../work/posix/dirents.ts';
import { reasonOf } from '../work/posix/errno.ts';
import type { Bundle } from './bundle.ts';
import { listsIn } from './lists.ts';
import { remarked } from './remarked.ts';

const namesAtOnce = 1000;
const mostPathBytes = 1024 * 1024;
const slash = 0x2f;

/** Where a walk begins: at the whole source, at its only entry, or at the paths of a list. */
export function firstBundles(
  filesFrom: FilesFrom | undefined,
  single: Uint8Array | undefined,
  { failed = [], report }: { readonly failed?: Iterable<Uint8Array> | undefined; readonly report: Report },
): AsyncIterable<Bundle> | Iterable<Bundle> {
  if (single) return [{ ...wholeTree, names: Uint8Array.of(...single, 0), what: 'entries' }];
  if (!filesFrom) return [wholeTree];
  if (filesFrom.kind === 'failed') return bundled(failed, wholeTree);
  const { path } = filesFrom;
  if (filesFrom.kind === 'lists') {
    const list = `the split in ${shown(path)}`;
    return bundled(remarked(pathsOfLists(path), { list, hasLines: false, report }), rootAlone);
  }
  const given = { list: `the list ${shown(path)}`, hasLines: filesFrom.separator === 'newline', report };
  return bundled(remarked(listedPaths(path, filesFrom.separator), given), rootAlone);
}

/** All that is in the lists of a split. Throws 'usage'. */
async function* pathsOfLists(dir: string): AsyncGenerator<Buffer> {
  for (const path of listsIn(dir)) yield* listedPaths(path, path.endsWith('.list0') ? 'nul' : 'newline');
}

/**
 * The lines of a file, or of standard input for '-', without their ends; empty ones are passed over. Throws 'usage',
 * also for a NUL on a line: what follows it would be lost, or taken for a path of its own.
 */
async function* listedPaths(file: string, separator: 'newline' | 'nul'): AsyncGenerator<Buffer> {
  const stream = file === '-' ? process.stdin : createReadStream(Buffer.from(file, 'latin1'));
  const end = separator === 'nul' ? 0 : 0x0a;
  let rest = Buffer.alloc(0);
  let sincePath = 0;
  try {
    for await (const chunk of stream) {
      if (separator === 'newline' && chunk.includes(0)) throw hasNul(file);
      rest = Buffer.concat([rest, chunk as Buffer]);
      sincePath += chunk.length;
      for (let at = rest.indexOf(end); at >= 0; at = rest.indexOf(end)) {
        if (at > 0) yield rest.subarray(0, at);
        if (at > 0) sincePath = 0;
        rest = rest.subarray(at + 1);
      }
      if (sincePath > mostPathBytes) throw new Error('there is no path in 1 MiB of it');
    }
  } catch (cause) {
    if (cause instanceof TransferError) throw cause;
    throw new TransferError('usage', `cannot read the list ${shown(file)}: ${reasonOf(cause)}`, { cause });
  }
  if (rest.length > 0) yield rest;
}

function hasNul(file: string): TransferError {
  return new TransferError('usage', `the list ${shown(file)} holds a NUL, which is in no path`, {
    hint: 'give --files-from0 for paths that end with NUL',
  });
}

function shown(file: string): string {
  return file === '-' ? 'on standard input' : show(Buffer.from(file, 'latin1'));
}

type Paths = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Groups paths, with `root` for the source itself; throws 'usage' for one that leads out of the source. */
async function* bundled(paths: Paths, root: Bundle): AsyncGenerator<Bundle> {
  const names = new NamePacker();
  let dir: Uint8Array = new Uint8Array(0);
  for await (const typed of paths) {
    const path = normal(typed);
    const cut = path.lastIndexOf(slash);
    const parent = path.subarray(0, Math.max(0, cut));
    if (names.count > 0 && (names.count >= namesAtOnce || Buffer.compare(parent, dir) !== 0))
      yield bundleOf(dir, names);
    dir = new Uint8Array(parent);
    if (path.length === 0) yield root;
    else names.addBytes(path.subarray(cut + 1));
  }
  if (names.count > 0) yield bundleOf(dir, names);
}

/** The source itself, with all that is in it. */
const wholeTree: Bundle = {
  dir: new Uint8Array(0),
  names: new Uint8Array(1),
  what: 'trees',
  fresh: undefined,
  slice: 0,
};

/** The source directory as a list means it: what is in it is listed for itself. */
const rootAlone: Bundle = { ...wholeTree, names: new Uint8Array(0), what: 'entries' };

function bundleOf(dir: Uint8Array, names: NamePacker): Bundle {
  return { dir, names: names.take(), what: 'entries', fresh: undefined, slice: 0 };
}

/**
 * Relative to the source, without empty parts and dots. Where `..` leads from a symlink is not known before it is
 * looked at, so it leads nowhere.
 */
function normal(path: Uint8Array): Uint8Array {
  const parts = Buffer.from(path).toString('latin1').split('/');
  const kept = parts.filter((part) => part !== '' && part !== '.');
  if (kept.includes('..')) throw leadsBack(path, kept);
  return Buffer.from(kept.join('/'), 'latin1');
}

function leadsBack(path: Uint8Array, parts: readonly string[]): TransferError {
  const isBack = (part: string) => part === '..';
  const leavesSource = parts.some((_, at) => {
    const so = parts.slice(0, at + 1);
    return so.filter(isBack).length * 2 > so.length;
  });
  if (leavesSource)
    return new TransferError('usage', `the list holds ${show(path)}, which leads out of the source`, {
      hint: 'list paths below the source directory',
    });
  return new TransferError('usage', `the list holds ${show(path)}: .. is not followed`, {
    hint: 'list the path without it',
  });
}
