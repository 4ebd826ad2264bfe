/**
 * What a person typed, as a Location. The rules of rsync and rclone hold: a colon before the first slash makes a
 * place remote, `./a:b` is a local file, and nothing that begins with a dash is ever a host or a user.
 *
 * `[::1]:path` is SSH; `name:path` is a remote of rclone's, where it has one of that name, and else a host. So is
 * `user@host:path` or `host.domain:path`: names of remotes may hold both signs, too.
 */
import { TransferError } from '../errors.ts';
import { nearest } from '../report/nearest.ts';
import { printable } from '../report/show.ts';
import { absolutePath, currentDirectory } from './absolute.ts';
import { type Connection, readConnection } from './connection.ts';
import type { CloudPlace, HttpPlace, LocalPlace, Location, S3Place, SshPlace } from './location.ts';
import { percentDecode, percentEncode } from './percent.ts';
import { withoutSecret } from './secret.ts';

const schemes = {
  file: parseFile,
  ssh: parseSshUrl,
  sftp: parseSshUrl,
  s3: parseS3,
  http: parseHttp,
  https: parseHttp,
  gs: parseBucket,
  az: parseBucket,
} satisfies Record<string, (rest: string, scheme: string, base: Uint8Array) => Location>;

/** Whether a name could not be a host's with its domain or its user, and so is a remote of rclone's until it is known not to be. */
export function isOneWord(name: string): boolean {
  return !/[@.]/.test(name);
}

/**
 * Bytes are taken as they are; a relative local path starts from `base`. `isRemote` says of a name before a colon, and
 * what is behind it, whether rclone is meant. Throws kind 'usage', without repeating a password that stood in the text.
 */
export function parseLocation(
  text: string | Uint8Array,
  base: Uint8Array = currentDirectory(),
  isRemote: (name: string, path: string) => boolean = isOneWord,
): Location {
  const typed = Buffer.from(text as string).toString('latin1');
  if (typed === '') throw wrong('a place is empty', 'name a directory, a file or a URL; . is this directory');
  if (typed.includes('\0')) throw wrong('a place holds a NUL byte', 'no file name can hold one');
  const url = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(.*)$/s.exec(typed);
  if (url) return parseUrl(url[1]!.toLowerCase(), url[2]!, base);
  return /^[^/]*:/.test(typed) ? parseRemote(typed, isRemote) : local(typed, base);
}

function parseUrl(scheme: string, rest: string, base: Uint8Array): Location {
  if (Object.hasOwn(schemes, scheme)) return schemes[scheme as keyof typeof schemes](rest, scheme, base);
  const known = Object.keys(schemes);
  const hint = nearest(scheme, known, (name) => `${name}://`) ?? `difpipe knows ${known.join(', ')}`;
  throw wrong(`unknown kind of place ${scheme}://`, hint);
}

function local(typed: string, base: Uint8Array): LocalPlace {
  return { kind: 'local', path: absolutePath(Buffer.from(typed, 'latin1'), base) };
}

function parseFile(rest: string, _scheme: string, base: Uint8Array): LocalPlace {
  const path = /^(?:localhost)?(\/.*)$/s.exec(rest)?.[1];
  if (path === undefined)
    throw wrong('a file:// place names a host', 'write file:///path, or the path alone');
  return local(decoded(path).toString('latin1'), base);
}

/** `user@host:path` or `remote:path`; the text holds a colon before any slash. */
function parseRemote(
  typed: string,
  isRemote: (name: string, path: string) => boolean,
): SshPlace | CloudPlace {
  const connection = readConnection(typed);
  if (connection) return parseConnection(connection);
  if (typed.startsWith(':')) throw wrong('cannot read a connection string of rclone', ownName);
  const ssh = /^(?:(.*)@)?(\[[^\]/]*\]|[^:/@[\]]*):(.*)$/s.exec(typed);
  if (!ssh)
    throw wrong(
      `cannot read the place ${shown(withoutSecret(typed))}`,
      'write user@host:path, or ./ before a local name',
    );
  const [, user, host, path] = ssh as unknown as [string, string | undefined, string, string];
  if (path.startsWith(':'))
    throw wrong('rsync daemons (host::module) are not a place', 'write user@host:path');
  const name = Buffer.from(typed.slice(0, -path.length - 1), 'latin1').toString();
  if (!host.startsWith('[') && isRemote(name, path)) return parseRclone(name, path);
  return { kind: 'ssh', ...parseUserHost(user, host), port: undefined, path: Buffer.from(path, 'latin1') };
}

/** Letters and digits of any script may be in the name of one. */
function parseRclone(remote: string, path: string): CloudPlace {
  if (!/^[\w\p{L}\p{N}.+@][\w\p{L}\p{N}.+@ -]*$/u.test(remote))
    throw wrong(`no remote of rclone is called ${shown(Buffer.from(remote).toString('latin1'))}`, ownName);
  return { kind: 'cloud', service: 'rclone', remote, path: utf8(path) };
}

/** What rclone is told on the spot is seen by all who list the processes of the machine. */
function parseConnection({ remote, secret, path }: Connection): CloudPlace {
  if (/=https?$/i.test(remote) && path.startsWith('//'))
    throw wrong('an address in a connection string ends at its colon', inQuotes);
  if (secret === undefined)
    return { kind: 'cloud', service: 'rclone', remote: utf8(remote), path: utf8(path) };
  throw wrong(
    `the ${printable(secret)} of a connection string would be seen by others on this machine`,
    makeRemote,
  );
}

const inQuotes = `write it in quotes, as in ':http,url="http://host:8080/":path'`;
const makeRemote = 'make a remote with rclone config, and write remote:path';

function parseSshUrl(rest: string): SshPlace {
  const url = /^(?:([^/]*)@)?(\[[^\]/]*\]|[^:/@[\]]*)(?::(\d+))?(\/.*)?$/s.exec(rest);
  if (!url) throw wrong('cannot read an SSH place', 'write ssh://user@host:port/path');
  const [, user, host, port, path = '/'] = url;
  const bytes = decoded(path.replace(/^\/~(\/|$)/, ''));
  return { kind: 'ssh', ...parseUserHost(user, host!), port: parsePort(port), path: bytes };
}

function parseUserHost(user: string | undefined, host: string): Pick<SshPlace, 'user' | 'host'> {
  if (user?.includes(':')) throw noPassword();
  if (user !== undefined && !/^[\w.+][\w.+@-]*$/.test(user)) {
    throw wrong(
      `${shown(user)} cannot be a user of SSH`,
      'letters, digits and . _ + - @ are allowed, no leading -',
    );
  }
  const name = /^\[([\dA-Fa-f:.]+(?:%\w+)?)\]$/.exec(host)?.[1] ?? /^\w[\w.-]*$/.exec(host)?.[0];
  if (name === undefined) {
    throw wrong(
      `${shown(host)} cannot be a host`,
      'letters, digits and . _ - are allowed, or an IPv6 address in []',
    );
  }
  return { user, host: name };
}

function parsePort(digits: string | undefined): number | undefined {
  if (digits === undefined) return undefined;
  const port = Number(digits);
  if (port < 1 || port > 65_535) throw wrong(`port ${digits} does not exist`, 'expected 1 to 65535');
  return port;
}

function parseS3(rest: string): S3Place {
  const [bucket, prefix] = splitBucket(rest, 's3');
  return { kind: 's3', bucket, prefix };
}

function parseBucket(rest: string, scheme: string): CloudPlace {
  const [remote, path] = splitBucket(rest, scheme);
  return { kind: 'cloud', service: scheme as 'gs' | 'az', remote, path };
}

function splitBucket(rest: string, scheme: string): [bucket: string, path: string] {
  const slash = rest.indexOf('/');
  const bucket = slash === -1 ? rest : rest.slice(0, slash);
  if (bucket.includes('@')) throw noPassword();
  if (!/^[A-Za-z0-9][\w.-]{0,254}$/.test(bucket)) {
    throw wrong(`${shown(bucket)} cannot be a bucket`, `write ${scheme}://bucket/prefix`);
  }
  return [bucket, slash === -1 ? '' : utf8(rest.slice(slash + 1))];
}

/** A host may have a name in any script; bytes of the rest are what they are. */
function parseHttp(rest: string, scheme: string): HttpPlace {
  const authority = /^[^/?#]*/.exec(rest)![0];
  if (authority.includes('@'))
    throw wrong('a place must not hold a user or a password', `give them in ~/.netrc, or in ${webVariables}`);
  const [, host, port] =
    /^([\w\x80-\xff][\w.\x80-\xff-]*|\[[\dA-Fa-f:.]+\])(?::(\d+))?$/.exec(authority) ?? [];
  parsePort(port);
  const below = rest
    .slice(authority.length)
    .replace(/[\x80-\xff]/g, (byte) => percentEncode(Buffer.from(byte, 'latin1')));
  const url = host && URL.parse(`${scheme}://${Buffer.from(authority, 'latin1').toString('utf8')}${below}`);
  if (!url) throw wrong(`${shown(authority)} cannot be a host`, `write ${scheme}://host/path`);
  return { kind: 'http', url: url.href };
}

const webVariables = 'DIFPIPE_SOURCE_USER and DIFPIPE_SOURCE_PASSWORD (or DIFPIPE_DEST_…)';

const ownName = 'write ./ before the name of a local file that holds a colon';

function decoded(path: string): Buffer {
  const bytes = percentDecode(path);
  if (!bytes)
    throw wrong(`cannot decode ${shown(path)}`, 'a % in a URL needs two hex digits, and never means NUL');
  return Buffer.from(bytes);
}

function utf8(latin1: string): string {
  const bytes = Buffer.from(latin1, 'latin1');
  const text = bytes.toString('utf8');
  if (Buffer.from(text).equals(bytes)) return text;
  throw wrong('a name in an object store is not valid UTF-8', 'object stores hold UTF-8 names only');
}

function shown(latin1: string): string {
  const text = Buffer.from(latin1, 'latin1').toString('utf8');
  return `'${printable(text.length > 80 ? `${text.slice(0, 80)}…` : text)}'`;
}

function noPassword(): TransferError {
  return wrong('a place must not hold a password', 'use a key, an agent, a file or the environment');
}

function wrong(message: string, hint: string): TransferError {
  return new TransferError('usage', message, { hint });
}
