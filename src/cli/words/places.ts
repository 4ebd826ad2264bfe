import { lstatSync, opendirSync } from 'node:fs';
import { TransferError } from '../../errors.ts';
import type { Location } from '../../location/location.ts';
import { parseLocation } from '../../location/parse.ts';
import { nearest } from '../../report/nearest.ts';
import { show } from '../../report/show.ts';
import { remoteNames } from './remotes.ts';
import { bytesOfWord } from './values.ts';

const siblingsRead = 2000;

/** The place a word names. Throws 'usage'. */
export function placeOf(word: string): Location {
  return parseLocation(bytesOfWord(word), undefined, isRemote);
}

/** Of `name:path`: a remote, also one that is nearly typed right, unless the path could only be a host's. */
function isRemote(name: string, path: string): boolean {
  const known = remoteNames(process.env);
  if (known === undefined || known.includes(name)) return true;
  return !/^[/~]/.test(path) && nearest(name, known, String) !== undefined;
}

/** The same for a place to read: where nothing is there, a name beside it that is nearly the same is offered. */
export function sourceOf(word: string): Location {
  const place = placeOf(word);
  if (place.kind === 'local' && !isThere(place.path)) throw notThere(place.path);
  return place;
}

/** Anything but a plain no is left to who reads the place, who can say more. */
function isThere(path: Uint8Array): boolean {
  try {
    return lstatSync(Buffer.from(path), { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

function notThere(path: Uint8Array): TransferError {
  const hint = nearestSibling(Buffer.from(path).toString().replace(/\/+$/, ''));
  return new TransferError('usage', `there is no ${show(path)}`, hint === undefined ? {} : { hint });
}

function nearestSibling(path: string): string | undefined {
  const slash = path.lastIndexOf('/');
  const parent = path.slice(0, slash + 1);
  const write = (name: string) => show(Buffer.from(parent + name));
  return nearest(path.slice(slash + 1), someNames(parent), write);
}

/** The first names in a directory; none where it cannot be read. */
function someNames(directory: string): string[] {
  const names: string[] = [];
  try {
    using opened = opendirSync(directory);
    for (let entry = opened.readSync(); entry && names.length < siblingsRead; entry = opened.readSync()) {
      names.push(entry.name);
    }
  } catch {
    return names; // only a suggestion is lost
  }
  return names;
}
