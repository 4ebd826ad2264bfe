/**
 * A directory of ours at the destination, for as long as a run is not complete: what rsync is writing is in there, so
 * that what a kill leaves is found, and large files that were cut off wait there to be gone on with. It is made only
 * where something is to be written, because that alone touches the destination.
 */
import { createHash } from 'node:crypto';
import { isKind } from '../../errors.ts';
import { below, itself, type RelativePath } from '../../store/path.ts';
import { noMetadata, type Store } from '../../store/store.ts';

const inside = ['tmp', 'part'] as const;

export class Room {
  readonly #dest: Store;
  readonly #name: string;
  #made: Promise<void> | undefined;

  constructor(dest: Store, name: string) {
    this.#dest = dest;
    this.#name = name;
  }

  get isThere(): boolean {
    return this.#made !== undefined;
  }

  get tempDir(): string {
    return `${this.#name}/tmp`;
  }

  /** Where one large file waits, below the destination. */
  partialDir(path: Uint8Array): string {
    return `${this.#name}/part/${createHash('sha256').update(path).digest('hex').slice(0, 32)}`;
  }

  /** Takes up what an earlier run left: of that, only large files that were cut off are of use. */
  async sweep(signal: AbortSignal): Promise<void> {
    const found = await this.#dest.stat(this.#path(), signal);
    if (found?.kind !== 'directory') return;
    await empty(this.#dest, this.#path('tmp'), signal);
    await this.make(signal);
  }

  /** May be called often. */
  make(signal: AbortSignal): Promise<void> {
    this.#made ??= this.#make(signal).catch((error: unknown) => {
      this.#made = undefined;
      throw error;
    });
    return this.#made;
  }

  async #make(signal: AbortSignal): Promise<void> {
    for (const path of [this.#path(), ...inside.map((name) => this.#path(name))]) {
      try {
        await this.#dest.makeDirectory!(path, { ...noMetadata, mode: 0o700 }, signal);
      } catch (error) {
        if (!isKind(error, 'conflict')) throw error; // it was there
      }
    }
  }

  /** Takes all of it away. */
  async clear(signal: AbortSignal): Promise<void> {
    await empty(this.#dest, this.#path(), signal);
    await this.#dest.remove(this.#path(), signal);
    this.#made = undefined;
  }

  #path(name?: string): RelativePath {
    const room = below(itself, Buffer.from(this.#name))!;
    return name === undefined ? room : below(room, Buffer.from(name))!;
  }
}

/** Removes what is in a directory; nothing where it is not there. */
async function empty(store: Store, dir: RelativePath, signal: AbortSignal): Promise<void> {
  const found = [];
  try {
    for await (const entry of store.list(dir, signal)) if (entry.kind !== 'unlisted') found.push(entry);
  } catch (error) {
    if (!isKind(error, 'missing')) throw error;
  }
  for (const { kind, path } of found) {
    if (kind === 'directory') await empty(store, path, signal);
    await store.remove(path, signal);
  }
}
