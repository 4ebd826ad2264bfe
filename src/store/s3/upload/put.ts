/** An object is put only where its name is free, or where it replaces what was seen. */
import { TransferError } from '../../../errors.ts';
import type { Entry } from '../../entry.ts';
import type { RelativePath } from '../../path.ts';
import { bare, tagOf } from '../entry.ts';
import { asOnDisk, inTheWay } from '../in-the-way.ts';
import { head } from '../look.ts';
import type { S3 } from '../place.ts';
import { isRefusal, must } from '../service/fault.ts';
import type { Ask, Whole } from '../service/service.ts';

/** What is put under a name, and what may have that. */
export type Putting = {
  readonly path: RelativePath;
  readonly ask: Ask;
  /** undefined: the name must be free */
  readonly replaces: Entry | undefined;
};

/** Throws 'conflict' where something else has the name. */
export async function put(s3: S3, putting: Putting, signal: AbortSignal): Promise<Whole> {
  const { path, ask, replaces } = putting;
  const asked = askOver(s3, putting, signal).catch(async (error: unknown) => {
    if (isRefusal(error, ...asOnDisk)) throw await inTheWay(s3, path, ask.key, signal);
    if (isRefusal(error, 412)) throw taken(s3, path);
    if (replaces && isRefusal(error, 'NoSuchKey')) throw taken(s3, path);
    throw error;
  });
  return must(asked, () => `write ${s3.root.show(path)}`);
}

/**
 * Asks on a condition; where the service does not heed it, what has the name is looked at instead. So it is where a name
 * is said to be taken: to some services, one that was deleted still is while its versions are kept.
 */
export async function askOver(s3: S3, putting: Putting, signal: AbortSignal): Promise<Whole> {
  const { ask, replaces } = putting;
  const condition = await heededOf(s3, putting, signal);
  try {
    if (condition) return await s3.service.ask({ ...ask, headers: { ...ask.headers, ...condition } }, signal);
  } catch (error) {
    if (replaces || !isRefusal(error, 412)) throw error;
  }
  await mustBe(s3, putting, signal);
  return s3.service.ask(ask, signal);
}

/** Undefined where the service does not heed it. */
export async function heededOf(
  s3: S3,
  { path, replaces }: Pick<Putting, 'path' | 'replaces'>,
  signal: AbortSignal,
): Promise<Record<string, string> | undefined> {
  const heeded = await must(s3.conditions.heeded(signal), () => `write ${s3.root.show(path)}`);
  if (replaces) return heeded.same ? { 'if-match': tagOf(replaces) } : undefined;
  return heeded.free ? { 'if-none-match': '*' } : undefined;
}

/** Throws 'conflict' where what has the name is not what may be replaced. */
export async function mustBe(
  s3: S3,
  { path, ask, replaces }: Omit<Putting, 'ask'> & { readonly ask: Pick<Ask, 'key'> },
  signal: AbortSignal,
): Promise<void> {
  const found = await head(s3, path, ask.key, signal);
  const [wanted, there] = [replaces && bare(tagOf(replaces)), found && bare(found.headers.etag ?? '')];
  if (wanted !== there) throw taken(s3, path);
}

export function taken(s3: S3, path: RelativePath): TransferError {
  const message = `cannot write ${s3.root.show(path)}: something else has this name now`;
  return new TransferError('conflict', message, { hint: 'run again to look at it' });
}
