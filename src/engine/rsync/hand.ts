/** What a lane holds for a whole run, and how its work is counted. */
import { Ledger } from '../../conduct/lanes/ledger.ts';
import { TransferError, takesNoMore } from '../../errors.ts';
import type { Crewed } from './crew.ts';
import { remedyFor } from './verdict/remedy.ts';

export class Hand {
  readonly crewed: Crewed;
  readonly ledger: Ledger;

  constructor(crewed: Crewed) {
    this.crewed = crewed;
    this.ledger = new Ledger(crewed.setup);
  }

  get signal(): AbortSignal {
    return this.crewed.board.signal;
  }

  /** Something was written that is not durable yet. */
  wrote(): void {
    this.ledger.wrote();
  }

  /**
   * An entry failed: a full or read-only disk, or a place that is not reached any more, ends the run; a stop is no
   * failure. Throws what is no failure of a place.
   */
  failed(path: Uint8Array, error: unknown): void {
    const { board } = this.crewed;
    if (board.stopped) return;
    if (!(error instanceof TransferError)) throw error;
    const { kind, message } = error;
    this.ledger.failed({ path, kind, message, ...remedyFor(this.crewed.setup, error, path) });
    if (takesNoMore(kind) || kind === 'transient') board.stop();
  }
}
