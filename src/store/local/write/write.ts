/**
 * Writes one file of a local store: the data goes into a partial name, then the metadata, then all of it to the
 * disk; then it gets its name, and that goes to the disk too.
 */

import * as c from '../../../work/posix/constants.ts';
import { syncFile } from '../../../work/posix/offthread.ts';
import { Stat } from '../../../work/posix/stat.ts';
import type { Body } from '../../body.ts';
import { notWhole } from '../../body-faults.ts';
import type { Unkept, Written } from '../../entry.ts';
import type { RelativePath } from '../../path.ts';
import type { WriteHow } from '../../store.ts';
import { fileEntry } from '../entry.ts';
import { hold } from '../held-name.ts';
import { give } from '../metadata/give.ts';
import { withMode } from '../metadata/mode-of-new.ts';
import type { Root } from '../root.ts';
import { type Check, fill } from './fill.ts';
import { create, Partial } from './partial.ts';

export async function writeFile(
  root: Root,
  path: RelativePath,
  body: Body,
  how: WriteHow,
  signal: AbortSignal,
): Promise<Written> {
  const stat = new Stat();
  const unkept = await put({ root, path, stat }, body, how, signal);
  return { entry: fileEntry(path, stat), unkept };
}

/** The same; answers what could not be kept, and what was made looks like `stat`. */
export async function put(
  { root, path, stat }: { readonly root: Root; readonly path: RelativePath; readonly stat: Stat },
  body: Body,
  { metadata, replaces, partial, durable }: WriteHow,
  signal: AbortSignal,
): Promise<Unkept> {
  const check: Check = (answer) => root.checked(path, answer, 'write');
  using held = hold(root, path, c.O_RDONLY, 'write');
  using file = new Partial(check(create(held, partial)), held, partial);
  const isWhole = await fill(file.fd, body, check, signal);
  if (!isWhole) throw notWhole(root.show(path), body.size);
  const unkept = give(file.fd, withMode(metadata, 0o666));
  if (durable) check(await syncFile(file.fd));
  check(file.become(replaces));
  if (durable) check(await syncFile(held.fd));
  stat.of(file.fd);
  return unkept;
}
