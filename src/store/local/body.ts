/** The bytes of a file in a local store, as long as it stays what it was. */

import { takeChunk } from '../../work/chunk-memory.ts';
import * as c from '../../work/posix/constants.ts';
import { lseek, openat } from '../../work/posix/libc.ts';
import { Opened } from '../../work/posix/opened.ts';
import { readPromptly } from '../../work/posix/prompt.ts';
import { Stat } from '../../work/posix/stat.ts';
import { givesMore } from '../../work/posix/unsized.ts';
import type { Body, Range } from '../body.ts';
import { changed } from '../body-faults.ts';
import type { FileEntry } from '../entry.ts';
import { printOf } from './entry.ts';
import { hold } from './held-name.ts';
import type { Root } from './root.ts';

const chunkBytes = 256 * 1024;
const stat = new Stat();

export function bodyOf(root: Root, file: FileEntry): Body {
  const { size, allocated } = file;
  const body = {
    size,
    open: (range: Range, signal: AbortSignal) => bytes(root, file, range, signal),
  };
  if (allocated === undefined || allocated >= size) return body;
  return { ...body, data: (signal) => data(root, file, signal) };
}

async function* bytes(root: Root, file: FileEntry, { offset, length }: Range, signal: AbortSignal) {
  using opened = openSame(root, file);
  const end = offset + length;
  for (let at = offset; at < end; ) {
    signal.throwIfAborted();
    const chunk = takeChunk(Math.min(chunkBytes, end - at));
    const got = root.checked(file.path, await readPromptly(opened.fd, chunk, at), 'read');
    if (got === 0 || !isSame(opened.fd, file)) throw changed(root.show(file.path));
    at += got;
    if (at === file.size && givesMore(opened.fd, stat)) throw changed(root.show(file.path));
    yield chunk.subarray(0, got);
  }
}

async function* data(root: Root, file: FileEntry, signal: AbortSignal): AsyncGenerator<Range> {
  using opened = openSame(root, file);
  for (let at = 0; at < file.size; ) {
    signal.throwIfAborted();
    const offset = lseek(opened.fd, at, c.SEEK_DATA);
    if (offset === -c.ENXIO) return;
    if (offset < 0) return yield { offset: at, length: file.size - at }; // no holes known here
    at = Math.min(file.size, lseek(opened.fd, offset, c.SEEK_HOLE));
    yield { offset, length: at - offset };
  }
}

function openSame(root: Root, file: FileEntry): Opened {
  using held = hold(root, file.path, c.O_PATH, 'read');
  const { dir, name } = held.at;
  const fd = openat(dir, name, c.O_RDONLY | c.O_NOFOLLOW | c.O_NONBLOCK | c.O_CLOEXEC, 0);
  if (fd === -c.ELOOP) throw changed(root.show(file.path));
  const opened = new Opened(root.checked(file.path, fd, 'read'));
  if (isSame(fd, file)) return opened;
  opened[Symbol.dispose]();
  throw changed(root.show(file.path));
}

function isSame(fd: number, file: FileEntry): boolean {
  return stat.of(fd) === 0 && printOf(stat) === file.print;
}
