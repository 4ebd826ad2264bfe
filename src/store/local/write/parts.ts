/** Large files of a local store, by ranges; `sync` makes them durable, as everything here. */

import * as c from '../../../work/posix/constants.ts';
import { ftruncate, openat, unlinkat } from '../../../work/posix/libc.ts';
import { Opened } from '../../../work/posix/opened.ts';
import { Stat } from '../../../work/posix/stat.ts';
import type { Body, Range } from '../../body.ts';
import { notWhole } from '../../body-faults.ts';
import { dataWithin } from '../../data-within.ts';
import type { BeginHow, Parts } from '../../parts.ts';
import { beside, type RelativePath, splitPath } from '../../path.ts';
import { fileEntry } from '../entry.ts';
import { hold, ifThere } from '../held-name.ts';
import { give } from '../metadata/give.ts';
import { withMode } from '../metadata/mode-of-new.ts';
import type { Root } from '../root.ts';
import { fillRange } from './fill.ts';
import { create, rename } from './partial.ts';

const stat = new Stat();

export function partsOf(root: Root): Parts {
  return {
    begin: async (path, how) => begin(root, path, how),
    put: (partial, range, body, signal) => put(root, partial, range, body, signal),
    finish: async (partial, path, how) => finish(root, partial, path, how),
    drop: async (partial) => void ifThere(root, partial, 'remove', ({ dir, name }) => unlinkat(dir, name, 0)),
  };
}

function begin(root: Root, path: RelativePath, { partial, size }: BeginHow): RelativePath {
  using held = hold(root, path, c.O_RDONLY, 'write');
  using file = new Opened(root.checked(path, create(held, partial), 'write'));
  root.checked(path, ftruncate(file.fd, size), 'write');
  return beside(path, partial);
}

async function put(root: Root, partial: RelativePath, range: Range, body: Body, signal: AbortSignal) {
  using file = openPartial(root, partial);
  const check = (answer: number) => root.checked(partial, answer, 'write');
  for await (const data of dataWithin(body, range, signal)) {
    const isWhole = await fillRange(file.fd, body, data, check, signal);
    if (!isWhole) throw notWhole(root.show(partial), body.size);
  }
}

function finish(root: Root, partial: RelativePath, path: RelativePath, how: Parameters<Parts['finish']>[2]) {
  using held = hold(root, path, c.O_RDONLY, 'write');
  using file = openPartial(root, partial);
  const { metadata, replaces } = how;
  const unkept = give(file.fd, withMode(metadata, 0o666));
  root.checked(path, rename(splitPath(partial).name, held, replaces), 'write');
  stat.of(file.fd);
  return { entry: fileEntry(path, stat), unkept };
}

function openPartial(root: Root, partial: RelativePath): Opened {
  using held = hold(root, partial, c.O_PATH, 'write');
  const { dir, name } = held.at;
  return new Opened(
    root.checked(partial, openat(dir, name, c.O_WRONLY | c.O_NOFOLLOW | c.O_CLOEXEC, 0), 'write'),
  );
}
