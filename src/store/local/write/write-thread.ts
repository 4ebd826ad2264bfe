/** The thread that writes small files, seen from the one that has their bytes. */

import { availableParallelism } from 'node:os';
import type { Worker } from 'node:worker_threads';
import { type Kind, TransferError } from '../../../errors.ts';
import { Stat } from '../../../work/posix/stat.ts';
import { startWorker } from '../../../work/worker.ts';
import type { Body } from '../../body.ts';
import type { Written } from '../../entry.ts';
import type { RelativePath } from '../../path.ts';
import type { WriteHow } from '../../store.ts';
import { fileEntry } from '../entry.ts';
import { withMode } from '../metadata/mode-of-new.ts';
import type { Root } from '../root.ts';
import { isSmall, Order, orderBytes } from './order.ts';

export type WriteSetup = {
  readonly root: NonNullable<Root['shared']>;
  readonly memory: SharedArrayBuffer;
};

/** By number: orders that are to be carried out; or no more will come. */
export type ToWriter = readonly number[] | 'end';

export type FromWriter = { readonly done: readonly number[]; readonly failed: readonly Failed[] };

type Failed = {
  readonly number: number;
  readonly kind: Kind;
  readonly message: string;
  readonly hint: string | undefined;
};

type Waiting = PromiseWithResolvers<Written> & { readonly path: RelativePath };

const worthFiles = 1000; // what a thread saves of so many is what it costs to start one
const mostOrders = 64;
const stat = new Stat();

export class WriteThread implements AsyncDisposable {
  readonly #root: Root;
  readonly #orders: Order[] = [];
  readonly #idle: number[] = [];
  readonly #waiting = new Map<number, Waiting>();
  #next: number[] = [];
  #files = 0;
  #worker: Worker | undefined;
  #exited: Promise<unknown> | undefined;
  #broken: Error | undefined;

  constructor(root: Root) {
    this.#root = root;
  }

  /** As the Store's `write`; undefined where it is better done here. */
  write(path: RelativePath, body: Body, how: WriteHow): Promise<Written> | undefined {
    const { held, size } = body;
    if (!held || held.length !== size || how.replaces || how.durable) return undefined;
    if (path.length === 0 || !isSmall(path, how.partial, size) || !this.#isWorthIt()) return undefined;
    if (this.#broken) throw this.#broken;
    const number = this.#idle.pop();
    if (number === undefined) return undefined; // it has as much to do as this one
    const { partial, metadata } = how;
    this.#orders[number]!.put({ path, partial, bytes: held, metadata: withMode(metadata, 0o666) });
    if (this.#next.length === 0) setImmediate(() => this.#send());
    this.#next.push(number);
    const waiting = { ...Promise.withResolvers<Written>(), path };
    this.#waiting.set(number, waiting);
    return waiting.promise;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#worker?.postMessage('end' satisfies ToWriter);
    await this.#exited;
  }

  #isWorthIt(): boolean {
    if (this.#worker) return true;
    if (++this.#files < worthFiles || availableParallelism() < 2) return false;
    const root = this.#root.shared;
    if (root) this.#start(root);
    return root !== undefined;
  }

  #start(root: WriteSetup['root']): void {
    const memory = new SharedArrayBuffer(mostOrders * orderBytes);
    for (let number = 0; number < mostOrders; number++) {
      this.#orders.push(new Order(memory, number));
      this.#idle.push(number);
    }
    this.#worker = startWorker('write', { root, memory } satisfies WriteSetup);
    this.#exited = new Promise((resolve) => this.#worker!.once('exit', resolve));
    this.#worker.on('message', (words: FromWriter) => this.#heard(words));
    this.#worker.on('error', (error: Error) => {
      this.#broken = error;
      for (const { reject } of this.#waiting.values()) reject(error);
    });
  }

  #send(): void {
    this.#worker!.postMessage(this.#next satisfies ToWriter);
    this.#next = [];
  }

  #heard({ done, failed }: FromWriter): void {
    for (const number of done) {
      const unkept = this.#orders[number]!.made(stat);
      const { path, resolve } = this.#ended(number);
      resolve({ entry: fileEntry(path, stat), unkept });
    }
    for (const { number, kind, message, hint } of failed)
      this.#ended(number).reject(new TransferError(kind, message, hint === undefined ? {} : { hint }));
  }

  #ended(number: number): Waiting {
    const waiting = this.#waiting.get(number)!;
    this.#waiting.delete(number);
    this.#idle.push(number);
    return waiting;
  }
}
