/** The thread that packs, seen from the one that sends. */
import { once } from 'node:events';
import type { Worker } from 'node:worker_threads';
import type { Outcome } from '../../../conduct/jobs.ts';
import type { Bundle } from '../../../profile/bundle.ts';
import type { Rule } from '../../../profile/filter.ts';
import { Change } from '../../../work/change.ts';
import type { ReadyWorker } from '../../../work/ready-worker.ts';
import { startWorker } from '../../../work/worker.ts';
import { Flow } from './flow.ts';
import type { GatherHow } from './gathering.ts';

export type PackSetup = {
  /** the source */
  readonly root: Uint8Array;
  readonly rules: readonly Rule[];
  readonly how: Omit<GatherHow, 'stage'>;
  readonly flow: SharedArrayBuffer;
};

export type PackOrder = {
  readonly id: number;
  readonly bundle: Bundle;
  readonly stage: string;
  readonly most: { readonly entries: number; readonly bytes: number };
  /** of that, while as many batches or more are on their way; while there are fewer, the less, so that others get some */
  readonly amid: number;
};

/** With how many bytes of files, and entries, since the piece before. */
export type Piece =
  | { readonly id: number; readonly chunk: Uint8Array; readonly bytes: number; readonly entries: number }
  | { readonly id: number; readonly out: Outcome; readonly bytes: number; readonly entries: number };

export type ToPacker =
  /** what all that follows is about */
  | { readonly say: 'setup'; readonly setup: PackSetup }
  | { readonly say: 'order'; readonly order: PackOrder }
  /** So much of an order has left. */
  | { readonly say: 'sent'; readonly id: number; readonly bytes: number }
  /** Nobody wants the rest of an order. */
  | { readonly say: 'drop'; readonly id: number }
  | { readonly say: 'end' };

type Waiting = { readonly pieces: Piece[]; readonly changed: Change };

export class PackThread implements AsyncDisposable {
  readonly #setup: PackSetup;
  readonly #ready: ReadyWorker | undefined;
  readonly #waiting = new Map<number, Waiting>();
  readonly #flow = new Flow();
  #worker: Worker | undefined;
  #broken: Error | undefined;

  /** `ready` is a thread that was started for it. */
  constructor(setup: Omit<PackSetup, 'flow'>, ready?: ReadyWorker) {
    this.#setup = { ...setup, flow: this.#flow.buffer };
    this.#ready = ready;
  }

  /** A batch is on its way, until this is disposed of. */
  begins(): Disposable {
    return this.#flow.begins();
  }

  /** What it packs of an order, as it comes; the last piece is the outcome. */
  async *pack(order: PackOrder): AsyncGenerator<Piece> {
    const waiting: Waiting = { pieces: [], changed: new Change() };
    this.#waiting.set(order.id, waiting);
    this.#say({ say: 'order', order });
    try {
      for (;;) {
        const piece = waiting.pieces.shift();
        if (piece) yield* this.#given(piece);
        if (!piece && this.#broken) throw this.#broken;
        if (!piece) await waiting.changed.next;
        if (piece && 'out' in piece) return;
      }
    } finally {
      this.#waiting.delete(order.id);
      for (const piece of waiting.pieces) this.#gone(piece);
      this.#say({ say: 'drop', id: order.id }); // where it was not the end
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const worker = this.#worker;
    if (!worker) return;
    this.#flow.stop();
    const exited = once(worker, 'exit');
    this.#say({ say: 'end' });
    await exited;
  }

  #start(): Worker {
    if (this.#worker) return this.#worker;
    this.#worker = this.#ready?.take() ?? startWorker('pack', undefined);
    this.#worker.postMessage({ say: 'setup', setup: this.#setup } satisfies ToPacker);
    this.#worker.on('message', (piece: Piece) => this.#heard(piece));
    this.#worker.on('error', (error: Error) => {
      this.#broken = error;
      for (const { changed } of this.#waiting.values()) changed.tell();
    });
    return this.#worker;
  }

  #say(words: ToPacker): void {
    this.#start().postMessage(words);
  }

  *#given(piece: Piece): Generator<Piece> {
    try {
      yield piece;
    } finally {
      this.#gone(piece);
    }
  }

  #gone(piece: Piece): void {
    if (!('chunk' in piece)) return;
    const bytes = piece.chunk.length;
    this.#flow.takes(bytes);
    this.#say({ say: 'sent', id: piece.id, bytes });
  }

  #heard(piece: Piece): void {
    const waiting = this.#waiting.get(piece.id);
    if (!waiting) return this.#gone(piece); // nobody wants it any more
    waiting.pieces.push(piece);
    waiting.changed.tell();
  }
}
