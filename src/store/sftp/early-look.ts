/** A place is looked at, and made, before anybody asks for it: on a long way each answer that is waited for counts. */
import { setImmediate as soon } from 'node:timers/promises';
import { isKind } from '../../errors.ts';
import { heardLater } from '../../work/heard-later.ts';
import { type Metadata, noMetadata } from '../entry.ts';
import { itself } from '../path.ts';
import type { Store } from '../store.ts';

/** Nobody else sees what is in a place before the tree is there. */
const privateMode = 0o700;
const freshMs = 1000;

type Look = ReturnType<Store['stat']>;

type Looked = {
  readonly first: Look;
  readonly made: Look;
  /** kept when it was made at once: nothing was there. Absent: that is not tried. */
  readonly isNew: Promise<unknown> | undefined;
};

/**
 * Looks at the place at once, and again when it is made: who asks for that within a second need not wait for another
 * answer. `makes`: it is made right behind the first look, where it is not there; who then makes it waits no more. What was
 * made so is not there for the first who asks, however late that is.
 */
export function lookedAt(
  { stat, makeDirectory, dress }: Store,
  makes: boolean,
  signal: AbortSignal,
): Pick<Store, 'stat' | 'makeDirectory'> & Looked {
  let looked: { readonly asking: Look; readonly untilMs: number } | undefined;
  const look = (asking: Look) => {
    looked = { asking: heardLater(asking), untilMs: performance.now() + freshMs };
  };
  const lookAtMade = async () => {
    await soon(); // on the same way, and answered after it
    const found = await stat(itself, signal);
    if (!found) throw new Error('asked before it was made');
    return found;
  };
  const first = stat(itself, signal);
  look(first);
  const make = makes ? makeDirectory : undefined;
  const early = make && {
    made: heardLater(make(itself, { ...noMetadata, mode: privateMode }, signal)),
    look: heardLater(lookAtMade()),
  };
  /** One that was made, of which only the answer was lost, is ours. */
  const unlessOurs = async (error: unknown, metadata: Metadata, on: AbortSignal) => {
    const isLost = isKind(error, 'conflict') && isKind(await early?.made.catch(same), 'transient');
    if (!isLost || (await stat(itself, on))?.kind !== 'directory') throw error;
    return dress?.(itself, metadata, on) ?? [];
  };
  let untold = early?.made; // nobody was told whether the place was there
  return {
    first: first.catch(() => undefined),
    isNew: early?.made,
    made: (early?.look ?? Promise.resolve(undefined)).catch(() => undefined), // who makes it says what is wrong
    async stat(path, on) {
      const fresh = looked && performance.now() < looked.untilMs ? looked : undefined;
      looked = undefined;
      if (path.length > 0) return stat(path, on);
      const making = untold;
      untold = undefined;
      const anew = async () => ((await isDone(making)) ? undefined : stat(path, on));
      return fresh?.asking.catch(anew) ?? anew();
    },
    ...(makeDirectory && {
      async makeDirectory(path, metadata, on) {
        if (path.length > 0) return makeDirectory(path, metadata, on);
        untold = undefined;
        const made = await early?.made.catch(() => undefined); // who makes it now says what is wrong
        look((made && early?.look) ?? lookAtMade());
        if (!made) return makeDirectory(path, metadata, on).catch((error) => unlessOurs(error, metadata, on));
        return metadata.mode === privateMode || !dress ? made : dress(path, metadata, on);
      },
    }),
  };
}

async function isDone(making: Promise<unknown> | undefined): Promise<boolean> {
  return making !== undefined && (await making.then(yes, no));
}

const same = (error: unknown) => error;
const yes = () => true;
const no = () => false;
