import { isPlain, textOf } from '../report/show.ts';
import type { Location, SshPlace } from './location.ts';
import { percentEncode } from './percent.ts';

/**
 * A Location as text for a person, a log and the Journal: it holds no secret and no character that could do harm
 * on a terminal. `parseLocation` takes it back to the same place, but for the query of an HTTP address, which
 * may be a secret and is left out.
 */
export function formatLocation(place: Location): string {
  switch (place.kind) {
    case 'local':
      return formatLocal(place.path);
    case 'ssh':
      return formatSsh(place);
    case 's3':
      return `s3://${place.bucket}/${place.prefix}`;
    case 'http':
      return place.url.replace(/[?#].*$/s, '');
    case 'cloud':
      return place.service === 'rclone'
        ? `${place.remote}:${place.path}`
        : `${place.service}://${place.remote}/${place.path}`;
  }
}

function formatLocal(path: Uint8Array): string {
  const text = textOf(path);
  return text !== undefined && isPlain(text) ? text : `file://${percentEncode(path)}`;
}

function formatSsh({ user, host, port, path }: SshPlace): string {
  const at = user === undefined ? '' : `${user}@`;
  const named = host.includes(':') ? `[${host}]` : host;
  const text = textOf(path);
  if (port === undefined && at && text !== undefined && isPlain(text)) return `${at}${named}:${text}`;
  const absolute = path[0] === 0x2f;
  const address = port === undefined ? named : `${named}:${port}`;
  return `ssh://${at}${address}${absolute ? '' : '/~/'}${percentEncode(path)}`;
}
