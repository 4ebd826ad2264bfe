/** How a large file begins: made under its partial name, and made as long as it will be while its first bytes are on their way. */

import { isKind } from '../../errors.ts';
import { heardLater } from '../../work/heard-later.ts';
import { pathKey } from '../../work/posix/path.ts';
import type { BeginHow } from '../parts.ts';
import { beside, type RelativePath } from '../path.ts';
import { type Reach, whyNot } from './fault.ts';

import { type Opened, openFile } from './opened.ts';
import { createPartial } from './partial.ts';
import { setOpen } from './protocol/requests.ts';
import { holdDirectory } from './sync.ts';

export type Begun = {
  readonly partial: RelativePath;
  /** kept when it is as long as it will be, and its name durable where that is wanted */
  readonly whole: Promise<void>;
};

type Long = { readonly size: number; readonly durable: boolean };

/** Resolves when the file is there. */
export async function begin(
  reach: Reach,
  path: RelativePath,
  how: BeginHow & Long,
  signal: AbortSignal,
): Promise<Begun> {
  const file = await createPartial(reach, { path, ...how }, true, signal);
  const partial = beside(path, how.partial);
  return { partial, whole: heardLater(lengthen(reach, partial, file, how, signal)) };
}

async function lengthen(
  reach: Reach,
  partial: RelativePath,
  opened: Opened,
  { size, durable }: Long,
  signal: AbortSignal,
): Promise<void> {
  const { sftp } = reach;
  using file = opened;
  const holding = heardLater(durable ? holdDirectory(reach, partial, signal) : Promise.resolve(undefined));
  try {
    await Promise.all([
      setOpen(sftp.client, file.handle, { size }, signal),
      durable && sftp.fsync?.(file.handle, signal),
      file.close(signal),
    ]);
    using directory = await holding;
    await directory?.sync();
  } catch (error) {
    throw await whyNot(error, reach, partial, 'write', signal);
  }
}

/** Files that may not be as long yet as they will be. */
export class Lengthening {
  readonly #waiting = new Map<string, Long & { readonly whole: Promise<void> }>();

  add({ partial, whole }: Begun, { size, durable }: Long): void {
    this.#waiting.set(pathKey(partial), { size, durable, whole });
  }

  forget(partial: RelativePath): void {
    this.#waiting.delete(pathKey(partial));
  }

  /** Resolves when a file is, of which was seen that it is ours; what was lost with its connection is done again. */
  async whole(reach: Reach, partial: RelativePath, signal: AbortSignal): Promise<void> {
    const known = this.#waiting.get(pathKey(partial));
    if (!known) return;
    try {
      await known.whole;
    } catch (error) {
      if (!isKind(error, 'transient')) throw error;
      await lengthen(reach, partial, await openFile(reach, partial, 'write', signal), known, signal);
    }
    this.forget(partial);
  }
}
