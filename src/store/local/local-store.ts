import type { LocalPlace } from '../../location/location.ts';
import type { Store } from '../store.ts';
import { bodyOf } from './body.ts';
import { list, listNow } from './list.ts';
import { canonical, lookAt, readLink } from './look.ts';
import { dress, makeDirectory, makeLink, makeSpecial, makeSymlink, remove, sync } from './make.ts';
import { attributesOf, giveAttributes, seesHidden } from './metadata/attributes.ts';
import { Root } from './root.ts';
import { partsOf } from './write/parts.ts';
import { writeFile } from './write/write.ts';
import { WriteThread } from './write/write-thread.ts';

/**
 * A directory, or one file, on this machine. No path is followed through a symlink below the place, whoever puts
 * one there while it is open; large data is read and written in Node's thread pool, many small files by a thread of
 * their own, the rest at once.
 */
export async function openLocalStore(place: LocalPlace): Promise<Store> {
  const root = new Root(place.path);
  const thread = new WriteThread(root);
  return {
    list: (dir, signal) => list(root, dir, signal),
    listNow: (dir, sieve) => listNow(root, dir, sieve),
    stat: async (path) => lookAt(root, path),
    read: (file) => bodyOf(root, file),
    write: async (path, body, how, signal) =>
      thread.write(path, body, how) ?? writeFile(root, path, body, how, signal),
    remove: async (path) => remove(root, path),
    canonical: async () => canonical(root),
    makeDirectory: async (path, metadata) => makeDirectory(root, path, metadata),
    makeSymlink: async (path, target, metadata) => makeSymlink(root, path, target, metadata),
    makeSpecial: async (path, special, metadata) => makeSpecial(root, path, special, metadata),
    readLink: async (path) => readLink(root, path),
    makeLink: async (path, existing) => makeLink(root, path, existing),
    dress: async (path, metadata) => dress(root, path, metadata),
    attributesOf: async (path, kinds) => attributesOf(root, path, kinds),
    tellsHidden: seesHidden(),
    giveAttributes: async (path, attributes, kinds) => giveAttributes(root, path, attributes, kinds),
    sync: async () => sync(root),
    parts: partsOf(root),
    [Symbol.asyncDispose]: async () => {
      await thread[Symbol.asyncDispose]();
      root[Symbol.dispose]();
    },
  };
}
