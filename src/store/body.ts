/** The bytes of a file. */

/** A file in one state, as the service of its place knows it. */
export type Origin = {
  /** whose, and who we are there */
  readonly service: string;
  readonly address: string;
  readonly state: string;
  /** What its service keeps beside it and no Entry tells, in the words of the service: goes with a copy. */
  readonly beside: (signal: AbortSignal) => Promise<Readonly<Record<string, string>>>;
};

/** A strong hash, by the name that node:crypto knows its algorithm by. */
export type Digest = { readonly algorithm: string; readonly value: Uint8Array };

/** Some bytes of a file, all of them inside it. */
export type Range = { readonly offset: number; readonly length: number };

/** The bytes of a file, which can be opened as often as they are wanted, from any offset, by several at once. */
export interface Body {
  readonly size: number;

  /** Where its service has it. Absent: it is read. */
  readonly origin?: Origin;

  /**
   * Exactly the bytes of the range, in chunks that are the reader's to keep; nothing is open before the first is
   * asked for, nor after the reader leaves. Throws 'changed' or 'missing' rather than give bytes of another file
   * or of another state of this one.
   */
  readonly open: (range: Range, signal: AbortSignal) => AsyncIterable<Uint8Array>;

  /** All of it, where it is in memory: it need not be opened then. */
  readonly held?: Uint8Array;

  /** Where there is data, in order: all else is zeros that nobody has to move. Absent: it is all data. */
  readonly data?: (signal: AbortSignal) => AsyncIterable<Range>;

  /** Its zeros are to be written, all of them. Absent: they may become holes. */
  readonly isFilled?: true;
}

/** The same bytes, none of which is to become a hole. */
export function filled({ data: _, ...body }: Body): Body {
  return { ...body, isFilled: true };
}

/** Whether large runs of zeros are to become holes: its source does not tell them. */
export function seeksHoles({ data, isFilled }: Body): boolean {
  return !data && !isFilled;
}
