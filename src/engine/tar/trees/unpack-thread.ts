/** The thread that unpacks new trees, seen from the one that reaches the other side and runs programs there for it. */

import { pipeline } from 'node:stream/promises';
import type { Worker } from 'node:worker_threads';
import type { Outcome } from '../../../conduct/jobs.ts';
import type { Bundle } from '../../../profile/bundle.ts';
import { chunkSink } from '../../../work/chunk-sink.ts';
import { heardLater } from '../../../work/heard-later.ts';
import { packetRead } from '../../../work/packet-memory.ts';
import type { ReadyWorker } from '../../../work/ready-worker.ts';
import { startWorker } from '../../../work/worker.ts';
import type { FarPlace } from '../far-place.ts';
import { asItIs, feed } from '../host/exchange.ts';
import { listTrees } from '../host/list-trees.ts';
import { send } from '../host/send.ts';
import { asItCame } from '../squeeze/squeezing.ts';
import { Giving } from './ring.ts';
import type { FarWork, FromUnpacker, ToUnpacker, UnpackSetup } from './unpack-words.ts';

type Moved = (bytes: number, entries: number) => Promise<void>;

type Order = {
  readonly top: Uint8Array;
  readonly moved: Moved;
  readonly done: PromiseWithResolvers<Outcome | undefined>;
  readonly signal: AbortSignal;
  /** of all that was counted so far */
  counted: Promise<void>;
};

type Run = { readonly refused: AbortController; readonly ring: Giving };

export class UnpackThread implements AsyncDisposable {
  readonly #from: FarPlace;
  readonly #setup: UnpackSetup;
  readonly #ready: ReadyWorker | undefined;
  readonly #expectsMuch: () => void;
  readonly #orders = new Map<number, Order>();
  readonly #runs = new Map<number, Run>();
  readonly #rings: Giving[] = [];
  #worker: Worker | undefined;
  #exited: Promise<unknown> | undefined;
  #lastId = 0;

  /** `ready` is a thread that was started for it; `expectsMuch` is told of files that others move, and that take long. */
  constructor(
    from: FarPlace,
    setup: UnpackSetup,
    { ready, expectsMuch }: { readonly ready: ReadyWorker | undefined; readonly expectsMuch: () => void },
  ) {
    this.#from = from;
    this.#setup = setup;
    this.#ready = ready;
    this.#expectsMuch = expectsMuch;
  }

  /** What came of a bundle; undefined where it is not known. Rejects with the signal's reason. */
  async unpack(bundle: Bundle, moved: Moved, signal: AbortSignal): Promise<Outcome | undefined> {
    const id = ++this.#lastId;
    const order = {
      top: bundle.dir,
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

  #tell(words: ToUnpacker): void {
    this.#start().postMessage(words);
  }

  #start(): Worker {
    if (this.#worker) return this.#worker;
    this.#worker = this.#ready?.take() ?? startWorker('unpack', undefined);
    this.#worker.postMessage({ say: 'setup', setup: this.#setup } satisfies ToUnpacker);
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
      case 'room':
        return this.#runs.get(words.run)?.ring.wake();
      case 'emptied':
        return this.#emptied(words.run);
      case 'refuse':
        return this.#refused(words.run);
      case 'much':
        return this.#expectsMuch();
      case 'moved':
        return this.#moved(words);
      case 'done':
        return this.#orders.get(words.id)?.done.resolve(words.out);
    }
  }

  /** Its memory is for another one. */
  #emptied(number: number): void {
    const run = this.#runs.get(number);
    this.#runs.delete(number);
    if (run) this.#rings.push(run.ring);
  }

  #refused(number: number): void {
    this.#runs.get(number)?.refused.abort('refused');
    this.#runs.delete(number);
  }

  #moved({ id, bytes, entries }: Extract<FromUnpacker, { say: 'moved' }>): void {
    const order = this.#orders.get(id);
    if (order)
      order.counted = Promise.all([order.counted, order.moved(bytes, entries)]).then(() => undefined);
    order?.counted.catch(() => undefined); // heard by who waits for it
  }

  /** Whatever fails is a stream that was cut off: who asked for it decides what then. */
  async #run({ id, run: number, work, list }: Extract<FromUnpacker, { say: 'run' }>): Promise<void> {
    const ring = this.#rings.pop() ?? new Giving();
    const run: Run = { refused: new AbortController(), ring };
    this.#runs.set(number, run);
    ring.begin(() => this.#tell({ say: 'more', run: number }));
    this.#tell({ say: 'begun', run: number, memory: ring.memory });
    let code: number | undefined;
    try {
      const order = this.#orders.get(id);
      if (order) code = await this.#through(run, order, { work, list });
    } catch {
      code = undefined;
    } finally {
      this.#tell({ say: 'ended', run: number, code });
    }
  }

  async #through(
    run: Run,
    order: Order,
    { work, list }: { readonly work: FarWork; readonly list: Uint8Array },
  ): Promise<number | undefined> {
    const signal = AbortSignal.any([order.signal, run.refused.signal]);
    const { root, tools, squeezing } = this.#from;
    const { isFar } = this.#setup;
    const isList = work === 'list' || work === 'list all';
    const all = work === 'list all';
    const taking = isList
      ? isFar && all && squeezing?.takesNames()
      : await squeezing?.takes(undefined, signal);
    const { squeeze, read } = taking || asItCame;
    const { script, args } = isList
      ? listTrees(root, order.top, { all, squeeze })
      : send({ root, tools, squeeze, onlySeconds: work === 'pack' });
    await using far = await this.#from.run(script, args, signal, { isHeavy: !all });
    const fed = heardLater(feed(far, [list], asItIs, signal));
    const wake = () => run.ring.wake();
    signal.addEventListener('abort', wake, { once: true });
    const take = async (chunk: Buffer) => {
      await run.ring.put(chunk, signal);
      packetRead(chunk);
      await order.counted;
    };
    await pipeline(read(far.stdout), chunkSink(take));
    await fed;
    return (await far.ended).code;
  }
}
