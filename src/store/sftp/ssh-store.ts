/**
 * A place behind SSH: its SFTP server, and where there is a shell too, what only programs can do there.
 */
import { TransferError } from '../../errors.ts';
import type { SshPlace } from '../../location/location.ts';
import type { SshHost } from '../../ssh/host.ts';
import { finished } from '../../work/far.ts';
import type { Shell, Store } from '../store.ts';
import { openSftpStore } from './sftp-store.ts';

const mostLines = 16;

/** The host stays open when the store is closed. */
export async function openSshStore(
  place: SshPlace,
  host: SshHost,
  wantsShell: boolean,
  signal: AbortSignal,
): Promise<Store> {
  const { name } = host;
  const way = { open: (on: AbortSignal) => host.sftp(on), path: place.path, name, lines: mostLines };
  const trying = wantsShell ? hasShell(host, signal) : Promise.resolve(false);
  trying.catch(() => undefined); // where the store cannot be opened, that is what is said
  const store = await openSftpStore(way, signal);
  try {
    const far = { ...store, roundTripMs: host.roundTripMs };
    const root = (await trying) && (await store.canonical?.(signal));
    if (!root) return far;
    const shell = { run: host.run, root };
    return { ...far, shell, sync: (on) => sync(shell, name, on) };
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

/** False where the host runs nothing for us; what fails for another reason is thrown. */
async function hasShell({ run }: SshHost, signal: AbortSignal): Promise<boolean> {
  try {
    await using tried = await run('command -v sync >/dev/null', [], signal);
    const { code } = await finished(tried);
    return code === 0;
  } catch (error) {
    if (error instanceof TransferError && error.kind === 'unsupported') return false;
    throw error;
  }
}

/** The file system of the place where its `sync` can do one; else all of them. */
const syncScript = 'cd -- "$1" && { sync -f . 2>/dev/null || sync; }';

async function sync({ run, root }: Shell, name: string, signal: AbortSignal): Promise<void> {
  await using syncing = await run(syncScript, [root], signal);
  const { code } = await finished(syncing);
  if (code === 0) return;
  const why = syncing.complaint().trim();
  throw new TransferError('io', `cannot sync the disk of ${name}${why && `: ${why}`}`);
}
