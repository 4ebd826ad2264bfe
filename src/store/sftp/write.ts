/**
 * Writes one file behind SFTP: the data goes into a partial name, then the metadata, then all of it to the disk where
 * the server offers that; then it gets its name, and that goes to the disk too.
 */

import { type Body, seeksHoles } from '../body.ts';
import { notWhole } from '../body-faults.ts';
import type { Metadata, Written } from '../entry.ts';
import type { RelativePath } from '../path.ts';
import type { WriteHow } from '../store.ts';
import type { Contact } from './contact.ts';
import { fileEntry } from './entry.ts';
import { type Reach, trouble, whyNot } from './fault.ts';
import { type Dressed, give, isRisky, keepGroup } from './give.ts';
import { amid, mustBeFirm, onFirm } from './ground.ts';
import { atLast, type Opened } from './opened.ts';
import { become, createPartial, dropPartial, mustBeOurs, type Naming } from './partial.ts';
import type { Attributes } from './protocol/attributes.ts';
import { lookAtOpen, removeFile, setOpen } from './protocol/requests.ts';
import { createWindow, type Writing, writeRange } from './range.ts';
import { wearerOf } from './wearer.ts';

export async function writeFile(
  contact: Contact,
  path: RelativePath,
  body: Body,
  how: WriteHow,
  signal: AbortSignal,
): Promise<Written> {
  const reach = await contact.reach(signal);
  const naming = { path, partial: how.partial, replaces: how.replaces };
  const firm = () => mustBeFirm(reach, path, 'write', signal);
  try {
    const dressed = await fillPartial(reach, naming, body, how, signal);
    await named(reach, naming, firm, how.durable, signal);
    return written(reach, path, dressed);
  } catch (error) {
    await dropPartial(reach, naming, atLast()).catch(() => undefined); // then the next run sweeps it
    throw error;
  }
}

/** Gives it its name, and takes that away where a symlink came in the way meanwhile. */
export function named(
  reach: Reach,
  naming: Naming,
  firm: () => Promise<void>,
  durable: boolean,
  signal: AbortSignal,
): Promise<void> {
  const undo = () => removeFile(reach.sftp.client, reach.root.whole(naming.path), signal);
  return onFirm(...amid(firm, () => become(reach, naming, durable, signal)), undo);
}

/** Makes the partial file while the name that it will have is looked at. */
async function makePartial(
  reach: Reach,
  naming: Naming,
  isDressed: boolean,
  signal: AbortSignal,
): Promise<Opened> {
  const [ours, made] = await Promise.allSettled([
    mustBeOurs(reach, naming, signal),
    createPartial(reach, naming, isDressed, signal),
  ]);
  if (ours.status === 'rejected') {
    if (made.status === 'fulfilled') made.value[Symbol.dispose]();
    throw ours.reason;
  }
  if (made.status === 'rejected') throw made.reason;
  return made.value;
}

async function fillPartial(
  reach: Reach,
  naming: Naming,
  body: Body,
  how: WriteHow,
  signal: AbortSignal,
): Promise<Dressed> {
  using file = await makePartial(reach, naming, how.metadata.mode !== undefined, signal);
  try {
    const writing = { sftp: reach.sftp, handle: file.handle, window: createWindow() };
    if (!(await fill(writing, body, signal))) throw notWhole(reach.root.show(naming.path), body.size);
    return await finishFile(reach, naming, { ...writing, file }, how, signal);
  } catch (error) {
    throw await whyNot(error, reach, naming.path, 'write', signal);
  }
}

/** Answers whether the body was as long as it said. */
async function fill(writing: Writing, body: Body, signal: AbortSignal): Promise<boolean> {
  const { sftp, handle, window } = writing;
  const hollowUntil = sftp.fsync && seeksHoles(body) ? body.size : 0; // what is no disk may want all, in order
  let end = 0;
  for await (const range of body.data?.(signal) ?? [{ offset: 0, length: body.size }]) {
    if (!(await writeRange(writing, range, body.open(range, signal), signal, hollowUntil))) return false;
    end = range.offset + range.length;
  }
  if (end < body.size) window.add(setOpen(sftp.client, handle, { size: body.size }, signal), 0); // a hole
  return true;
}

/** Dresses a file that was filled, brings it to the disk if that is wanted, and closes it: all asked at once. */
export async function finishFile(
  reach: Reach,
  naming: Naming,
  { sftp, handle, window, file }: Writing & { readonly file: Opened },
  { metadata, durable }: { readonly metadata: Metadata; readonly durable: boolean },
  signal: AbortSignal,
): Promise<Dressed> {
  const wearer = {
    set: (attributes: Partial<Attributes>) => setOpen(sftp.client, handle, attributes, signal),
    look: () => lookAtOpen(sftp.client, handle, signal),
  };
  const dressing = give(wearer, metadata, sftp.us);
  if (isRisky(metadata)) await dressing;
  const synced = durable ? sftp.fsync?.(handle, signal) : undefined;
  const [, dressed] = await Promise.all([window.all(), dressing, synced, file.close(signal)]);
  const partial = wearerOf(sftp, reach.root.beside(naming.path, naming.partial), signal);
  return keepGroup(partial, dressed, metadata, sftp.us);
}

/** Throws 'unsupported' where the server does not tell sizes. */
export function written({ root }: Reach, path: RelativePath, { attributes, unkept }: Dressed): Written {
  const entry = fileEntry(path, attributes);
  if (!entry) throw trouble('look at', root.show(path), 'unsupported', 'the server does not tell its size');
  return { entry, unkept };
}
