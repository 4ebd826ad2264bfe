/** One entry behind SFTP, looked at by path; and what the place itself is called. */
import * as c from '../../work/posix/constants.ts';
import { inside } from '../../work/posix/path.ts';
import type { Entry } from '../entry.ts';
import { itself, type RelativePath } from '../path.ts';
import type { Seen } from './body.ts';
import type { Contact } from './contact.ts';
import { entryOf, typeOf } from './entry.ts';
import { must, type Reach, trouble } from './fault.ts';
import { isFirm } from './ground.ts';
import type { Attributes } from './protocol/attributes.ts';
import { status } from './protocol/numbers.ts';
import { readLink as askLink, follow, lookAt, realPath } from './protocol/requests.ts';
import { isRefusal } from './protocol/status.ts';
import { type Survey, surveyed } from './shell/view.ts';

/** Follows a symlink only where it is the place itself and leads to a directory. */
export async function lookAtEntry(
  contact: Contact,
  seen: Seen,
  path: RelativePath,
  signal: AbortSignal,
): Promise<Entry | undefined> {
  const reach = await contact.reachToLook(signal);
  const [isThere, found] = await Promise.all([
    isFirm(reach, path, 'look at', signal),
    must(lookAtPlain(reach, path, signal), reach, path, 'look at'),
  ]);
  if (!isThere || !found) return undefined;
  const entry = entryOf(path, found);
  if (entry?.kind === 'file') seen.files.add(entry);
  if (entry) return entry;
  throw trouble('look at', reach.root.show(path), 'unsupported', 'the server does not say what it is');
}

async function lookAtPlain(reach: Reach, path: RelativePath, signal: AbortSignal) {
  const { client } = reach.sftp;
  const whole = reach.root.whole(path);
  if (path.length > 0) return lookAt(client, whole, signal);
  const [behind, plain] = await Promise.all([follow(client, whole, signal), lookAt(client, whole, signal)]);
  return behind && isDirectory(behind) ? behind : plain;
}

export async function readLink(
  contact: Contact,
  path: RelativePath,
  signal: AbortSignal,
): Promise<Uint8Array | undefined> {
  const reach = await contact.reachToLook(signal);
  if (!(await isFirm(reach, path, 'look at', signal))) return undefined;
  const asked = askLink(reach.sftp.client, reach.root.whole(path), signal).catch((error) => {
    if (isRefusal(error, status.NO_SUCH_FILE)) return undefined;
    throw error;
  });
  return must(asked, reach, path, 'look at');
}

/** Its path is without a symlink, but for its own last name where that leads to no directory. */
export async function survey(contact: Contact, signal: AbortSignal): Promise<Survey> {
  const reach = await contact.reachToLook(signal);
  return must(lookAround(reach, signal), reach, itself, 'look at');
}

async function lookAround(reach: Reach, signal: AbortSignal): Promise<Survey> {
  const { client } = reach.sftp;
  const whole = reach.root.whole(itself);
  const above = reach.root.above(itself);
  const [found, dir, real, realAbove] = await Promise.all([
    follow(client, whole, signal),
    follow(client, above, signal),
    realPath(client, whole, signal).catch(refusalOf),
    realPath(client, above, signal).catch(refusalOf),
  ]);
  const seen = {
    itself: found && isDirectory(found) ? surveyed(found) : undefined,
    above: dir && surveyed(dir),
  };
  if (seen.itself) return { ...seen, path: orThrown(real) };
  if (!dir || !isDirectory(dir)) return { ...seen, path: undefined };
  const name = whole.subarray(above.length === 1 ? 1 : above.length + 1);
  return { ...seen, path: inside(orThrown(realAbove), name) };
}

/** Whether it matters is known later. */
function refusalOf(error: unknown): Error {
  if (isRefusal(error)) return error;
  throw error;
}

function orThrown<T>(answer: T | Error): T {
  if (answer instanceof Error) throw answer;
  return answer;
}

function isDirectory(attributes: Attributes): boolean {
  return typeOf(attributes) === c.S_IFDIR;
}
