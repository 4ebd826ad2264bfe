/** Several orders at once in the thread that packs: each goes on in its turn, while not much of it waits to be sent. */
import { Flow } from './flow.ts';
import { PackBundle, type TellPiece } from './pack-bundle.ts';
import type { PackSetup, ToPacker } from './pack-thread.ts';

/** Of one order, and of all that are under way. */
const mostUnsent = { one: 8 * 1024 * 1024, all: 24 * 1024 * 1024 } as const;

export class PackTurns {
  readonly #setup: PackSetup;
  readonly #flow: Flow;
  readonly #tell: TellPiece;
  readonly #running = new Map<number, PackBundle>();
  #isGoing = false;

  constructor(setup: PackSetup, tell: TellPiece) {
    this.#setup = setup;
    this.#flow = new Flow(setup.flow);
    this.#tell = tell;
  }

  heard(words: Exclude<ToPacker, { say: 'setup' | 'end' }>): void {
    switch (words.say) {
      case 'order':
        this.#running.set(words.order.id, new PackBundle(this.#setup, words.order, this.#flow, this.#tell));
        break;
      case 'sent': {
        const one = this.#running.get(words.id);
        if (one) one.unsentBytes -= words.bytes;
        break;
      }
      case 'drop':
        this.#end(words.id);
        break;
    }
    this.#go();
  }

  /** Nothing is wanted any more. */
  stop(): void {
    for (const id of this.#running.keys()) this.#end(id);
  }

  #go(): void {
    if (this.#isGoing || !this.#next()) return;
    this.#isGoing = true;
    setImmediate(() => {
      this.#isGoing = false;
      const one = this.#next();
      if (one?.step()) this.#end(one.id);
      this.#go();
    });
  }

  /** The one that has least to be sent, unless that is much. */
  #next(): PackBundle | undefined {
    let least: PackBundle | undefined;
    for (const one of this.#running.values()) if (!least || one.unsentBytes < least.unsentBytes) least = one;
    const most = Math.min(mostUnsent.one, mostUnsent.all / this.#running.size);
    return least && least.unsentBytes < most ? least : undefined;
  }

  #end(id: number): void {
    this.#running.get(id)?.[Symbol.dispose]();
    this.#running.delete(id);
  }
}
