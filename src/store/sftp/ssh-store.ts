/**
 * A place behind SSH: its SFTP server, and where there is a shell too, what only programs can do there.
 */
import { setImmediate as soon } from 'node:timers/promises';
import { TransferError } from '../../errors.ts';
import type { SshPlace } from '../../location/location.ts';
import type { SshHost } from '../../ssh/host.ts';
import { forCd } from '../../work/far.ts';
import { heard } from '../../work/heard.ts';
import { noMetadata } from '../entry.ts';
import { itself } from '../path.ts';
import type { Shell, Store } from '../store.ts';
import { createDigests } from './digests.ts';
import { type FarClock, farClock } from './far-clock.ts';
import { FindAhead, listAhead } from './find-ahead.ts';
import { createFindLinks } from './find-links.ts';
import { createFindList } from './find-list.ts';
import { openSftpStore } from './sftp-store.ts';

const mostLines = 12; // a server takes 2 MB at once on each: together a little more than a long line holds

export type SshStoreHow = {
  readonly wantsShell: boolean;
  /** the place is going to be a directory, and is made for its owner alone if nothing is there */
  readonly makes: boolean;
};

/** The host stays open when the store is closed. */
export async function openSshStore(
  place: SshPlace,
  host: SshHost,
  { wantsShell, makes }: SshStoreHow,
  signal: AbortSignal,
): Promise<Store> {
  const { name } = host;
  let does: ShellDoes | undefined;
  const way = {
    open: (on: AbortSignal) => host.sftp(on),
    path: place.path,
    name,
    lines: mostLines,
    syncsLater: () => does !== undefined,
    clock: () => does?.clock,
  };
  const trying = heard(wantsShell ? whatShell(host, place.path, signal) : Promise.resolve(undefined));
  const store = await openSftpStore(way, signal);
  try {
    const canonical = store.canonical && remembered(store.canonical);
    const asking = canonical && heard(canonical(signal));
    const looked = lookedAt(store, makes, signal);
    const expectMuch = () => {
      void host.widen().then(() => store.expectMuch?.()); // what is asked meanwhile keeps the first one
    };
    const { roundTripMs } = host;
    const far = { ...store, ...looked, ...(canonical && { canonical }), roundTripMs, expectMuch };
    const found = await trying;
    const root = found && (await asking);
    if (!root) return far;
    does = found;
    const widen = () => void host.widen();
    const { bootId, clock } = does;
    const shell = { run: host.run, root, bootId, peer: host, widen, ...(clock && { clock }) };
    const told = does.finds && finding(shell, { stat: looked.stat, list: store.list });
    const digest = createDigests(shell, name);
    return { ...far, ...told, isOpen: does.isOpen, digest, shell, sync: syncing(shell, name) };
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

/** What a find there tells. */
function finding(shell: Shell, { stat, list }: Pick<Store, 'stat' | 'list'>): Partial<Store> {
  const ahead = new FindAhead(shell);
  return {
    list: listAhead(ahead, createFindList(shell, list)),
    stat: async (path, signal) => ahead.known(path) ?? stat(path, signal),
    listNow: (path) => ahead.now(path),
    listAhead: (how, signal) => ahead.start(how, signal),
    linkOf: createFindLinks(shell),
  };
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

const freshMs = 1000;

type Look = ReturnType<Store['stat']>;

/**
 * Looks at the place at once, and again when it is made: who asks for that within a second need not wait for another
 * answer. `makes`: it is made right behind the first look, where it is not there; who then makes it waits no more.
 */
function lookedAt(
  { stat, makeDirectory }: Store,
  makes: boolean,
  signal: AbortSignal,
): Pick<Store, 'stat' | 'makeDirectory'> {
  let looked: { readonly asking: Look; readonly untilMs: number } | undefined;
  const look = (asking: Look) => {
    looked = { asking: heard(asking), untilMs: performance.now() + freshMs };
  };
  const lookAtMade = async () => {
    await soon(); // on the same way, and answered after it
    const found = await stat(itself, signal);
    if (!found) throw new Error('asked before it was made');
    return found;
  };
  look(stat(itself, signal));
  const make = makes ? makeDirectory : undefined;
  const early = make && {
    made: heard(make(itself, { ...noMetadata, mode: 0o700 }, signal)),
    look: heard(lookAtMade()),
  };
  return {
    async stat(path, on) {
      const first = path.length === 0 && looked && performance.now() < looked.untilMs ? looked : undefined;
      looked = undefined;
      return first?.asking.catch(() => stat(path, on)) ?? stat(path, on);
    },
    ...(makeDirectory && {
      async makeDirectory(path, metadata, on) {
        if (path.length > 0) return makeDirectory(path, metadata, on);
        const made = await early?.made.catch(() => undefined); // who makes it now says what is wrong
        look((made && early?.look) ?? lookAtMade());
        return made ?? makeDirectory(path, metadata, on);
      },
    }),
  };
}

type ShellDoes = {
  readonly finds: boolean;
  readonly bootId: string | undefined;
  readonly clock: FarClock | undefined;
  /** the place is a directory that may be listed */
  readonly isOpen: boolean;
};

/** One line, another one whenever the host was started again. */
const sayBoot =
  '{ cat /proc/sys/kernel/random/boot_id || sysctl -n kern.bootsessionuuid || sysctl -n kern.boottime || who -b; ' +
  '} 2>/dev/null';

/**
 * Whether there is a `sync`, and a find that prints what is asked for and is handed any name; since when it runs; the time;
 * whether a place may be listed.
 */
const tryScript =
  `command -v sync >/dev/null || exit 1; ${sayBoot}; echo "now $(date +%s.%N 2>/dev/null)"; ` +
  'if [ -d "$2" ] && [ -r "$2" ] && [ -x "$2" ]; then echo open; fi; ' +
  'echo / | xargs -0 sh -c "$1" sh >/dev/null 2>&1 || exit 2; exit 0';
const tryFind = Buffer.from('exec find / -maxdepth 0 -printf %T@%C@%D%P');

/** Undefined where the host runs nothing for us; what fails for another reason is thrown. */
async function whatShell(
  { run }: SshHost,
  path: Uint8Array,
  signal: AbortSignal,
): Promise<ShellDoes | undefined> {
  try {
    await using tried = await run(tryScript, [tryFind, forCd(path)], signal, { readsNothing: true });
    const said = await beginning(tried.stdout);
    const { code } = await tried.ended;
    const now = /^now (\d+(\.\d+)?)/m.exec(said);
    const clock = now ? farClock(Number(now[1])) : undefined;
    const bootId = firstLine(said.slice(0, now?.index));
    const isOpen = /^open$/m.test(said);
    return code === 0 || code === 2 ? { finds: code === 0, bootId, clock, isOpen } : undefined;
  } catch (error) {
    if (error instanceof TransferError && error.kind === 'unsupported') return undefined;
    throw error;
  }
}

const mostSaid = 4096;

/** What is beyond it is read and forgotten. */
async function beginning(stdout: AsyncIterable<Buffer>): Promise<string> {
  let said = '';
  for await (const chunk of stdout) if (said.length < mostSaid) said += chunk.toString('latin1');
  return said;
}

/** Undefined where nothing is said. */
function firstLine(said: string): string | undefined {
  return said.split('\n')[0]!.trim().slice(0, 200) || undefined;
}

/** The file system of the place where its `sync` can do one; else all of them. */
const syncScript = `cd -- "$1" && { sync -f . 2>/dev/null || sync; } && { ${sayBoot}; exit 0; }`;

/** Throws 'io' where the host was started again since it was asked last: what was not on its disk then is lost. */
function syncing({ run, root, bootId }: Shell, name: string): NonNullable<Store['sync']> {
  let known = bootId;
  return async (signal) => {
    await using far = await run(syncScript, [root], signal, { readsNothing: true });
    const now = firstLine(await beginning(far.stdout));
    const { code } = await far.ended;
    const why = far.complaint().trim();
    if (code !== 0) throw new TransferError('io', `cannot sync the disk of ${name}${why && `: ${why}`}`);
    const isAnother = now !== known;
    known = now;
    if (isAnother) throw new TransferError('io', `cannot sync the disk of ${name}: it was started again`);
  };
}
