/** The thread that unpacks, as it hears of orders and of what the programs on the other side write. */
import { Queue } from '../../work/queue.ts';
import type { FarRun } from './fetching.ts';
import { pieceIn } from './ring.ts';
import { unpackTrees } from './unpack-trees.ts';
import type { FarWork, FromUnpacker, ToUnpacker, UnpackSetup } from './unpack-words.ts';

type Told = Exclude<ToUnpacker, { say: 'end' }>;

type Piece = { readonly slot: number; readonly bytes: number };

type Run = {
  readonly pieces: Queue<Piece>;
  readonly code: PromiseWithResolvers<number | undefined>;
  memory: SharedArrayBuffer | undefined;
};

export class Unpacker {
  readonly #setup: UnpackSetup;
  readonly #tell: (words: FromUnpacker) => void;
  readonly #orders = new Map<number, AbortController>();
  readonly #runs = new Map<number, Run>();
  #lastRun = 0;

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
      case 'piece':
        return this.#runs.get(words.run)?.pieces.push(words);
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

  #far(id: number, work: FarWork, list: Uint8Array): FarRun {
    const number = ++this.#lastRun;
    const code = Promise.withResolvers<number | undefined>();
    const run: Run = { pieces: new Queue<Piece>(), code, memory: undefined };
    this.#runs.set(number, run);
    this.#tell({ say: 'run', id, run: number, work, list });
    return {
      chunks: this.#taking(number, run),
      code: code.promise,
      refuse: () => this.#refuse(number),
    };
  }

  #begun({ run: number, memory }: Extract<Told, { say: 'begun' }>): void {
    const run = this.#runs.get(number);
    if (run) run.memory = memory;
  }

  async *#taking(number: number, run: Run): AsyncGenerator<Buffer> {
    for await (const { slot, bytes } of run.pieces) {
      yield pieceIn(run.memory!, slot, bytes);
      this.#tell({ say: 'took', run: number, slot });
    }
  }

  #refuse(run: number): void {
    this.#runs.delete(run);
    this.#tell({ say: 'refuse', run });
  }

  #ended(number: number, code: number | undefined): void {
    const run = this.#runs.get(number);
    this.#runs.delete(number);
    run?.code.resolve(code);
    run?.pieces.end();
  }
}
