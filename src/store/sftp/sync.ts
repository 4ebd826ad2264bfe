/** Brings the names in a directory to the disk of the server, where it lets us. */
import type { RelativePath } from '../path.ts';
import { must, type Reach } from './fault.ts';
import { opened } from './opened.ts';
import { flag, status } from './protocol/numbers.ts';
import { open } from './protocol/requests.ts';
import { isRefusal } from './protocol/status.ts';

export type HeldDirectory = Disposable & { readonly sync: () => Promise<void> };

/**
 * The directory that an entry is in, to be synced when its names have changed. Undefined where the server opens no
 * directory, or syncs none: it keeps them as it likes.
 */
export async function holdDirectory(
  reach: Reach,
  path: RelativePath,
  signal: AbortSignal,
): Promise<HeldDirectory | undefined> {
  const { sftp, root } = reach;
  const { fsync } = sftp;
  if (!fsync) return undefined;
  const ask = () => open(sftp.client, root.above(path), { flags: flag.READ }, signal);
  const held = await opened(sftp, undefined, ask, signal).catch(unlessRefused);
  if (!held) return undefined;
  const sync = () => must(fsync(held.handle, signal).catch(unlessUnsupported), reach, path, 'write');
  return { sync, [Symbol.dispose]: () => held[Symbol.dispose]() };
}

function unlessRefused(error: unknown): undefined {
  if (!isRefusal(error)) throw error;
}

function unlessUnsupported(error: unknown): void {
  if (!isRefusal(error, status.OP_UNSUPPORTED, status.NO_SUCH_FILE)) throw error;
}
