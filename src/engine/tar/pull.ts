/** Batches of small entries from a place with a shell to this disk: packed there by its tar, unpacked here. */

import type { Batches, Carried, Carry, Load } from '../../store/batch.ts';
import type { Holder } from '../../store/local/probe/holder.ts';
import { openDirectory } from '../../work/posix/open-directory.ts';
import { Opened } from '../../work/posix/opened.ts';
import { pathKey } from '../../work/posix/path.ts';
import { settles, takesFor } from './can-carry.ts';
import { expect } from './expected.ts';
import type { BatchHow } from './far-place.ts';
import { changedMeanwhile, dirsOf, type FarSource, packedBy } from './from-host.ts';
import { fetchInto } from './host/exchange.ts';
import { layOut } from './host/layout.ts';
import { fetchAgain } from './host/send-again.ts';
import { type Unpacked, Unpacking } from './unpack/unpacking.ts';

export type PullTo = { readonly root: Uint8Array; readonly holder: Holder };

export function createPull(from: FarSource, to: PullTo, how: BatchHow): Batches {
  let partials = 0;
  const partialName = () => Buffer.from(`${how.ownTag}b${++partials}.part`);
  const pulling = { from, to, how, partialName };
  return {
    takes: takesFor(how.keep),
    settles,
    carry: (load, moved, signal) => fetchAgain(() => pull(load, pulling, moved, signal), how, signal),
    sweep: async () => undefined, // leftovers are files beside the others
  };
}

type Pulling = {
  readonly from: FarSource;
  readonly to: PullTo;
  readonly how: BatchHow;
  readonly partialName: () => Uint8Array;
};

async function pull(
  load: Load,
  { from, to, how, partialName }: Pulling,
  moved: (bytes: number) => Promise<void>,
  signal: AbortSignal,
): Promise<Carried> {
  const { entries } = load;
  const layout = layOut(load);
  const used = dirsOf(layout).filter((dir) => dir.length > 0 || isUsed(load));
  const expected = expect(entries, used, to.root);
  using root = new Opened(openDirectory(to.root));
  const unpackHow = { keep: how.keep, holder: to.holder, partialName };
  using unpacking = new Unpacking(root.fd, expected, unpackHow);
  const { script, list, read } = await packedBy(from, layout, used, signal);
  const given = { list, read, receiver: unpacking, moved };
  const { code } = await fetchInto(from.place.run, script, given, signal);
  const unpacked = unpacking.commit(await changedMeanwhile(from, entries, code, signal));
  return carriedOf(entries, unpacked);
}

/** Whether something goes directly into the root. */
function isUsed({ entries, dirs }: Load): boolean {
  return entries.some(({ entry }) => !entry.path.includes(0x2f)) || dirs.some(({ length }) => length === 0);
}

function carriedOf(entries: readonly Carry[], { arrived, failures, lost }: Unpacked): Carried {
  const failed = new Set(failures.map(({ path }) => pathKey(path)));
  return {
    left: new Set(entries.filter(({ entry }) => !arrived.has(pathKey(entry.path)))),
    isDressed: (dir) => arrived.has(pathKey(dir)) && !failed.has(pathKey(dir)),
    lost,
  };
}
