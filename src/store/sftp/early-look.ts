/** A place is looked at, and made, before anybody asks for it: on a long way each answer that is waited for counts. */
import { setImmediate as soon } from 'node:timers/promises';
import { isKind } from '../../errors.ts';
import { heardLater } from '../../work/heard-later.ts';
import { type Metadata, noMetadata, type Unkept } from '../entry.ts';
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
export function lookingEarly(
  store: Store,
  makes: boolean,
  signal: AbortSignal,
): Pick<Store, 'stat' | 'makeDirectory'> & Looked {
  const { stat, makeDirectory, dress } = store;
  let looked: { readonly asking: Look; readonly untilMs: number } | undefined;
  const look = (asking: Look) => {
    looked = { asking: heardLater(asking), untilMs: performance.now() + freshMs };
  };
  const first = stat(itself, signal);
  look(first);
  const early = makes ? madeEarly(store, signal) : undefined;
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
        look((made && early?.look) ?? lookAtMade(store, signal));
        if (!made) {
          const making = { before: early?.made, made: makeDirectory(path, metadata, on), metadata };
          return unlessOurs(store, making, on);
        }
        return metadata.mode === privateMode || !dress ? made : dress(path, metadata, on);
      },
    }),
  };
}

type Early = { readonly made: Promise<Unkept>; readonly look: Look };

function madeEarly(store: Store, signal: AbortSignal): Early | undefined {
  const made = store.makeDirectory?.(itself, { ...noMetadata, mode: privateMode }, signal);
  return made && { made: heardLater(made), look: heardLater(lookAtMade(store, signal)) };
}

async function lookAtMade({ stat }: Store, signal: AbortSignal): Look {
  await soon(); // on the same way, and answered after it
  const found = await stat(itself, signal);
  if (!found) throw new Error('asked before it was made');
  return found;
}

type Making = {
  readonly before: Promise<Unkept> | undefined;
  readonly made: Promise<Unkept>;
  readonly metadata: Metadata;
};

/** One that was made before, of which only the answer was lost, is ours. */
async function unlessOurs(
  { stat, dress }: Store,
  { before, made, metadata }: Making,
  signal: AbortSignal,
): Promise<Unkept> {
  try {
    return await made;
  } catch (error) {
    const isLost = isKind(error, 'conflict') && isKind(await before?.catch(same), 'transient');
    if (!isLost || (await stat(itself, signal))?.kind !== 'directory') throw error;
    return dress?.(itself, metadata, signal) ?? [];
  }
}

async function isDone(making: Promise<unknown> | undefined): Promise<boolean> {
  return making !== undefined && (await making.then(yes, no));
}

const same = (error: unknown) => error;
const yes = () => true;
const no = () => false;
