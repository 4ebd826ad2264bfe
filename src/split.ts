/** Lists of what is in a source, for people with tools of their own: each list is as much as one of them should take. */

import * as fs from 'node:fs';
import { isKind, TransferError } from './errors.ts';
import type { Location } from './location/location.ts';
import type { Means } from './means.ts';
import { compileRules, type Excluded } from './profile/filter.ts';
import { excludesUnlisted } from './profile/filter-unlisted.ts';
import { ListFiles, type Lists, type SplitRequest } from './profile/list-files.ts';
import type { Progress } from './report/events.ts';
import { tellHowFar } from './report/how-far.ts';
import { show } from './report/show.ts';
import type { Listed } from './store/entry.ts';
import { itself, type RelativePath } from './store/path.ts';
import type { Store } from './store/store.ts';
import { openFrom } from './way/between.ts';
import { toLook } from './way/opening.ts';
import { isInside, pathKey } from './work/posix/path.ts';

/**
 * Writes them, and answers what is in them: files, symlinks, special files, and directories with nothing in them.
 * What is below the source and cannot be listed is reported, and in no list. Throws 'usage' where the directory is not
 * empty, or a name cannot stand on a line; what was written then is removed.
 */
export async function split(
  source: Location,
  request: SplitRequest,
  { open, report, control }: Means,
): Promise<Lists> {
  const { signal } = control;
  await using from = await openFrom(source, toLook(open), signal);
  if (from.source.name) throw new TransferError('usage', 'one file cannot be split into lists');
  const excluded = compileRules(request.rules);
  using lists = new ListFiles(request);
  if (source.kind === 'local') refuseInside(source.path, request.out);
  let failed = 0;
  const startMs = performance.now();
  using _progress = tellHowFar(() => howFar(lists, startMs), report, control);
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

/** The lists would be in themselves, by names that they no longer have in the end. */
function refuseInside(source: Uint8Array, out: string): void {
  const [from, to] = [Buffer.from(source), Buffer.from(out)].map((path) => fs.realpathSync(path, 'buffer'));
  if (!from!.equals(to!) && !isInside(from!, to!)) return;
  throw new TransferError(
    'refused',
    `${show(to!)} is inside ${show(from!)}: the lists would be in themselves`,
    {
      hint: 'choose a directory outside of the source',
    },
  );
}

function howFar({ total: { entries: files, bytes } }: ListFiles, startMs: number): Progress {
  const soFar = { bytes, files, totalBytes: bytes, totalFiles: files };
  return { ...soFar, walkEnded: false, lanes: 1, elapsedMs: performance.now() - startMs };
}

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
