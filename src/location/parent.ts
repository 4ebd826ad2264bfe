import type { CloudPlace, HttpPlace, Location, S3Place } from './location.ts';
import { nameOfStep } from './percent.ts';

export type Parent = { readonly place: Location; readonly name: Uint8Array };

const slash = 0x2f;

/** The directory a place is in, and its name there; undefined where nothing is above it, or it has no directories. */
export function parentOf(place: Location): Parent | undefined {
  if (place.kind === 'http') return aboveUrl(place);
  if (place.kind === 's3') return parentInBucket(place);
  if (place.kind === 'cloud') return parentInCloud(place);
  if (place.kind !== 'local' && place.kind !== 'ssh') return undefined;
  const { path } = place;
  let end = path.length;
  while (end > 0 && path[end - 1] === slash) end--;
  const at = path.lastIndexOf(slash, end - 1);
  const name = path.slice(end === 0 ? 0 : at + 1, end);
  if (name.length === 0) return undefined;
  return { place: { ...place, path: path.slice(0, at === 0 ? 1 : Math.max(0, at)) }, name };
}

/** What is asked for in the address stays. */
function aboveUrl({ url, isBlind }: HttpPlace): Parent | undefined {
  const { origin, pathname, search } = new URL(url);
  const [, above, last] = /^(.*\/)([^/]+)\/*$/s.exec(pathname) ?? [];
  if (last === undefined) return undefined;
  const place = { kind: 'http', url: `${origin}${above}${search}`, step: last } as const;
  return { place: isBlind ? { ...place, isBlind } : place, name: nameOfStep(last) };
}

function parentInBucket(place: S3Place): Parent | undefined {
  const key = place.prefix.replace(/\/+$/, '');
  if (key === '') return undefined;
  const at = key.lastIndexOf('/');
  return { place: { ...place, prefix: key.slice(0, at + 1) }, name: Buffer.from(key.slice(at + 1)) };
}

/** A bucket is in nothing that could be listed. */
function parentInCloud(place: CloudPlace): Parent | undefined {
  const [, above, name] = /^(.*?)([^/]+)\/*$/.exec(place.path) ?? [];
  if (above === undefined || name === undefined) return undefined;
  const path = above.replace(/(?<=.)\/+$/, '');
  return { place: { ...place, path }, name: Buffer.from(name) };
}
