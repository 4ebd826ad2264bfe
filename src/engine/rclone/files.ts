/** Many files copied by rclone, again what is left where it was killed; answers which of them it says to be there. */
import { isKind } from '../../errors.ts';
import type { Carry } from '../../store/batch.ts';
import type { FileEntry } from '../../store/entry.ts';
import { toRclone } from '../../store/rclone/names.ts';
import { Patience } from '../../work/retry.ts';
import type { Copying } from './setup.ts';

type Given = {
  readonly files: readonly Carry[];
  /** where they go, undefined: to the place of the rclone that copies; and how */
  readonly to: string | undefined;
  readonly config: Readonly<Record<string, unknown>>;
};

const patience = { waitMs: 200, mostWaitMs: 5000, withinMs: Number.POSITIVE_INFINITY };

const mostQuietMs = 600_000; // while it lists what is there
const slowest = 16 / 8; // bytes in a millisecond of each of those that it copies at once

/** Waits for `moved` after each file. */
export async function copyFiles(
  copying: Copying,
  { files, to, config }: Given,
  moved: (bytes: number) => Promise<void>,
  signal: AbortSignal,
): Promise<Set<Carry>> {
  const waiting = new Map(files.map((one) => [toRclone(one.entry.path)!, one]));
  const done = new Set<Carry>();
  if (waiting.size === 0) return done;
  const { carrier, from, how } = copying;
  const metadata = carrier.tellsMetadata && how.keep.mode;
  const patient = new Patience({ ...patience, tries: how.retries }, signal);
  const errand = {
    from: from.carrier === carrier ? undefined : from.target,
    to,
    config: { ...config, Metadata: metadata },
    quietMs: mostQuietMs + largestOf(files) / slowest,
  };
  for (;;) {
    try {
      await carrier.copy(
        { ...errand, names: [...waiting.keys()] },
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

function largestOf(files: readonly Carry[]): number {
  return files.reduce((largest, { entry }) => Math.max(largest, (entry as FileEntry).size), 0);
}
