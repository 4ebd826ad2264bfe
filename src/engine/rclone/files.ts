/** Many files copied by rclone, again what is left where it was killed; answers which of them it says to be there. */
import { isKind } from '../../errors.ts';
import type { Carry } from '../../store/batch.ts';
import { toRclone } from '../../store/rclone/names.ts';
import type { FileEntry } from '../../store/store.ts';
import { Patience } from '../../work/patience.ts';
import { type Errand, runCopy } from './child.ts';
import type { Copying } from './setup.ts';

type Given = {
  readonly files: readonly Carry[];
  /** where they go, and how, beside what all are told */
  readonly to: string;
  readonly words: readonly string[];
};

const patience = { waitMs: 200, mostWaitMs: 5000, withinMs: Number.POSITIVE_INFINITY };

/** Waits for `moved` after each file. */
export async function copyFiles(
  copying: Copying,
  { files, to, words }: Given,
  moved: (bytes: number) => Promise<void>,
  signal: AbortSignal,
): Promise<Set<Carry>> {
  const waiting = new Map(files.map((one) => [toRclone(one.entry.path)!, one]));
  const done = new Set<Carry>();
  if (waiting.size === 0) return done;
  const { carrier, from, how } = copying;
  const patient = new Patience({ ...patience, tries: how.retries }, signal);
  const common = { program: carrier.program, from: from.target, to, words: [...words, ...keeping(copying)] };
  for (;;) {
    const errand: Errand = {
      ...common,
      env: { ...copying.to.carrier?.env, ...carrier.env },
      names: [...waiting.keys()],
    };
    try {
      await runCopy(
        errand,
        (name) => {
          const one = waiting.get(name);
          if (!one) return;
          waiting.delete(name);
          done.add(one);
          void moved((one.entry as FileEntry).size);
        },
        signal,
      );
      return done;
    } catch (error) {
      if (waiting.size === 0 && !signal.aborted) return done;
      if (isKind(error, 'transient')) how.warn(error.message);
      await patient.wait(error);
    }
  }
}

function keeping({ from, to }: Copying): string[] {
  const isTold = (to.carrier ?? from.carrier)?.tellsMetadata === true;
  return isTold ? ['--metadata'] : [];
}
