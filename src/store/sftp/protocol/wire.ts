/** What SFTP is spoken over: the two ends of the subsystem, wherever it runs. */
import type { Readable, Writable } from 'node:stream';

export type Wire = AsyncDisposable & {
  readonly stdin: Writable;
  /** the greeting, where the server was told it already */
  readonly said?: Uint8Array | undefined;
  /** OpenSSH is behind it, on a Unix; absent: that is not known */
  readonly isOpenSsh?: boolean;
  readonly stdout: Readable;
  /** the last that the far side said beside the protocol */
  readonly complaint: () => string;
  readonly ended: Promise<{ readonly code: number | undefined; readonly signal: string | undefined }>;
};

/** Starts a server of its own each time it is called. Throws TransferErrors. */
export type OpenWire = (signal: AbortSignal, how?: WireHow) => Promise<Wire>;

export type WireHow = {
  /** there is one already: it is refused at once where others would have to wait because of it */
  readonly isSpare?: boolean;
};
