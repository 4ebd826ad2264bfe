/** A worker thread that is started while others are waited for, and needed when they have come. */
import type { Worker } from 'node:worker_threads';
import { type entries, startWorker } from './worker.ts';

export class ReadyWorker implements AsyncDisposable {
  #worker: Worker | undefined;

  /** It keeps no process from ending until somebody takes it. */
  constructor(name: keyof typeof entries) {
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

  /** Ends it, if nobody took it. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker?.terminate();
  }
}
