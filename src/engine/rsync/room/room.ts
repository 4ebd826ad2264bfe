/**
 * A directory of ours at the destination, for as long as a run is not complete: what rsync is writing is in there, so
 * that what a kill leaves is found, and large files that were cut off wait there to be gone on with. It is made only
 * where something is to be written, because that alone touches the destination.
 */
import { createHash } from 'node:crypto';
import { textOf } from '../../../report/show.ts';
import type { RoomPlace } from './room-places.ts';

const inside = ['tmp', 'part'] as const;

export class Room {
  readonly #place: RoomPlace;
  readonly #root: string | undefined;
  readonly #name: string;
  #swept: Promise<boolean> | undefined;
  #made: Promise<void> | undefined;

  /** `root` is the destination. */
  constructor(place: RoomPlace, root: Uint8Array, name: string) {
    this.#place = place;
    this.#root = textOf(root);
    this.#name = name;
  }

  get isThere(): boolean {
    return this.#made !== undefined;
  }

  /** Those that an rsync makes at a far destination, once there is room. */
  get directories(): readonly string[] {
    return this.isThere ? [this.#name, ...inside.map((name) => `${this.#name}/${name}`)] : [];
  }

  get tempDir(): string {
    return `${this.#name}/tmp`;
  }

  /** Where one large file waits: from the top, or it would be beside the file. Undefined where no word can say it. */
  partialDir(path: Uint8Array): string | undefined {
    if (this.#root === undefined) return undefined;
    return `${this.#root}/${this.#name}/part/${createHash('sha256').update(path).digest('hex').slice(0, 32)}`;
  }

  /**
   * Takes up what an earlier run left: of that, only large files that were cut off are of use. Answers whether there was
   * something. May be called often.
   */
  sweep(signal: AbortSignal): Promise<boolean> {
    this.#swept ??= this.#sweep(signal).catch((error: unknown) => {
      this.#swept = undefined;
      throw error;
    });
    return this.#swept;
  }

  async #sweep(signal: AbortSignal): Promise<boolean> {
    const isThere = await this.#place.sweep(this.#name, 'tmp', signal);
    if (isThere) await this.make(signal);
    return isThere;
  }

  /** May be called often. */
  make(signal: AbortSignal): Promise<void> {
    this.#made ??= this.#place.make(this.#name, inside, signal).catch((error: unknown) => {
      this.#made = undefined;
      throw error;
    });
    return this.#made;
  }

  /** Takes all of it away; answers the time that the destination has now, where that is the one it had. */
  async clear(signal: AbortSignal): Promise<bigint | undefined> {
    const mtimeNs = await this.#place.clear(this.#name, signal);
    this.#made = undefined;
    return mtimeNs;
  }
}
