/** A file of ours that is not whole yet, and how it gets its name. */

import type { Entry } from '../entry.ts';
import { type RelativePath, splitPath } from '../path.ts';
import { printOf } from './entry.ts';
import { must, mustMake, type Reach, taken } from './fault.ts';
import { amid, mustBeFirm, onFirm } from './ground.ts';
import { type Opened, opened } from './opened.ts';
import { flag, status } from './protocol/numbers.ts';
import { close, type Handle, lookAt, open, removeFile, rename } from './protocol/requests.ts';
import { isRefusal, Refusal } from './protocol/status.ts';
import { holdDirectory } from './sync.ts';

/** What a file is to be called, and what it is called until then. */
export type Naming = {
  readonly path: RelativePath;
  readonly partial: Uint8Array;
  /** what may be replaced; undefined: the name must be free */
  readonly replaces: Entry | undefined;
};

const ours = 0o600;

/** Makes it, for us alone where its mode is given later; one that a killed run left under this name goes. */
export async function createPartial(
  reach: Reach,
  { path, partial }: Naming,
  isDressed: boolean,
  signal: AbortSignal,
): Promise<Opened> {
  const { sftp, root } = reach;
  const name = root.beside(path, partial);
  const flags = flag.WRITE | flag.CREATE | flag.EXCLUSIVE;
  const firm = () => mustBeFirm(reach, path, 'write', signal);
  const ask = () => open(sftp.client, name, isDressed ? { flags, mode: ours } : { flags }, signal);
  const undo = (handle: Handle) =>
    Promise.all([close(sftp.client, handle, signal), removeFile(sftp.client, name, signal)]);
  const make = () => onFirm(...amid(firm, ask), undo);
  const makeAnew = async () => {
    try {
      return await make();
    } catch (error) {
      if (!isRefusal(error, status.FAILURE) || !(await lookAt(sftp.client, name, signal))) throw error;
      await removeFile(sftp.client, name, signal);
      return make();
    }
  };
  return mustMake(opened(sftp, sftp.turns.write, makeAnew, signal), reach, path, 'write', signal);
}

/** Takes it away; false if it was not there. */
export async function dropPartial(
  { sftp, root }: Reach,
  { path, partial }: Naming,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await removeFile(sftp.client, root.beside(path, partial), signal);
    return true;
  } catch (error) {
    if (isRefusal(error, status.NO_SUCH_FILE)) return false;
    throw error;
  }
}

/** Throws 'conflict' where something has the name that may not be replaced. */
export async function mustBeOurs(
  reach: Reach,
  { path, replaces }: Naming,
  signal: AbortSignal,
): Promise<void> {
  const found = await must(lookAt(reach.sftp.client, reach.root.whole(path), signal), reach, path, 'write');
  if ((found && printOf(found)) !== replaces?.print) throw taken(reach.root, path, 'write');
}

/** Gives the partial file its name, from what may be replaced if that still has it; durable where the server can. */
export async function become(
  reach: Reach,
  naming: Naming,
  durable: boolean,
  signal: AbortSignal,
): Promise<void> {
  const holding = durable ? holdDirectory(reach, naming.path, signal) : undefined;
  const [held, named] = await Promise.allSettled([holding, takeName(reach, naming, signal)]);
  using directory = held.status === 'fulfilled' ? held.value : undefined;
  if (named.status === 'rejected') throw named.reason;
  if (held.status === 'rejected') throw held.reason;
  await directory?.sync();
}

async function takeName(reach: Reach, naming: Naming, signal: AbortSignal): Promise<void> {
  if (naming.replaces) await mustBeOurs(reach, naming, signal);
  const named = naming.replaces ? takeOver(reach, naming, signal) : takeFree(reach, naming, signal);
  await mustMake(named, reach, naming.path, 'write', signal);
}

async function takeOver(reach: Reach, naming: Naming, signal: AbortSignal): Promise<void> {
  const { sftp } = reach;
  const { from, to } = ends(reach, naming);
  if (sftp.rename) return sftp.rename(from, to, signal);
  await removeFile(sftp.client, to, signal); // for a moment nothing has the name: this server knows no better
  await rename(sftp.client, from, to, signal);
}

/** A link fails where the name is taken, on every server; a rename only on those that heed the draft. */
async function takeFree(reach: Reach, naming: Naming, signal: AbortSignal): Promise<void> {
  const { sftp, root } = reach;
  const { from, to } = ends(reach, naming);
  if (sftp.renameFree && !(await refusalOf(sftp.renameFree(from, to, signal)))) return;
  const refusal = sftp.link ? await refusalOf(sftp.link(from, to, signal)) : noLinks;
  if (!refusal) return removeFile(sftp.client, from, signal);
  if (await lookAt(sftp.client, to, signal)) throw taken(root, naming.path, 'write', refusal);
  await rename(sftp.client, from, to, signal);
}

/** That a file has its name now: beside its own, or in place of that. */
export type Took = 'linked' | 'renamed';

/** By what is asked at once. Undefined where the name is taken, or no one step is known not to take it from anybody. */
export async function takeAtOnce(
  reach: Reach,
  naming: Naming,
  signal: AbortSignal,
): Promise<Took | undefined> {
  const { link, renameFree } = reach.sftp;
  const { from, to } = ends(reach, naming);
  const take = renameFree ?? link;
  if (!take || naming.replaces) return undefined;
  if (await refusalOf(take(from, to, signal))) return undefined;
  return renameFree ? 'renamed' : 'linked';
}

const noLinks = new Refusal(status.OP_UNSUPPORTED, 'not offered');

async function refusalOf(asked: Promise<void>): Promise<Refusal | undefined> {
  try {
    await asked;
    return undefined;
  } catch (error) {
    if (isRefusal(error)) return error;
    throw error;
  }
}

function ends({ root }: Reach, { path, partial }: Naming) {
  return { from: root.beside(path, partial), to: root.whole(path) };
}

/** Of a file that is begun under a name of its own. */
export function namingOf(partial: RelativePath, path: RelativePath): Naming {
  return { path, partial: splitPath(partial).name, replaces: undefined };
}
