/** What a room is made with: a Store where the destination is here, one program a step where it is far away. */
import { isKind } from '../../../errors.ts';
import { noMetadata } from '../../../store/entry.ts';
import { below, itself, type RelativePath } from '../../../store/path.ts';
import type { Shell } from '../../../store/shell.ts';
import type { Store } from '../../../store/store.ts';
import { finished } from '../../../work/far-process.ts';
import { roomFault } from './room-far.ts';

/** All may be done again. `room` is a directory directly below the destination, `inside` are those in it. */
export type RoomPlace = {
  /** Takes away what is in it for an hour, not what waits for the next run; false where there is no room. */
  readonly sweep: (room: string, gone: string, signal: AbortSignal) => Promise<boolean>;
  /** Each rsync that goes there makes it again: it may be gone, or was left to the first. */
  readonly make: (room: string, inside: readonly string[], signal: AbortSignal) => Promise<void>;
  /**
   * Takes it away with all that is in it, gives the destination the time that it had, and syncs; answers which time,
   * undefined where it may have another one now.
   */
  readonly clear: (room: string, signal: AbortSignal) => Promise<bigint | undefined>;
  /** Takes a directory of ours away, wherever it is, with all that is in it. */
  readonly remove: (dir: RelativePath, signal: AbortSignal) => Promise<void>;
};

export function roomHere(dest: Store): RoomPlace {
  const pathOf = (room: string, name?: string) => {
    const path = below(itself, Buffer.from(room))!;
    return name === undefined ? path : below(path, Buffer.from(name))!;
  };
  return {
    sweep: async (room, gone, signal) => {
      if ((await dest.stat(pathOf(room), signal))?.kind !== 'directory') return false;
      await removeAll(dest, pathOf(room, gone), signal);
      return true;
    },
    make: async (room, inside, signal) => {
      const mtimeNs = (await dest.stat(itself, signal))?.mtimeNs;
      for (const name of [undefined, ...inside]) await makeOne(dest, pathOf(room, name), signal);
      await dest.dress?.(itself, { ...noMetadata, mtimeNs }, signal); // or rsync would find that to put right
    },
    clear: async (room, signal) => {
      const mtimeNs = (await dest.stat(itself, signal))?.mtimeNs;
      await removeAll(dest, pathOf(room), signal);
      const unkept = await dest.dress?.(itself, { ...noMetadata, mtimeNs }, signal);
      await dest.sync?.(signal);
      return unkept?.length === 0 ? mtimeNs : undefined;
    },
    remove: (dir, signal) => removeAll(dest, dir, signal),
  };
}

const enter = 'unset CDPATH; cd -P "$1" || exit 1; if [ -h "$2" ]; then rm -f "$2"; fi;';
const none = 3;

/** A file elsewhere remembers the time, as finely as it is; stat says whether it was given back so. */
const clearing =
  'when() { stat -c "%y %Y" . 2>/dev/null; }; had=$(when); ' +
  'if [ -n "$had" ] && seen=$(mktemp 2>/dev/null); then touch -r . "$seen"; fi; ' +
  'rm -rf "$2" || { why=$?; rm -f "$seen"; exit $why; }; ' +
  'if [ -n "$seen" ]; then touch -m -r "$seen" . 2>/dev/null; rm -f "$seen"; fi; ' +
  'if [ "$had" = "$(when)" ]; then printf "%s" "$had"; fi; sync -f . 2>/dev/null || sync';

export function roomFar({ run, root }: Shell): RoomPlace {
  const act = async (script: string, words: readonly (string | Uint8Array)[], signal: AbortSignal) => {
    const args = words.map((word) => (typeof word === 'string' ? Buffer.from(word) : word));
    await using acting = await run(`${enter} ${script}`, [root, ...args], signal, { readsNothing: true });
    let said = '';
    for await (const chunk of acting.stdout) said += (chunk as Buffer).toString('latin1').slice(0, mostSaid);
    const { code } = await finished(acting);
    return { code, said, why: acting.complaint().trim() };
  };
  const done = async (script: string, words: readonly (string | Uint8Array)[], signal: AbortSignal) => {
    const { code, said, why } = await act(script, words, signal);
    if (code !== 0) throw roomFault(why);
    return said;
  };
  return {
    sweep: async (room, gone, signal) => {
      const { code, why } = await act(
        `[ -d "$2" ] || exit ${none}; rm -rf "$3"`,
        [room, `${room}/${gone}`],
        signal,
      );
      if (code !== 0 && code !== none) throw roomFault(why);
      return code === 0;
    },
    make: async () => undefined, // whoever needs it makes it as it starts
    clear: async (room, signal) => timeOf(await done(clearing, [room], signal)),
    remove: async (dir, signal) => void (await done('rm -rf "./$2"', [dir], signal)),
  };
}

const mostSaid = 200;
const line = /^\S+ \S+\.(\d{9}) \S+ (-?\d+)$/;

/** `2026-11-28 15:01:42.395906214 +0000 1795878102`, from a stat that says nanoseconds. */
function timeOf(said: string): bigint | undefined {
  const [, ns, seconds] = line.exec(said) ?? [];
  return ns === undefined ? undefined : BigInt(seconds!) * 1_000_000_000n + BigInt(ns);
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
