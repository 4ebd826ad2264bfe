/** The bytes of a file behind SFTP, as long as it stays what it was, as far as SFTP tells: times are whole seconds. */

import type { Body, Range } from '../body.ts';
import { changed } from '../body-faults.ts';
import type { FileEntry } from '../entry.ts';
import { printOf } from './entry.ts';
import { must, mustAll, type Reach, trouble } from './fault.ts';
import { mustBeFirm } from './ground.ts';
import { parentPath } from './names.ts';
import { opened } from './opened.ts';
import type { Attributes } from './protocol/attributes.ts';
import { flag } from './protocol/numbers.ts';
import { lookAt, lookAtOpen, open } from './protocol/requests.ts';
import { readRange } from './range.ts';
import type { Way } from './reach.ts';
import { secondIsOver } from './shell/far-clock.ts';

export function bodyOf(way: Way, file: FileEntry): Body {
  return { size: file.size, open: (range, signal) => bytes(way, file, range, signal) };
}

async function* bytes(way: Way, file: FileEntry, range: Range, signal: AbortSignal) {
  using reach = await (range.length < muchBytes ? lent(way, signal) : way.reachAlone(signal));
  const { times } = await mustBeSame(reach, file, signal);
  const clock = file.size >= muchBytes ? way.clock() : undefined;
  if (clock && times) await secondIsOver(times.mtime, clock, signal);
  const { sftp, root } = reach;
  const ask = () => open(sftp.client, root.whole(file.path), { flags: flag.READ }, signal);
  using source = await must(opened(sftp, sftp.turns.read, ask, signal), reach, file.path, 'read');
  const check = async () => {
    const now = await lookAtOpen(sftp.client, source.handle, signal);
    if (!isSame(now, file)) throw changed(reach.root.show(file.path));
  };
  if (range.length === 0) await must(check(), reach, file.path, 'read');
  yield* mustAll(readRange(sftp, source.handle, range, check, signal), reach, file.path, 'read');
}

const muchBytes = 4 * 1024 * 1024;

async function lent(way: Way, signal: AbortSignal): Promise<Disposable & Reach> {
  return { ...(await way.reach(signal)), [Symbol.dispose]: () => undefined };
}

/** Before it is opened: opening what is no file now may follow a link, or wait for ever. */
async function mustBeSame(reach: Reach, file: FileEntry, signal: AbortSignal): Promise<Attributes> {
  const { sftp, root } = reach;
  const [, now] = await Promise.all([
    mustBeFirm(reach, parentPath(file.path), 'read', signal),
    must(lookAt(sftp.client, root.whole(file.path), signal), reach, file.path, 'read'),
  ]);
  if (!now) throw trouble(root, file.path, 'read', 'missing', 'it is not there any more');
  if (!isSame(now, file)) throw changed(reach.root.show(file.path));
  return now;
}

function isSame(now: Attributes, { print }: FileEntry): boolean {
  return printOf(now) === print;
}
