/** The thread that unpacks new trees, seen from the one that reaches the other side and runs programs there for it. */
import type { Worker } from 'node:worker_threads';
import type { Outcome } from '../../conduct/jobs.ts';
import type { Bundle } from '../../profile/bundle.ts';
import { startWorker } from '../../work/worker.ts';
import type { FarPlace } from './between.ts';
import { feed } from './exchange.ts';
import { listTrees } from './list-trees.ts';
import { send } from './send.ts';
import type { FarWork, FromUnpacker, ToUnpacker, UnpackSetup } from './unpack-words.ts';

const mostAheadBytes = 4 * 1024 * 1024; // of one program, on the way to the thread

type Moved = (bytes: number, entries: number) => Promise<void>;

type Order = {
  readonly moved: Moved;
  readonly done: PromiseWithResolvers<Outcome | undefined>;
  readonly signal: AbortSignal;
  /** of all that was counted so far */
  counted: Promise<void>;
};

type Run = { readonly refused: AbortController; aheadBytes: number; changed: PromiseWithResolvers<void> };

export class UnpackThread implements AsyncDisposable {
  readonly #from: FarPlace;
  readonly #setup: UnpackSetup;
  readonly #orders = new Map<number, Order>();
  readonly #runs = new Map<number, Run>();
  #worker: Worker | undefined;
  #exited: Promise<unknown> | undefined;
  #lastId = 0;

  constructor(from: FarPlace, setup: UnpackSetup) {
    this.#from = from;
    this.#setup = setup;
  }

  /** What came of a bundle; undefined where it is not known. Rejects with the signal's reason. */
  async unpack(bundle: Bundle, moved: Moved, signal: AbortSignal): Promise<Outcome | undefined> {
    const id = ++this.#lastId;
    const order = {
      moved,
      done: Promise.withResolvers<Outcome | undefined>(),
      signal,
      counted: Promise.resolve(),
    };
    this.#orders.set(id, order);
    const stop = () => this.#tell({ say: 'stop', id });
    signal.addEventListener('abort', stop, { once: true });
    try {
      this.#tell({ say: 'order', id, bundle });
      const out = await order.done.promise;
      await this.#orders.get(id)!.counted;
      signal.throwIfAborted();
      return out;
    } finally {
      signal.removeEventListener('abort', stop);
      this.#orders.delete(id);
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#worker) return;
    this.#tell({ say: 'end' });
    await this.#exited;
  }

  #tell(words: ToUnpacker, transfer: ArrayBuffer[] = []): void {
    this.#start().postMessage(words, transfer);
  }

  #start(): Worker {
    if (this.#worker) return this.#worker;
    this.#worker = startWorker('unpack', this.#setup);
    this.#exited = new Promise((resolve) => this.#worker!.once('exit', resolve));
    this.#worker.on('message', (words: FromUnpacker) => this.#heard(words));
    this.#worker.on('error', (error: Error) => {
      for (const { done } of this.#orders.values()) done.reject(error);
    });
    return this.#worker;
  }

  #heard(words: FromUnpacker): void {
    switch (words.say) {
      case 'run':
        return void this.#run(words);
      case 'took':
        return this.#took(words);
      case 'refuse':
        return this.#runs.get(words.run)?.refused.abort('refused');
      case 'moved':
        return this.#moved(words);
      case 'done':
        return this.#orders.get(words.id)?.done.resolve(words.out);
    }
  }

  #took({ run: number, bytes }: { readonly run: number; readonly bytes: number }): void {
    const run = this.#runs.get(number);
    if (!run) return;
    run.aheadBytes -= bytes;
    run.changed.resolve();
    run.changed = Promise.withResolvers();
  }

  #moved({ id, bytes, entries }: Extract<FromUnpacker, { say: 'moved' }>): void {
    const order = this.#orders.get(id);
    if (order)
      order.counted = Promise.all([order.counted, order.moved(bytes, entries)]).then(() => undefined);
    order?.counted.catch(() => undefined); // heard by who waits for it
  }

  /** Whatever fails is a stream that was cut off: who asked for it decides what then. */
  async #run({ id, run: number, work, list }: Extract<FromUnpacker, { say: 'run' }>): Promise<void> {
    const run: Run = { refused: new AbortController(), aheadBytes: 0, changed: Promise.withResolvers() };
    this.#runs.set(number, run);
    let code: number | undefined;
    try {
      const order = this.#orders.get(id);
      if (order) code = await this.#through(number, run, order, { work, list });
    } catch {
      code = undefined;
    } finally {
      this.#runs.delete(number);
      this.#tell({ say: 'ended', run: number, code });
    }
  }

  async #through(
    number: number,
    run: Run,
    order: Order,
    { work, list }: { readonly work: FarWork; readonly list: Uint8Array },
  ): Promise<number | undefined> {
    const signal = AbortSignal.any([order.signal, run.refused.signal]);
    const { root, tools } = this.#from;
    const { script, args } = work === 'list' ? listTrees(root) : send({ root, tools, squeeze: 'none' });
    await using far = await this.#from.run(script, args, signal);
    const fed = feed(far, [list], 'none', signal);
    fed.catch(() => undefined); // waited for in the end
    for await (const bytes of far.stdout as AsyncIterable<Buffer>) {
      const chunk = new Uint8Array(bytes); // its own, to be given away
      run.aheadBytes += chunk.length;
      this.#tell({ say: 'chunk', run: number, chunk }, [chunk.buffer]);
      await order.counted;
      while (run.aheadBytes > mostAheadBytes && !signal.aborted) await run.changed.promise;
    }
    await fed;
    return (await far.ended).code;
  }
}
