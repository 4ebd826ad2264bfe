/**
 * A place behind SSH: its SFTP server, and where there is a shell too, what only programs can do there.
 */
import { TransferError } from '../../errors.ts';
import type { SshPlace } from '../../location/location.ts';
import type { SshHost } from '../../ssh/host.ts';
import { finished } from '../../work/far.ts';
import type { Shell, Store } from '../store.ts';
import { createDigests } from './digests.ts';
import { createFindLinks } from './find-links.ts';
import { createFindList } from './find-list.ts';
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
  const trying = wantsShell ? whatShell(host, signal) : Promise.resolve(undefined);
  trying.catch(() => undefined); // where the store cannot be opened, that is what is said
  const store = await openSftpStore(way, signal);
  try {
    const canonical = store.canonical && remembered(store.canonical);
    const asking = canonical?.(signal);
    asking?.catch(() => undefined); // what it says of the place is said when it is asked for
    const far = { ...store, ...(canonical && { canonical }), roundTripMs: host.roundTripMs };
    const does = await trying;
    const root = does && (await asking);
    if (!root) return far;
    const shell = { run: host.run, root };
    const found = does === 'finds' && {
      list: createFindList(shell, store.list),
      linkOf: createFindLinks(shell),
    };
    const digest = createDigests(shell, name);
    return { ...far, ...found, digest, shell, sync: (on) => sync(shell, name, on) };
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

type Canonical = NonNullable<Store['canonical']>;

/** Asked once, as long as there is an answer: a place keeps its name. */
function remembered(canonical: Canonical): Canonical {
  let known: Uint8Array | undefined;
  return async (signal) => {
    known ??= await canonical(signal);
    return known;
  };
}

type ShellDoes = 'finds' | 'runs';

/** Whether there is a `sync`, and a find that prints what is asked for and is handed any name. */
const tryScript =
  'command -v sync >/dev/null || exit 1; echo / | xargs -0 sh -c "$1" sh >/dev/null 2>&1 || exit 2';
const tryFind = Buffer.from('exec find / -maxdepth 0 -printf %T@%D%P');

/** Undefined where the host runs nothing for us; what fails for another reason is thrown. */
async function whatShell({ run }: SshHost, signal: AbortSignal): Promise<ShellDoes | undefined> {
  try {
    await using tried = await run(tryScript, [tryFind], signal, { readsNothing: true });
    const { code } = await finished(tried);
    return code === 0 ? 'finds' : code === 2 ? 'runs' : undefined;
  } catch (error) {
    if (error instanceof TransferError && error.kind === 'unsupported') return undefined;
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
