/** Brings the names in a directory to the disk of the server, where it lets us. */
import type { RelativePath } from '../path.ts';
import { must, type Reach } from './fault.ts';
import { flag, status } from './numbers.ts';
import { opened } from './opened.ts';
import { open } from './requests.ts';
import { isRefusal } from './status.ts';

/** Of the directory that an entry is in. A server that opens no directory, or syncs none, keeps them as it likes. */
export async function syncDirectory(reach: Reach, path: RelativePath, signal: AbortSignal): Promise<void> {
  const { sftp, root } = reach;
  if (!sftp.fsync) return;
  const ask = () => open(sftp.client, root.above(path), { flags: flag.READ }, signal);
  const directory = await opened(sftp, ask, signal).catch(passRefusal);
  if (!directory) return;
  await using held = directory;
  const synced = sftp.fsync(held.handle, signal).catch((error) => passUnsupported(error));
  await must(synced, reach, path, 'write');
}

function passRefusal(error: unknown): undefined {
  if (!isRefusal(error)) throw error;
}

function passUnsupported(error: unknown): void {
  if (!isRefusal(error, status.OP_UNSUPPORTED, status.NO_SUCH_FILE)) throw error;
}
