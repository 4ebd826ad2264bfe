/**
 * Writes one file behind SFTP: the data goes into a partial name, then the metadata, then all of it to the disk where
 * the server offers that; then it gets its name, and that goes to the disk too.
 */
import { TransferError } from '../../errors.ts';
import type { RelativePath } from '../path.ts';
import type { Body, FileEntry, Metadata, Range, Unkept, WriteHow } from '../store.ts';
import { fileEntry } from './entry.ts';
import { type Reach, trouble, whyNot } from './fault.ts';
import { type Dressed, give } from './give.ts';
import type { Ground } from './ground.ts';
import { parentPath } from './names.ts';
import { atLast, type Opened } from './opened.ts';
import { become, createPartial, dropPartial, mustBeOurs, type Naming } from './partial.ts';
import { writeRange } from './range.ts';
import type { Way } from './reach.ts';
import { lookAtOpen, setOpen } from './requests.ts';
import { syncDirectory } from './sync.ts';

export type Written = { readonly entry: FileEntry; readonly unkept: Unkept };

export async function writeFile(
  way: Way,
  ground: Ground,
  path: RelativePath,
  body: Body,
  how: WriteHow,
  signal: AbortSignal,
): Promise<Written> {
  const reach = await way.reach(signal);
  const naming = { path, partial: how.partial, replaces: how.replaces };
  await ground.mustBeFirm(reach, parentPath(path), 'write', signal);
  await mustBeOurs(reach, naming, signal);
  try {
    const dressed = await fillPartial(reach, naming, body, how, signal);
    await ground.mustBeFirm(reach, parentPath(path), 'write', signal);
    await become(reach, naming, signal);
    if (how.durable) await syncDirectory(reach, path, signal);
    return written(reach, path, dressed);
  } catch (error) {
    await dropPartial(reach, naming, atLast()).catch(() => undefined); // then the next run sweeps it
    throw error;
  }
}

async function fillPartial(
  reach: Reach,
  naming: Naming,
  body: Body,
  how: WriteHow,
  signal: AbortSignal,
): Promise<Dressed> {
  await using file = await createPartial(reach, naming, how.metadata.mode !== undefined, signal);
  try {
    if (!(await fill(reach, file, body, signal))) throw notWhole(reach, naming.path, body.size);
    return await finishFile(reach, file, how, signal);
  } catch (error) {
    throw await whyNot(error, reach, naming.path, 'write', signal);
  }
}

/** Answers whether the body was as long as it said. */
async function fill(reach: Reach, file: Opened, body: Body, signal: AbortSignal): Promise<boolean> {
  let end = 0;
  for await (const range of body.data?.(signal) ?? [{ offset: 0, length: body.size }]) {
    if (!(await fillRange(reach, file, body, range, signal))) return false;
    end = range.offset + range.length;
  }
  if (end < body.size) await setOpen(reach.sftp.client, file.handle, { size: body.size }, signal); // a hole
  return true;
}

/** The same of a range of it. */
export function fillRange(
  { sftp }: Reach,
  file: Opened,
  body: Body,
  range: Range,
  signal: AbortSignal,
): Promise<boolean> {
  return writeRange(sftp, file.handle, range, body.open(range, signal), signal);
}

/** Dresses a file that is whole, brings it to the disk if that is wanted, and closes it. */
export async function finishFile(
  { sftp }: Reach,
  file: Opened,
  { metadata, durable }: { readonly metadata: Metadata; readonly durable: boolean },
  signal: AbortSignal,
): Promise<Dressed> {
  const dressed = await give(
    {
      set: (attributes) => setOpen(sftp.client, file.handle, attributes, signal),
      look: () => lookAtOpen(sftp.client, file.handle, signal),
    },
    metadata,
  );
  if (durable) await sftp.fsync?.(file.handle, signal);
  await file.close(signal);
  return dressed;
}

/** Throws 'unsupported' where the server does not tell sizes. */
export function written({ root }: Reach, path: RelativePath, { attributes, unkept }: Dressed): Written {
  const entry = fileEntry(path, attributes);
  if (!entry) throw trouble(root, path, 'look at', 'unsupported', 'the server does not tell its size');
  return { entry, unkept };
}

export function notWhole({ root }: Reach, path: RelativePath, size: number): TransferError {
  return new TransferError(
    'corrupt',
    `cannot write ${root.show(path)}: its source did not give its ${size} bytes`,
  );
}
