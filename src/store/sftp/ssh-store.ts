/**
 * A place behind SSH: its SFTP server, and where there is a shell too, what only programs can do there.
 */
import type { SshPlace } from '../../location/location.ts';
import type { SshHost } from '../../ssh/host.ts';
import { isShort } from '../../ssh/many.ts';
import { heardLater } from '../../work/heard-later.ts';
import type { Store } from '../store.ts';
import { lookingEarly } from './early-look.ts';
import type { WireHow } from './protocol/wire.ts';
import { openSftpStore, type SftpStore } from './sftp-store.ts';
import { besideOf } from './shell/beside.ts';
import { noRoom } from './shell/no-room.ts';
import { sameAgain } from './shell/same-view.ts';
import { isSameView, type Survey } from './shell/view.ts';
import { type ShellDoes, whatShell } from './shell/what-shell.ts';
import { noting, Written } from './shell/written.ts';
import { warmingOf } from './warming.ts';

/**
 * A server takes 2 MB at once on each: together a little more than a line of 1 Gbit/s holds. What is sent there fills them all,
 * where more would wait in the queue of the line until that loses some.
 */
const mostLines = { short: 4, there: 10, thereVeryLong: 14, back: 12 } as const;
const veryLongMs = 150;

function linesOver(makes: boolean, roundTripMs: number | undefined): number {
  if (isShort(roundTripMs)) return mostLines.short;
  if (!makes) return mostLines.back;
  return (roundTripMs ?? 0) < veryLongMs ? mostLines.there : mostLines.thereVeryLong;
}

export type SshStoreHow = {
  readonly wantsShell: boolean;
  /** the place is going to be a directory, and is made for its owner alone if nothing is there */
  readonly makes: boolean;
  /** that gets no ACL but the source's */
  readonly makesBare: boolean;
  /** how many bytes that mean nothing may go there on each connection before what it is for; absent: none */
  readonly warmBytes?: (() => number) | undefined;
  /** what is read there in large files may come as fast as it can from the beginning */
  readonly warmsHither?: boolean | undefined;
  /** all of it is going to be listed, if it is there */
  readonly lists: boolean;
};

/** The host stays open when the store is closed. */
export async function openSshStore(
  place: SshPlace,
  host: SshHost,
  { wantsShell, makes, makesBare, lists, warmBytes = () => 0, warmsHither = false }: SshStoreHow,
  signal: AbortSignal,
): Promise<Store> {
  const { name } = host;
  let does: ShellDoes | undefined;
  const room = noRoom(host);
  const way = {
    open: (on: AbortSignal, sparing?: WireHow) => host.sftp(on, sparing),
    path: place.path,
    name,
    lines: linesOver(makes, host.roundTripMs),
    syncsLater: () => does !== undefined,
    clock: () => does?.clock,
    noRoom: async (dir: Uint8Array, on: AbortSignal) => (does ? room(dir, on) : undefined),
  };
  const trying = heardLater(wantsShell ? whatShell(host, place.path, signal) : Promise.resolve(undefined));
  const written = new Written();
  const { survey, ...store } = noting(await openSftpStore(way, signal), written);
  try {
    const surveying = heardLater(survey(signal));
    const canonical = remembered(surveying, survey);
    const { first, made, isNew, ...looked } = lookingEarly(store, makes, signal);
    const warming = warmingOf(host, warmBytes, signal);
    isNew?.then(warming.thither).catch(() => undefined); // who makes it says what is wrong
    let isExpected = false;
    const expectMuch = () => {
      warming.thither();
      if (warmsHither && does && !isExpected) warming.hither();
      isExpected = true;
      void host.widen().then(() => store.expectMuch?.()); // what is asked meanwhile keeps the first one
    };
    const { roundTripMs } = host;
    const far = { ...store, ...looked, canonical, host: host.identity, roundTripMs, expectMuch };
    const found = await trying;
    const root = found && (await canonical(signal));
    if (!root) return far;
    const isSame = isSameView(found.view, await surveying, await made);
    const seen = isSame ? found : await sameAgain(host, { survey, root }, signal);
    if (!seen) return far;
    does = { ...found, lineage: seen.lineage }; // a shell may begin elsewhere
    const isThere = async () => (await first)?.kind === 'directory'; // and was not just made
    const how = { makes, makesBare, lists: async () => lists && isThere() };
    return { ...far, ...(await besideOf({ host, does, root, written }, far, how, signal)) };
  } catch (error) {
    await store[Symbol.asyncDispose]();
    throw error;
  }
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
