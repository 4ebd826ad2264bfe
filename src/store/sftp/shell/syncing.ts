/** Brings what was written to a place behind SSH to the disk there, by programs of the host. */
import { TransferError } from '../../../errors.ts';
import { inside } from '../../../work/posix/path.ts';
import { syncWords } from '../../../work/sh.ts';
import { type Shell, sayPlace } from '../../shell.ts';
import type { Store } from '../../store.ts';
import { type FineTimes, timeEach, timesIn } from './fine-times.ts';
import { mountsIn, mountWord, sayMounts } from './mounts.ts';
import { beginning, firstLine, sayBoot } from './what-shell.ts';
import type { Written } from './written.ts';

export type Changes = { readonly written: Written; readonly times: FineTimes };

/** The file system of a directory where its `sync` can do one: only then it says what failed. Else all of them. */
const syncScript =
  `cd -- "$1" && case $([ -r . ] && echo ${syncWords.said}) in ${syncWords.takesFile}) sync -f .;; *) sync;; esac && ` +
  `{ ${sayBoot}; ${sayPlace}; ${sayMounts}; exit 0; }`;

const mostSaid = 1 << 20; // of what is mounted
const nothing = new Uint8Array(0);

/**
 * Gives directories the `times` that they wait for, and syncs the file system of the place, and those that are mounted below it, as far as something of `written` is on them.
 * Throws 'io' where the host was started again since it was asked last: what was not on its disk then is lost.
 */
export function syncing(
  { run, root, bootId, heardPlace }: Shell,
  name: string,
  { written, times }: Changes,
): NonNullable<Store['sync']> {
  let known = bootId;
  const sync = async (dir: Uint8Array, below: Uint8Array, signal: AbortSignal, late?: FineTimes) => {
    await using far = late
      ? await run(`${timesIn}; ${syncScript}`, [dir, below, timeEach], signal)
      : await run(syncScript, [dir, below], signal, { readsNothing: true });
    late?.sendTo(far);
    const said = await beginning(far.stdout, mostSaid);
    const { code } = await far.ended;
    const why = far.complaint().trim();
    if (code !== 0) throw new TransferError('io', `cannot sync the disk of ${name}${why && `: ${why}`}`);
    return said;
  };
  const syncAll = async (changed: Written, late: FineTimes | undefined, signal: AbortSignal) => {
    const said = await sync(root, changed.isEmpty ? nothing : mountWord(root), signal, late);
    const [boot, place] = said.split(/^mounts\n/m)[0]!.split(/^(?=lineage )/m);
    heardPlace?.(place ?? '');
    const now = firstLine(boot!);
    const isAnother = now !== known;
    known = now;
    if (isAnother) throw new TransferError('io', `cannot sync the disk of ${name}: it was started again`);
    const others = mountsIn(said, root).filter((path) => changed.isBelow(path));
    for (const path of others) await sync(inside(root, Buffer.from(path, 'latin1')), nothing, signal);
  };
  return async (signal) => {
    const changed = written.take();
    const late = times.isEmpty ? undefined : times.take();
    try {
      await syncAll(changed, late, signal);
    } catch (error) {
      written.giveBack(changed);
      if (late) times.giveBack(late);
      throw error;
    }
  };
}
