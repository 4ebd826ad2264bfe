import { lstatSync, opendirSync } from 'node:fs';
import { TransferError } from '../../errors.ts';
import type { Location } from '../../location/location.ts';
import { isOneWord, parseLocation } from '../../location/parse.ts';
import { nearest } from '../../report/nearest.ts';
import { show } from '../../report/show.ts';
import { remoteNames } from './remotes.ts';
import { bytesOfWord } from './values.ts';

const siblingsRead = 2000;
const hostAlone = /^[\w.+-]+@[\w.-]+$/;

/** The place a word names. Throws 'usage'. */
export function placeOf(word: string): Location {
  return parseLocation(bytesOfWord(word), undefined, isRemote);
}

/** Of `name:path`: a remote, also one that is nearly typed right, unless the path, or the name, could only be a host's. */
function isRemote(name: string, path: string): boolean {
  const known = remoteNames(process.env);
  if (!isOneWord(name)) return known?.includes(name) === true;
  if (known === undefined || known.includes(name)) return true;
  return !/^[/~]/.test(path) && nearest(name, known, String) !== undefined;
}

/** The same of a place that a run was told before: its name is as it was. */
export function placeAgain(told: string): Location {
  const isKnown = (name: string) => isOneWord(name) || isRemote(name, '');
  return parseLocation(told, undefined, isKnown);
}

/** The same for a place to read: where nothing is there, a name beside it that is nearly the same is offered. */
export function sourceOf(word: string): Location {
  const place = placeOf(word);
  if (place.kind === 'local' && !isThere(place.path)) throw notThere(place.path, word);
  return place;
}

/** The same for a place that need not be there. Throws 'usage' for what is none and looks like a host without its colon. */
export function destOf(word: string): Location {
  const place = placeOf(word);
  if (place.kind !== 'local' || !hostAlone.test(word) || isThere(place.path)) return place;
  throw new TransferError('usage', `there is no ${word} here`, {
    hint: `write ${word}:path for a host, or ./${word} for a directory of that name`,
  });
}

/** Anything but a plain no is left to who reads the place, who can say more. */
function isThere(path: Uint8Array): boolean {
  try {
    return lstatSync(Buffer.from(path), { throwIfNoEntry: false }) !== undefined;
  } catch {
    return true;
  }
}

function notThere(path: Uint8Array, word: string): TransferError {
  const near = nearestSibling(Buffer.from(path).toString().replace(/\/+$/, ''));
  const hint = near ?? (hostAlone.test(word) ? `write ${word}:path for a host` : undefined);
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
