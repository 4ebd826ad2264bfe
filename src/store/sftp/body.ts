/** The bytes of a file behind SFTP, as long as it stays what it was, as far as SFTP tells: times are whole seconds. */

import type { Body, Range } from '../body.ts';
import { changed } from '../body-faults.ts';
import type { FileEntry } from '../entry.ts';
import type { Contact } from './contact.ts';
import { lookKey, printOf, secondsOf } from './entry.ts';
import { must, mustAll, type Reach, trouble } from './fault.ts';
import type { Fresh } from './fresh.ts';
import { mustBeFirm } from './ground.ts';
import type { LeftOpen } from './left-open.ts';
import { type Opened, openFile } from './opened.ts';
import type { Attributes } from './protocol/attributes.ts';
import { lookAt, lookAtOpen } from './protocol/requests.ts';
import { readRange } from './range.ts';
import { secondIsOver } from './shell/far-clock.ts';

/** What was seen of files that are read. */
export type Seen = {
  readonly left: LeftOpen;
  /** regular files that looked so within the last second */
  readonly files: Fresh<FileEntry>;
};

export function bodyOf(contact: Contact, seen: Seen, file: FileEntry): Body {
  return { size: file.size, open: (range, signal) => bytes(contact, { seen, file, range }, signal) };
}

type Reading = { readonly seen: Seen; readonly file: FileEntry; readonly range: Range };

async function* bytes(contact: Contact, { seen, file, range }: Reading, signal: AbortSignal) {
  using reach = await (range.length < muchBytes ? lent(contact, signal) : contact.reachAlone(signal));
  const { sftp } = reach;
  const source =
    (await seen.left.take(sftp, lookKey(file))) ?? (await openSame(contact, reach, { seen, file }, signal));
  let isRead = false;
  try {
    const check = async () => {
      const now = await lookAtOpen(sftp.client, source.handle, signal);
      if (!isSame(now, file)) throw changed(reach.root.show(file.path));
    };
    if (range.length === 0) await must(check(), reach, file.path, 'read');
    yield* mustAll(readRange(sftp, source.handle, range, check, signal), reach, file.path, 'read');
    isRead = range.length < file.size && sftp.leavesOpen;
  } finally {
    if (isRead) seen.left.give(sftp, lookKey(file), Promise.resolve(source));
    else source[Symbol.dispose]();
  }
}

const muchBytes = 4 * 1024 * 1024;

async function lent(contact: Contact, signal: AbortSignal): Promise<Disposable & Reach> {
  return { ...(await contact.reach(signal)), [Symbol.dispose]: () => undefined };
}

async function openSame(
  contact: Contact,
  reach: Reach,
  { seen, file }: Pick<Reading, 'seen' | 'file'>,
  signal: AbortSignal,
): Promise<Opened> {
  await mustBeSame(reach, { seen, file }, signal);
  const clock = file.size >= muchBytes ? contact.clock() : undefined;
  const seconds = secondsOf(file);
  if (clock && seconds !== undefined) await secondIsOver(seconds, clock, signal);
  return openFile(reach, file.path, 'read', signal);
}

/**
 * Before it is opened: opening what is no file now may follow a link, or wait for ever. What was looked at within a second is
 * believed to be one: what it is by then shows with each read.
 */
async function mustBeSame(
  reach: Reach,
  { seen, file }: Pick<Reading, 'seen' | 'file'>,
  signal: AbortSignal,
): Promise<void> {
  const { sftp, root } = reach;
  const look = () => must(lookAt(sftp.client, root.whole(file.path), signal), reach, file.path, 'read');
  const isFresh = seen.files.has(file);
  const [, now] = await Promise.all([mustBeFirm(reach, file.path, 'read', signal), isFresh || look()]);
  if (now === true) return;
  if (!now) throw trouble('read', root.show(file.path), 'missing', 'it is not there any more');
  if (!isSame(now, file)) throw changed(reach.root.show(file.path));
  seen.files.add(file);
}

function isSame(now: Attributes, { print }: FileEntry): boolean {
  return printOf(now) === print;
}
