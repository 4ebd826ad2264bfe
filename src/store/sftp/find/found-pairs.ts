/** What find prints of each entry: words about it, and its name, each ended by NUL, as their chunks come. */
import { TransferError } from '../../../errors.ts';

/** A path and a name, each as long as any file system takes. */
export const mostFoundBytes = 64 * 1024;

export class FoundPairs {
  #rest: Buffer = Buffer.alloc(0);

  /** Tells what is whole by now; the name is that of the moment. Throws 'corrupt' for what does not end. */
  push(chunk: Buffer, tell: (words: string, name: Buffer) => void): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    for (;;) {
      const middle = bytes.indexOf(0, at);
      const end = middle < 0 ? -1 : bytes.indexOf(0, middle + 1);
      if (end < 0) break;
      tell(bytes.toString('latin1', at, middle), bytes.subarray(middle + 1, end));
      at = end + 1;
    }
    this.#rest = Buffer.from(bytes.subarray(at));
    if (this.#rest.length > mostFoundBytes)
      throw new TransferError('corrupt', 'the other side lists a name without end');
  }
}
