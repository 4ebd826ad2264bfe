import { setImmediate as turn } from 'node:timers/promises';
import * as c from '../../work/posix/constants.ts';
import { Dirents, keepName } from '../../work/posix/dirents.ts';
import { Opened } from '../../work/posix/opened.ts';
import { Stat } from '../../work/posix/stat.ts';
import type { Listed } from '../entry.ts';
import { below, type RelativePath } from '../path.ts';
import type { Sieve } from '../rows.ts';
import { entryAt } from './entry.ts';
import type { Root } from './root.ts';

const dirents = new Dirents();
const stat = new Stat();

/** What is in a directory, as many at a time as the kernel gives at once. */
export async function* list(root: Root, dir: RelativePath, signal: AbortSignal): AsyncGenerator<Listed> {
  using opened = new Opened(root.checked(dir, root.directory(dir, c.O_RDONLY), 'list'));
  for (;;) {
    signal.throwIfAborted();
    const got = root.checked(dir, dirents.fill(opened.fd), 'list');
    if (got === 0) return;
    yield* lookAtAll(root, dir, opened.fd);
    await turn(); // or a signal would not be heard before the end
  }
}

/** Names of several buffers that are looked at without a pause, where most of it is left out. */
const mostFills = 32;

/**
 * The same of one whose names the kernel gives at once, or soon where a sieve leaves out most; undefined where it does not, or it
 * cannot be listed.
 */
export function listNow(root: Root, dir: RelativePath, sieve?: Sieve): Listed[] | undefined {
  const fd = root.directory(dir, c.O_RDONLY);
  if (fd < 0) return undefined;
  using opened = new Opened(fd);
  const found: Listed[] = [];
  for (let left = sieve ? mostFills : 1; left >= 0; left--) {
    const got = dirents.fill(opened.fd);
    if (got < 0) return undefined;
    if (got === 0) {
      sieve?.done();
      return found;
    }
    if (left > 0) found.push(...lookAtAll(root, dir, opened.fd, sieve));
  }
  return undefined;
}

/** All that the buffer of names holds, before anybody else can use it. */
function lookAtAll(root: Root, dir: RelativePath, fd: number, sieve?: Sieve): Listed[] {
  const found: Listed[] = [];
  while (dirents.next()) {
    const at = { dir: fd, name: dirents.name.at };
    const failed = stat.at(at.dir, at.name);
    if (failed >= 0 && sieve && stat.type === c.S_IFREG && sieve.passes(dirents.name, stat)) continue;
    const path = below(dir, keepName(dirents.name))!; // the kernel gives nothing but names
    const entry = failed < 0 ? failed : entryAt(path, stat, at);
    if (typeof entry !== 'number') found.push(entry);
    else if (entry !== -c.ENOENT)
      found.push({ kind: 'unlisted', path, error: root.trouble(path, entry, 'look at') });
  }
  return found;
}
