/** Brings what was written to a place behind SSH to the disk there, by programs of the host. */
import { TransferError } from '../../errors.ts';
import { syncWords } from '../../work/far.ts';
import type { Shell } from '../shell.ts';
import type { Store } from '../store.ts';
import { beginning, firstLine, sayBoot } from './what-shell.ts';

/** The file system of the place where its `sync` can do one: only then it says what failed. Else all of them. */
const syncScript =
  `cd -- "$1" && case $([ -r . ] && echo ${syncWords.said}) in ${syncWords.takesFile}) sync -f .;; *) sync;; esac && ` +
  `{ ${sayBoot}; exit 0; }`;

/** Throws 'io' where the host was started again since it was asked last: what was not on its disk then is lost. */
export function syncing({ run, root, bootId }: Shell, name: string): NonNullable<Store['sync']> {
  let known = bootId;
  return async (signal) => {
    await using far = await run(syncScript, [root], signal, { readsNothing: true });
    const now = firstLine(await beginning(far.stdout));
    const { code } = await far.ended;
    const why = far.complaint().trim();
    if (code !== 0) throw new TransferError('io', `cannot sync the disk of ${name}${why && `: ${why}`}`);
    const isAnother = now !== known;
    known = now;
    if (isAnother) throw new TransferError('io', `cannot sync the disk of ${name}: it was started again`);
  };
}
