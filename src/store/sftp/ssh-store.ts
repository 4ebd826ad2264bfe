/**
 * A place behind SSH: its SFTP server, and where there is a shell too, what only programs can do there.
 */
import { setImmediate as soon } from 'node:timers/promises';
import type { SshPlace } from '../../location/location.ts';
import type { SshHost } from '../../ssh/host.ts';
import { isShort, longMs } from '../../ssh/many.ts';
import { heardLater } from '../../work/heard-later.ts';
import { noMetadata } from '../entry.ts';
import { itself, type RelativePath } from '../path.ts';
import type { Shell } from '../shell.ts';
import type { Store } from '../store.ts';
import { FindAhead, listAhead } from './find/find-ahead.ts';
import { createFindList } from './find/find-list.ts';
import { createFindMore } from './find/find-more.ts';
import { makingBare } from './inherited.ts';
import type { WireHow } from './protocol/wire.ts';
import { openSftpStore, type SftpStore } from './sftp-store.ts';
import { createDigests } from './shell/digests.ts';
import { foldsCase } from './shell/folds.ts';
import { syncing } from './shell/syncing.ts';
import { isSameView, type Survey } from './shell/view.ts';
import { lookByShell, type ShellDoes, whatShell } from './shell/what-shell.ts';
import { noting, Written } from './shell/written.ts';

/** A server takes 2 MB at once on each: together a little more than a long line holds. */
const mostLines = { short: 4, long: 12 } as const;

export type SshStoreHow = {
  readonly wantsShell: boolean;
  /** the place is going to be a directory, and is made for its owner alone if nothing is there */
  readonly makes: boolean;
  /** that gets no ACL but the source's */
  readonly makesBare: boolean;
  /** how many bytes that mean nothing may go there on each connection before what it is for; absent: none */
  readonly warmBytes?: (() => number) | undefined;
  /** all of it is going to be listed, if it is there */
  readonly lists: boolean;
};

/** The host stays open when the store is closed. */
export async function openSshStore(
  place: SshPlace,
  host: SshHost,
  { wantsShell, makes, makesBare, lists, warmBytes = () => 0 }: SshStoreHow,
  signal: AbortSignal,
): Promise<Store> {
  const { name } = host;
  let does: ShellDoes | undefined;
  const way = {
    open: (on: AbortSignal, sparing?: WireHow) => host.sftp(on, sparing),
    path: place.path,
    name,
    lines: mostLines[isShort(host.roundTripMs) ? 'short' : 'long'],
    syncsLater: () => does !== undefined,
    clock: () => does?.clock,
  };
  const trying = heardLater(wantsShell ? whatShell(host, place.path, signal) : Promise.resolve(undefined));
  const written = new Written();
  const { survey, ...store } = noting(await openSftpStore(way, signal), written);
  try {
    const surveying = heardLater(survey(signal));
    const canonical = remembered(surveying, survey);
    const { first, made, isNew, ...looked } = lookedAt(store, makes, signal);
    const warm = () => {
      const isLong = (host.roundTripMs ?? 0) >= longMs;
      if (isLong && warmBytes() > 0) host.warm(warmBytes());
    };
    isNew?.then(warm).catch(() => undefined); // who makes it says what is wrong
    const expectMuch = () => {
      warm();
      void host.widen().then(() => store.expectMuch?.()); // what is asked meanwhile keeps the first one
    };
    const { roundTripMs } = host;
    const far = { ...store, ...looked, canonical, host: host.identity, roundTripMs, expectMuch };
    const found = await trying;
    const root = found && (await canonical(signal));
    if (!root) return far;
    const isSame = isSameView(found.view, await surveying, await made);
    if (!isSame && !(await sameAgain(host, { survey, root }, signal))) return far;
    does = found;
    const widen = () => void host.widen();
    const { bootId, clock } = does;
    const wrote = (dir: RelativePath) => written.add(dir);
    const shell = { run: host.run, root, bootId, peer: host, widen, wrote, ...(clock && { clock }) };
    const folds = makes && does.mayFold && (await foldsCase(shell, signal));
    const ahead = does.finds ? new FindAhead(shell) : undefined;
    if (lists && does.isOpen && (await first)?.kind === 'directory') ahead?.startEarly(signal); // and was not just made
    const told = ahead && finding(shell, ahead, { stat: looked.stat, list: store.list });
    const digest = createDigests(shell, name);
    return {
      ...far,
      ...told,
      ...(makesBare && does.hasAcl && makingBare(shell, looked)),
      foldsCase: folds,
      isOpen: does.isOpen,
      hasAcl: does.hasAcl,
      digest,
      shell,
      sync: syncing(shell, name, written),
    };
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
}

/** What a find there tells. */
function finding(
  shell: Shell,
  ahead: FindAhead,
  { stat, list }: Pick<Store, 'stat' | 'list'>,
): Partial<Store> {
  return {
    list: listAhead(ahead, createFindList(shell, list)),
    // Of the place itself a list may tell more or not yet: what is done with it would depend on that.
    stat: async (path, signal) => (path.length > 0 ? ahead.known(path) : undefined) ?? stat(path, signal),
    listNow: (path) => ahead.now(path),
    rows: (path) => ahead.take(path),
    listAhead: (how, signal) => ahead.start(how, signal),
    ...createFindMore(shell),
  };
}

const looks = 3; // a directory may change between one and the other

/** Whether both see the same by the name that SFTP has for it. */
async function sameAgain(
  host: SshHost,
  { survey, root }: Pick<SftpStore, 'survey'> & { readonly root: Uint8Array },
  signal: AbortSignal,
): Promise<boolean> {
  for (let look = 0; look < looks; look++) {
    const [view, seen] = await Promise.all([lookByShell(host, root, signal), survey(signal)]);
    if (isSameView(view, seen)) return true;
  }
  return false;
}

/** Asked once, as long as there is an answer: a place keeps its name. */
function remembered(
  first: Promise<Survey>,
  survey: SftpStore['survey'],
): (signal: AbortSignal) => Promise<Uint8Array | undefined> {
  let asked: Promise<Survey> | undefined = first;
  let known: Uint8Array | undefined;
  return async (signal) => {
    if (known) return known;
    const asking = asked ?? survey(signal);
    asked = undefined;
    known = (await asking).path;
    return known;
  };
}

/** Nobody else sees what is in a place before the tree is there. */
const privateMode = 0o700;
const freshMs = 1000;

type Look = ReturnType<Store['stat']>;

type Looked = {
  readonly first: Look;
  readonly made: Look;
  /** kept when it was made at once: nothing was there. Absent: that is not tried. */
  readonly isNew: Promise<unknown> | undefined;
};

/**
 * Looks at the place at once, and again when it is made: who asks for that within a second need not wait for another
 * answer. `makes`: it is made right behind the first look, where it is not there; who then makes it waits no more.
 */
function lookedAt(
  { stat, makeDirectory, dress }: Store,
  makes: boolean,
  signal: AbortSignal,
): Pick<Store, 'stat' | 'makeDirectory'> & Looked {
  let looked: { readonly asking: Look; readonly untilMs: number } | undefined;
  const look = (asking: Look) => {
    looked = { asking: heardLater(asking), untilMs: performance.now() + freshMs };
  };
  const lookAtMade = async () => {
    await soon(); // on the same way, and answered after it
    const found = await stat(itself, signal);
    if (!found) throw new Error('asked before it was made');
    return found;
  };
  const first = stat(itself, signal);
  look(first);
  const make = makes ? makeDirectory : undefined;
  const early = make && {
    made: heardLater(make(itself, { ...noMetadata, mode: privateMode }, signal)),
    look: heardLater(lookAtMade()),
  };
  return {
    first: first.catch(() => undefined),
    isNew: early?.made,
    made: (early?.look ?? Promise.resolve(undefined)).catch(() => undefined), // who makes it says what is wrong
    async stat(path, on) {
      const fresh = path.length === 0 && looked && performance.now() < looked.untilMs ? looked : undefined;
      looked = undefined;
      return fresh?.asking.catch(() => stat(path, on)) ?? stat(path, on);
    },
    ...(makeDirectory && {
      async makeDirectory(path, metadata, on) {
        if (path.length > 0) return makeDirectory(path, metadata, on);
        const made = await early?.made.catch(() => undefined); // who makes it now says what is wrong
        look((made && early?.look) ?? lookAtMade());
        if (!made) return makeDirectory(path, metadata, on);
        return metadata.mode === privateMode || !dress ? made : dress(path, metadata, on);
      },
    }),
  };
}
