/** A worker thread that is started while others are waited for, and needed when they have come. */
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import { startWorker } from './worker.ts';

export class ReadyWorker implements AsyncDisposable {
  #worker: Worker | undefined;

  /** It keeps no process from ending until somebody takes it. */
  constructor(name: 'pack' | 'unpack') {
    this.#worker = startWorker(name, undefined);
    this.#worker.unref();
  }

  /** For the first who asks. */
  take(): Worker | undefined {
    const worker = this.#worker;
    this.#worker = undefined;
    worker?.ref();
    return worker;
  }

  /**
   * Asks it to end by itself, if nobody took it, and waits: a thread that is ended from outside while it starts, or
   * inside a native call, takes the process with it.
   */
  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.take();
    if (!worker) return;
    const exited = once(worker, 'exit');
    worker.postMessage({ say: 'end' });
    await exited;
  }
}
