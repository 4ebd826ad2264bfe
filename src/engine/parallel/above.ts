/** The directory above the one at hand, open on both sides for as long as directories in it follow each other. */
import { Target } from '../../store/local/place/target.ts';
import { close } from '../../work/posix/libc.ts';
import { Stat } from '../../work/posix/stat.ts';
import type { LaneSetup } from './lane-setup.ts';

type Opener = { open(path: Uint8Array): number };
type Open = {
  readonly path: Uint8Array;
  readonly source: number;
  readonly stat: Stat;
  readonly target: Target;
};

const slash = 0x2f;

export class Above implements Disposable {
  readonly #sources: Opener;
  readonly #dests: Opener;
  readonly #setup: LaneSetup;
  #open: Open | undefined;
  #isTouched = false;

  constructor(sources: Opener, dests: Opener, setup: LaneSetup) {
    this.#sources = sources;
    this.#dests = dests;
    this.#setup = setup;
  }

  /** Where this directory is at the destination; undefined if that cannot be opened on both sides. */
  of(path: Uint8Array): Target | undefined {
    const above = path.subarray(0, Math.max(0, path.lastIndexOf(slash)));
    if (!this.#open || Buffer.compare(this.#open.path, above) !== 0) this.#change(above);
    return this.#open?.target;
  }

  /** Something in it was changed. */
  touched(): void {
    this.#isTouched = true;
  }

  /** It looks like that of the source again, where something in it was changed; nobody is told of it before. */
  settle(): void {
    if (!this.#open || !this.#isTouched) return;
    this.#isTouched = false;
    const { source, stat, target } = this.#open;
    target.settle({ fd: source }, stat, this.#setup);
  }

  #change(path: Uint8Array): void {
    this[Symbol.dispose]();
    const source = this.#sources.open(path);
    if (source < 0) return;
    const dest = this.#dests.open(path);
    if (dest < 0) return void close(source);
    const stat = new Stat();
    stat.of(source);
    this.#open = { path: new Uint8Array(path), source, stat, target: new Target(dest) };
  }

  [Symbol.dispose](): void {
    if (!this.#open) return;
    this.settle();
    close(this.#open.source);
    close(this.#open.target.fd);
    this.#open = undefined;
  }
}

/** The last name of a path. */
export function lastName(path: Uint8Array): Uint8Array {
  return path.subarray(path.lastIndexOf(slash) + 1);
}
