/** What a room is made with: a Store where the destination is here, one program a step where it is far away. */
import { isKind, TransferError } from '../../errors.ts';
import { below, itself, type RelativePath } from '../../store/path.ts';
import { noMetadata, type Shell, type Store } from '../../store/store.ts';
import { finished } from '../../work/far.ts';

/** All may be done again. `room` is a directory directly below the destination, `inside` are those in it. */
export type RoomPlace = {
  readonly isThere: (room: string, signal: AbortSignal) => Promise<boolean>;
  readonly make: (room: string, inside: readonly string[], signal: AbortSignal) => Promise<void>;
  /** Takes a directory away with all that is in it, if it is there: the room, or one in it. */
  readonly remove: (room: string, inside: string | undefined, signal: AbortSignal) => Promise<void>;
};

export function roomHere(dest: Store): RoomPlace {
  const pathOf = (room: string, name?: string) => {
    const path = below(itself, Buffer.from(room))!;
    return name === undefined ? path : below(path, Buffer.from(name))!;
  };
  return {
    isThere: async (room, signal) => (await dest.stat(pathOf(room), signal))?.kind === 'directory',
    make: async (room, inside, signal) => {
      for (const name of [undefined, ...inside]) await makeOne(dest, pathOf(room, name), signal);
    },
    remove: (room, name, signal) => removeAll(dest, pathOf(room, name), signal),
  };
}

const enter = 'unset CDPATH; cd -P "$1" || exit 1; if [ -h "$2" ]; then rm -f "$2"; fi;';

export function roomFar({ run, root }: Shell): RoomPlace {
  const act = async (script: string, words: readonly string[], signal: AbortSignal) => {
    const args = words.map((word) => Buffer.from(word));
    await using acting = await run(`${enter} ${script}`, [root, ...args], signal);
    const { code } = await finished(acting);
    return { code, why: acting.complaint().trim() };
  };
  const done = async (script: string, words: readonly string[], signal: AbortSignal) => {
    const { code, why } = await act(script, words, signal);
    if (code !== 0) throw fault(why);
  };
  return {
    isThere: async (room, signal) => (await act('[ -d "$2" ]', [room], signal)).code === 0,
    make: (room, inside, signal) => {
      const paths = inside.map((name) => `${room}/${name}`);
      return done('shift; umask 077; mkdir -p "$@"', [room, ...paths], signal);
    },
    remove: (room, name, signal) =>
      done('rm -rf "$3"', [room, name === undefined ? room : `${room}/${name}`], signal),
  };
}

function fault(why: string): TransferError {
  const isFull = /No space left|Disk quota/.test(why);
  const kind = isFull ? 'full' : /Permission denied/.test(why) ? 'denied' : 'io';
  return new TransferError(kind, `cannot make room for unfinished files at the destination: ${why}`);
}

async function makeOne(dest: Store, path: RelativePath, signal: AbortSignal): Promise<void> {
  try {
    await dest.makeDirectory!(path, { ...noMetadata, mode: 0o700 }, signal);
  } catch (error) {
    if (!isKind(error, 'conflict')) throw error; // it was there
  }
}

async function removeAll(store: Store, dir: RelativePath, signal: AbortSignal): Promise<void> {
  const found = [];
  try {
    for await (const entry of store.list(dir, signal)) if (entry.kind !== 'unlisted') found.push(entry);
  } catch (error) {
    if (!isKind(error, 'missing')) throw error;
  }
  for (const { kind, path } of found) {
    if (kind === 'directory') await removeAll(store, path, signal);
    else await store.remove(path, signal);
  }
  await store.remove(dir, signal);
}
