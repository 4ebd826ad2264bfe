import { TransferError } from '../../src/errors.ts';

/** For assert.rejects: an error of this kind, whose sentence or hint has these words. */
export function fails(kind: TransferError['kind'], words = /./): (error: unknown) => boolean {
  return (error) => {
    const isRight =
      error instanceof TransferError &&
      error.kind === kind &&
      words.test(`${error.message}\n${error.hint ?? ''}`);
    if (!isRight) throw error;
    return true;
  };
}
