/**
 * Batches from a place of rclone's to this disk: one job of rclone's into a directory of ours at the destination, and
 * from there each file gets its name, if it came as it was listed. What a killed run left of such directories is taken
 * away by the next one.
 */

import * as fs from 'node:fs';
import type { Batches, Carried, Carry, Load } from '../../store/batch.ts';
import { type FileEntry, noMetadata } from '../../store/entry.ts';
import { removeTree, Target } from '../../store/local/place/target.ts';
import { toRclone } from '../../store/rclone/names.ts';
import { openDirectory } from '../../work/posix/open-directory.ts';
import { Opened } from '../../work/posix/opened.ts';
import { copyFiles } from './files.ts';
import { budget, type Copying } from './setup.ts';
import { Staged } from './staged.ts';

export function createPull(copying: Copying): Batches {
  let stages = 0;
  const root = copying.to.target;
  return {
    budget,
    takes: ({ kind, path }) => kind === 'directory' || (kind === 'file' && toRclone(path) !== undefined),
    settles: () => false,
    carry: async (load, moved, signal) => {
      const name = `${copying.how.ownTag}r${++stages}`;
      using stage = openStage(root, name);
      return await pull(copying, { load, stage, path: `${root}/${name}` }, moved, signal);
    },
    sweep: async () => sweep(root, copying.how),
  };
}

type Pulling = { readonly load: Load; readonly stage: Stage; readonly path: string };

async function pull(
  copying: Copying,
  { load: { entries }, stage, path }: Pulling,
  moved: (bytes: number) => Promise<void>,
  signal: AbortSignal,
): Promise<Carried> {
  const arrived = new Set<Carry>();
  for (const one of entries) if (await makeDirectory(copying, one, signal)) arrived.add(one);
  const files = entries.filter(({ entry }) => entry.kind === 'file');
  const config = { Inplace: true, NoCheckDest: true };
  const copied = await copyFiles(copying, { files, to: path, config }, moved, signal);
  using staged = new Staged(stage.root, stage.fd, copying.timeStepNs);
  for (const one of copied) if (staged.place(one.entry as FileEntry, one.replaces)) arrived.add(one);
  return { left: new Set(entries.filter((one) => !arrived.has(one))), lost: {}, isDressed: () => false };
}

/** False for what is none, or fails: that is tried alone, which says why. */
async function makeDirectory({ dest }: Copying, { entry }: Carry, signal: AbortSignal): Promise<boolean> {
  if (entry.kind !== 'directory') return false;
  const mode = ((entry.mode ?? 0o755) & 0o777) | 0o700;
  return dest.makeDirectory!(entry.path, { ...noMetadata, mode }, signal).then(
    () => true,
    () => false,
  );
}

type Stage = Disposable & { readonly root: number; readonly fd: number };

/** A directory of ours, for nobody else; gone with all that is in it when it is disposed of. */
function openStage(path: string, name: string): Stage {
  fs.mkdirSync(`${path}/${name}`, { mode: 0o700 });
  using stack = new DisposableStack();
  const root = stack.use(opened(path)).fd;
  stack.defer(() => removeTree(root, Buffer.from(name)));
  const { fd } = stack.use(opened(`${path}/${name}`));
  const kept = stack.move();
  return { root, fd, [Symbol.dispose]: () => kept.dispose() };
}

function opened(path: string): Opened {
  return new Opened(openDirectory(Buffer.from(path)));
}

function sweep(path: string, { tag, ownTag }: Copying['how']): void {
  using root = opened(path);
  if (root.fd < 0) return; // nothing was left where nothing is
  new Target(root.fd).sweep((bytes) => {
    const name = Buffer.from(bytes).toString('latin1');
    return name.startsWith(tag) && !name.startsWith(ownTag) && /-r\d+$/.test(name);
  });
}
