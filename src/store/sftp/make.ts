/** What else an SFTP store makes, changes and takes away. */
import * as c from '../../work/posix/constants.ts';
import { isRoom } from '../delta.ts';
import type { Metadata, Unkept } from '../entry.ts';
import { nameOf } from '../named.ts';
import type { RelativePath } from '../path.ts';
import type { Contact } from './contact.ts';
import { typeOf } from './entry.ts';
import { must, mustMake, type Reach, trouble, whyNot } from './fault.ts';
import { give, keepGroup, type Us, type Wearer } from './give.ts';
import { amid, isFirm, mustBeFirm, onFirm } from './ground.ts';
import type { Attributes } from './protocol/attributes.ts';
import { status } from './protocol/numbers.ts';
import {
  makeDirectory as askDirectory,
  makeSymlink as askSymlink,
  lookAt,
  removeDirectory,
  removeFile,
} from './protocol/requests.ts';
import { isRefusal } from './protocol/status.ts';
import { wearerOf } from './wearer.ts';

export async function makeDirectory(
  contact: Contact,
  path: RelativePath,
  metadata: Metadata,
  signal: AbortSignal,
): Promise<Unkept> {
  const reach = await contact.reachToLook(signal);
  const firm = () => mustBeFirm(reach, path, 'make', signal);
  const ours = metadata.mode === undefined ? undefined : 0o700; // until it is dressed
  const ask = () => askDirectory(reach.sftp.client, reach.root.whole(path), ours, signal);
  const [before, made] = amid(firm, ask);
  await onFirm(before, mustMake(made, reach, path, 'make', signal), () =>
    removeDirectory(reach.sftp.client, reach.root.whole(path), signal),
  );
  return isMore(metadata) ? dressPath(reach, path, metadata, signal) : [];
}

/** Than what a directory is made with. */
function isMore({ mode, owner, mtimeNs }: Metadata): boolean {
  return owner !== undefined || mtimeNs !== undefined || (mode !== undefined && mode !== 0o700);
}

export async function makeSymlink(
  contact: Contact,
  {
    path,
    target,
    metadata,
  }: { readonly path: RelativePath; readonly target: Uint8Array; readonly metadata: Metadata },
  signal: AbortSignal,
): Promise<Unkept> {
  const reach = await contact.reach(signal);
  await mustBeFirm(reach, path, 'make', signal);
  reach.firm.delete(path);
  const made = askSymlink(reach.sftp.client, reach.root.whole(path), target, signal);
  await mustMake(made, reach, path, 'make', signal);
  return dressPath(reach, path, { ...metadata, mode: undefined }, signal);
}

/** Throws 'unsupported' where the server makes no hard links. */
export async function makeLink(
  contact: Contact,
  { path, existing }: { readonly path: RelativePath; readonly existing: RelativePath },
  signal: AbortSignal,
): Promise<void> {
  const reach = await contact.reach(signal);
  const { sftp, root } = reach;
  if (!sftp.link) throw trouble('link', root.show(path), 'unsupported', 'the server makes no hard links');
  await Promise.all([path, existing].map((one) => mustBeFirm(reach, one, 'link', signal)));
  await mustMake(sftp.link(root.whole(existing), root.whole(path), signal), reach, path, 'link', signal);
}

export async function dress(
  contact: Contact,
  path: RelativePath,
  metadata: Metadata,
  signal: AbortSignal,
): Promise<Unkept> {
  const reach = contact.trails.behind(path, await contact.reach(signal));
  await mustBeFirm(reach, path, 'set metadata of', signal);
  return dressPath(reach, path, metadata, signal);
}

/** Who calls it has looked at the way. */
export async function dressPath(
  reach: Reach,
  path: RelativePath,
  metadata: Metadata,
  signal: AbortSignal,
): Promise<Unkept> {
  const { sftp, root } = reach;
  const wearer = wearerOf(sftp, root.whole(path), signal);
  const dressing = sftp.dress ? dressNoLink : dressLooking;
  return must(dressing(wearer, metadata, sftp.us), reach, path, 'set metadata of');
}

/** Where nothing follows a symlink it need not be known whether it is one: those have no mode of their own. */
async function dressNoLink(wearer: Wearer, metadata: Metadata, us: Us): Promise<Unkept> {
  const { attributes, unkept } = await keepGroup(wearer, await give(wearer, metadata, us), metadata, us);
  return isLink(attributes) ? unkept.filter((aspect) => aspect !== 'mode') : unkept;
}

async function dressLooking(wearer: Wearer, metadata: Metadata, us: Us): Promise<Unkept> {
  const wanted = isLink(await wearer.look()) ? { ...metadata, mode: undefined } : metadata;
  const { unkept } = await keepGroup(wearer, await give(wearer, wanted, us), wanted, us);
  return unkept;
}

function isLink(attributes: Attributes): boolean {
  return typeOf(attributes) === c.S_IFLNK;
}

export async function remove(contact: Contact, path: RelativePath, signal: AbortSignal): Promise<boolean> {
  const reach = await contact.reach(signal);
  if (!(await isFirm(reach, path, 'remove', signal))) return false;
  reach.firm.delete(path);
  if (isRoom(nameOf(path)) && (await isEmptied(reach, path, signal))) return true;
  try {
    await removeFile(reach.sftp.client, reach.root.whole(path), signal);
    return true;
  } catch (error) {
    if (!isRefusal(error)) throw error;
    if (error.code === status.NO_SUCH_FILE) return false;
    return removeOther(reach, path, error, signal);
  }
}

/** What is called as a directory is mostly one, and empty. */
async function isEmptied({ sftp, root }: Reach, path: RelativePath, signal: AbortSignal): Promise<boolean> {
  try {
    await removeDirectory(sftp.client, root.whole(path), signal);
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

/** No server says that it was a directory. */
async function removeOther(
  reach: Reach,
  path: RelativePath,
  refusal: Error,
  signal: AbortSignal,
): Promise<boolean> {
  const { sftp, root } = reach;
  const whole = root.whole(path);
  const found = await must(lookAt(sftp.client, whole, signal), reach, path, 'remove');
  if (!found) return false;
  if (typeOf(found) !== c.S_IFDIR) throw await whyNot(refusal, reach, path, 'remove', signal);
  try {
    await removeDirectory(sftp.client, whole, signal);
    return true;
  } catch (error) {
    if (isRefusal(error, status.NO_SUCH_FILE)) return false;
    if (isRefusal(error, status.FAILURE))
      throw trouble('remove', root.show(path), 'conflict', 'it is not empty', error);
    throw await whyNot(error, reach, path, 'remove', signal);
  }
}
