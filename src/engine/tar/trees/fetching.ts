/** Batches of new trees on their way here, a few at a time: what arrived is counted, what did not is left for others. */

import type { Ledger } from '../../../conduct/lanes/ledger.ts';
import { TransferError } from '../../../errors.ts';
import { heardLater } from '../../../work/heard-later.ts';
import { createTurns } from '../../../work/turns.ts';
import { Parser } from '../stream/parser.ts';
import type { TreeBatch } from './batch.ts';
import type { Leftovers } from './leftovers.ts';
import type { FarWork, UnpackSetup } from './unpack-words.ts';
import { type TreeUnpacked, TreeUnpacking } from './unpacking.ts';

/** One program on the other side: what it writes, and how it ended; undefined: it was cut off. */
export type FarRun = {
  readonly chunks: AsyncIterable<Buffer>;
  readonly code: Promise<number | undefined>;
  readonly refuse: () => void;
};

export type UnpackLinks = {
  readonly far: (work: FarWork, list: Uint8Array) => FarRun;
  readonly moved: (bytes: number, entries: number) => void;
  /** a file of so many bytes is there */
  readonly found: (bytes: number) => void;
  readonly signal: AbortSignal;
};

type Given = {
  readonly setup: UnpackSetup;
  /** open */
  readonly root: number;
  readonly links: UnpackLinks;
  readonly ledger: Ledger;
  readonly left: Leftovers;
};

/** On a long line two for each connection: the other one is there when one ends. */
const atOnce = { near: 3, far: 16 } as const;
const nothing = { entries: new Uint8Array(0), dirs: new Set<string>() };

export class Fetching {
  readonly #with: Given;
  readonly #turns: ReturnType<typeof createTurns>;
  readonly #underWay = new Set<Promise<void>>();
  /** more would arrive in vain */
  isFull = false;

  constructor(given: Given) {
    this.#with = given;
    this.#turns = createTurns(atOnce[given.setup.isFar ? 'far' : 'near']);
  }

  /** Resolves when it has begun. */
  async send(batch: TreeBatch): Promise<void> {
    const turn = await this.#turns(this.#with.links.signal);
    const fetching = heardLater(this.#fetch(batch).finally(() => turn[Symbol.dispose]()));
    this.#underWay.add(fetching);
  }

  /** Resolves when none is under way any more; throws what none of them should. */
  async all(): Promise<void> {
    await Promise.allSettled(this.#underWay);
    await Promise.all(this.#underWay);
  }

  async #fetch(batch: TreeBatch): Promise<void> {
    const { ledger, left, links } = this.#with;
    const unpacked = await this.#unpack(batch);
    if (unpacked) ledger.lost(unpacked.lost);
    this.isFull ||= unpacked?.failures.some(({ kind }) => kind === 'full') === true;
    links.moved(0, batch.settle(unpacked?.arrived ?? nothing, ledger, left));
  }

  /** Undefined where nothing of it is in its place. */
  async #unpack(batch: TreeBatch): Promise<TreeUnpacked | undefined> {
    const { links, root, setup } = this.#with;
    const { keep, ownTag } = setup.how;
    const how = { keep, holder: setup.holder, ownTag };
    using unpacking = new TreeUnpacking(root, batch, how);
    const run = links.far(batch.isYoung ? 'pack with times' : 'pack', batch.list());
    try {
      await this.#take(run, new Parser(unpacking));
      if ((await run.code) !== 0) return undefined; // something changed, or cannot be read
      return unpacking.commit();
    } catch (error) {
      run.refuse();
      links.signal.throwIfAborted();
      if (error instanceof TransferError) return undefined;
      throw error;
    }
  }

  async #take({ chunks }: FarRun, parser: Parser): Promise<void> {
    for await (const chunk of chunks) {
      const before = parser.dataBytes;
      parser.push(chunk);
      this.#with.links.moved(parser.dataBytes - before, 0);
    }
    parser.finish();
  }
}
