/** The thread that unpacks, as it hears of orders and of what the programs on the other side write. */
import { muchBytes } from '../../much-bytes.ts';
import type { FarRun } from './fetching.ts';
import { Taking } from './ring.ts';
import { unpackTrees } from './unpack-trees.ts';
import type { FarWork, FromUnpacker, ToUnpacker, UnpackSetup } from './unpack-words.ts';

type Told = Exclude<ToUnpacker, { say: 'setup' | 'end' }>;

type Run = {
  readonly taking: PromiseWithResolvers<Taking>;
  readonly code: PromiseWithResolvers<number | undefined>;
};

export class Unpacker {
  readonly #setup: UnpackSetup;
  readonly #tell: (words: FromUnpacker) => void;
  readonly #orders = new Map<number, AbortController>();
  readonly #runs = new Map<number, Run>();
  #lastRun = 0;
  #isMuch = false;

  constructor(setup: UnpackSetup, tell: (words: FromUnpacker) => void) {
    this.#setup = setup;
    this.#tell = tell;
  }

  heard(words: Told): void {
    switch (words.say) {
      case 'order':
        return void this.#order(words);
      case 'stop':
        return this.#orders.get(words.id)?.abort('stopped');
      case 'begun':
        return this.#begun(words);
      case 'more':
        return this.#wake(words.run);
      case 'ended':
        return this.#ended(words.run, words.code);
    }
  }

  /** What it throws is a fault of ours, and ends the thread. */
  async #order({ id, bundle }: Extract<Told, { say: 'order' }>): Promise<void> {
    const stopper = new AbortController();
    this.#orders.set(id, stopper);
    const links = {
      far: (work: FarWork, list: Uint8Array) => this.#far(id, work, list),
      moved: (bytes: number, entries: number) => {
        if (bytes + entries > 0) this.#tell({ say: 'moved', id, bytes, entries });
      },
      found: (bytes: number) => this.#found(bytes),
      signal: stopper.signal,
    };
    let out: Extract<FromUnpacker, { say: 'done' }>['out'];
    try {
      out = await unpackTrees(this.#setup, { bundle, id }, links);
    } catch (error) {
      if (!stopper.signal.aborted) throw error;
    } finally {
      this.#orders.delete(id);
    }
    this.#tell({ say: 'done', id, out });
  }

  #found(bytes: number): void {
    if (bytes < muchBytes || this.#isMuch) return;
    this.#isMuch = true;
    this.#tell({ say: 'much' });
  }

  #far(id: number, work: FarWork, list: Uint8Array): FarRun {
    const number = ++this.#lastRun;
    const run: Run = { taking: Promise.withResolvers(), code: Promise.withResolvers() };
    this.#runs.set(number, run);
    this.#tell({ say: 'run', id, run: number, work, list });
    return {
      chunks: this.#taking(number, run),
      code: run.code.promise,
      refuse: () => this.#refuse(number),
    };
  }

  #begun({ run: number, memory }: Extract<Told, { say: 'begun' }>): void {
    const tell = () => this.#tell({ say: 'room', run: number });
    this.#runs.get(number)?.taking.resolve(new Taking(memory, tell));
  }

  async *#taking(number: number, { taking }: Run): AsyncGenerator<Buffer> {
    yield* (await taking.promise).pieces();
    this.#tell({ say: 'emptied', run: number });
  }

  #wake(number: number): void {
    void this.#runs.get(number)?.taking.promise.then((taking) => taking.wake());
  }

  #refuse(run: number): void {
    this.#runs.delete(run);
    this.#tell({ say: 'refuse', run });
  }

  #ended(number: number, code: number | undefined): void {
    const run = this.#runs.get(number);
    this.#runs.delete(number);
    run?.code.resolve(code);
    void run?.taking.promise.then((taking) => taking.end());
  }
}
