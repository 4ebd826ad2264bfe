/** Whether small entries may go together at all, and what is refused where none do. */
import { TransferError } from '../errors.ts';
import type { Strategy } from '../plan/plan.ts';
import type { Compress } from '../request.ts';

/** Whether a strategy may send batches at all. */
export function mayBatch(strategy: Strategy): boolean {
  return strategy !== 'parallel';
}

/** Throws 'unsupported' for a program that was asked for by name. */
export function mustNotCompress(compress: Compress): void {
  if (compress === 'auto' || compress === 'off') return;
  throw new TransferError('unsupported', `--compress ${compress} is for batches of small files over SSH`, {
    hint: 'leave it away: between these places, or in this way, nothing is compressed',
  });
}
