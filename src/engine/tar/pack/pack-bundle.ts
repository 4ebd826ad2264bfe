import type { Bundle } from '../../../profile/bundle.ts';
import { excludedBy } from '../../../profile/filter.ts';
import { Walk } from '../../../profile/walk.ts';
import * as c from '../../../work/posix/constants.ts';
import * as libc from '../../../work/posix/libc.ts';
import { Slot } from '../../../work/posix/memory.ts';
import { Opened } from '../../../work/posix/opened.ts';
import { Opener } from '../../../work/posix/opener.ts';
import type { Flow } from './flow.ts';
import { Gathering } from './gathering.ts';
import type { PackOrder, PackSetup, Piece } from './pack-thread.ts';
import { Sources } from './sources.ts';

const slot = new Slot();
const flags = c.O_RDONLY | c.O_DIRECTORY;
const stepBytes = 512 * 1024;
const stepEntries = 500;
/** Nothing asks, between the names of a bundle, whether enough was done. */
const namesAtOnce = 64;

export type TellPiece = (piece: Piece, transfer: ArrayBuffer[]) => void;

/** One order under way: walks the bundle until its budget is spent, and tells what it packs, in bytes of their own. */
export class PackBundle implements Disposable {
  readonly id: number;
  /** of what was told and is not sent yet */
  unsentBytes = 0;
  readonly #order: PackOrder;
  readonly #flow: Flow;
  readonly #tell: TellPiece;
  readonly #sources: Sources;
  readonly #opened: Opened;
  readonly #opener: Opener;
  readonly #gathering: Gathering;
  readonly #walk: Walk;
  readonly #todo: Bundle[];
  /** of the directory that was walked last */
  readonly #given: Bundle[] = [];
  #stepFrom = { bytes: 0, entries: 0 };

  constructor({ root, rules, how }: PackSetup, order: PackOrder, flow: Flow, tell: TellPiece) {
    const { id, bundle, stage } = order;
    this.id = id;
    this.#order = order;
    this.#flow = flow;
    this.#tell = tell;
    this.#sources = new Sources(root);
    this.#opened = new Opened(libc.openat(c.AT_FDCWD, slot.put(root), flags | c.O_CLOEXEC, 0));
    this.#opener = new Opener(this.#opened.fd, flags);
    this.#gathering = new Gathering(bundle, id, this.#sources, { ...how, stage });
    this.#todo = [bundle];
    const where = { root: this.#opened.fd, opener: this.#opener, oneFileSystem: false, descendInto: false };
    const excluded = excludedBy(rules);
    this.#walk = new Walk({ ...where, excluded, unseen: this.#gathering }, undefined, {
      stopped: () => flow.stopped,
      spent: () => this.#isSpent(),
      wanted: () => (this.#isSpent() ? 'some' : 'nothing'),
      share: (given) => this.#given.push(given),
    });
  }

  /** Packs on for a while; true when that was all. */
  step(): boolean {
    const { bytes, entries } = this.#gathering;
    this.#stepFrom = { bytes, entries };
    while (this.#todo.length > 0 && !this.#isSpent() && !this.#flow.stopped) this.#walkOn();
    this.#send(this.#gathering.take());
    if (this.#todo.length > 0 && !this.#isEnough() && !this.#flow.stopped) return false;
    this.#finish();
    return true;
  }

  /** The rest of a directory before those in it, and these before all beside it: a tar comes to each but once. */
  #walkOn(): void {
    const left = this.#walk.run(this.#next(), this.#gathering);
    this.#todo.push(...left, ...this.#given.splice(0));
  }

  [Symbol.dispose](): void {
    for (const one of [this.#opener, this.#opened, this.#sources]) one[Symbol.dispose]();
  }

  /** What was found last, or some of its names. */
  #next(): Bundle {
    const bundle = this.#todo.pop()!;
    if (bundle.what === 'trees') return bundle;
    let end = 0;
    for (let names = 0; names < namesAtOnce && end < bundle.names.length; names++)
      end = bundle.names.indexOf(0, end) + 1;
    if (end < bundle.names.length) this.#todo.push({ ...bundle, names: bundle.names.slice(end) });
    return { ...bundle, names: bundle.names.slice(0, end) };
  }

  #isEnough(): boolean {
    const { most, amid } = this.#order;
    const share = Math.min(1, Math.max(1, this.#flow.underWay) / amid) ** 2;
    return this.#gathering.entries >= most.entries * share || this.#gathering.bytes >= most.bytes * share;
  }

  #isSpent(): boolean {
    this.#send(this.#gathering.take());
    const { bytes, entries } = this.#gathering;
    const { bytes: fromBytes, entries: fromEntries } = this.#stepFrom;
    return bytes - fromBytes >= stepBytes || entries - fromEntries >= stepEntries || this.#isEnough();
  }

  #send(chunks: readonly Uint8Array[]): void {
    for (const chunk of chunks) {
      this.#flow.adds(chunk.length);
      this.unsentBytes += chunk.length;
      this.#tell({ id: this.id, chunk, ...this.#gathering.news() }, [chunk.buffer as ArrayBuffer]);
    }
  }

  #finish(): void {
    this.#gathering.ledger.out.rest.push(...this.#todo);
    this.#send(this.#gathering.finish());
    const { out } = this.#gathering.ledger;
    this.#tell({ id: this.id, out, ...this.#gathering.news() }, []);
  }
}
