/** The thread that unpacks, as it hears of orders and of what the programs on the other side write. */
import { Queue } from '../../work/queue.ts';
import type { FarRun } from './fetching.ts';
import { unpackTrees } from './unpack-trees.ts';
import type { FarWork, FromUnpacker, ToUnpacker, UnpackSetup } from './unpack-words.ts';

type Told = Exclude<ToUnpacker, { say: 'end' }>;

type Run = { readonly chunks: Queue<Uint8Array>; readonly code: PromiseWithResolvers<number | undefined> };

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
      case 'chunk':
        return this.#runs.get(words.run)?.chunks.push(words.chunk);
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
    const run = ++this.#lastRun;
    const chunks = new Queue<Uint8Array>();
    const code = Promise.withResolvers<number | undefined>();
    this.#runs.set(run, { chunks, code });
    this.#tell({ say: 'run', id, run, work, list });
    return {
      chunks: this.#taking(run, chunks),
      code: code.promise,
      refuse: () => this.#refuse(run),
    };
  }

  async *#taking(run: number, chunks: Queue<Uint8Array>): AsyncGenerator<Buffer> {
    for await (const { buffer, byteOffset, length } of chunks) {
      yield Buffer.from(buffer, byteOffset, length);
      this.#tell({ say: 'took', run, bytes: length });
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
    run?.chunks.end();
  }
}
