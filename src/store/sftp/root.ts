/** Where a store is on its server, and what its entries are called there. */
import { show } from '../../report/show.ts';
import { directoryOf, inside, join, trimmed } from '../../work/posix/path.ts';
import { type RelativePath, splitPath } from '../path.ts';
import { realPath } from './protocol/requests.ts';
import type { Sftp } from './protocol/sftp.ts';
import { isRefusal } from './protocol/status.ts';

export type Root = {
  /** absolute on the server */
  readonly whole: (path: RelativePath) => Uint8Array;
  /** the directory that an entry is in, on the server; the place itself is in one too */
  readonly above: (path: RelativePath) => Uint8Array;
  /** a name in the directory that an entry is in, on the server */
  readonly beside: (path: RelativePath, name: Uint8Array) => Uint8Array;
  /** for people */
  readonly show: (path: Uint8Array) => string;
};

const slash = 0x2f;
const tilde = 0x7e;

/** `path` as it was typed: absolute, or below the user's home, with or without a `~` that says so. */
export async function findRoot(
  sftp: Sftp,
  { path, name }: { readonly path: Uint8Array; readonly name: string },
  signal: AbortSignal,
): Promise<Root> {
  const root = trimmed(path[0] === slash ? path : await belowHome(sftp, path, signal));
  const whole = (at: Uint8Array) => inside(root, at);
  const above = (at: RelativePath) => (at.length === 0 ? directoryOf(root) : whole(splitPath(at).dir));
  return {
    whole,
    above,
    beside: (at, name) => inside(above(at), name),
    show: (at) => `${name}:${show(whole(at))}`,
  };
}

async function belowHome(sftp: Sftp, path: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  const home = () => realPath(sftp.client, Buffer.from('.'), signal);
  if (path[0] !== tilde) return join(await home(), path);
  const end = path.indexOf(slash);
  const user = end < 0 ? path : path.subarray(0, end);
  const rest = end < 0 ? path.subarray(path.length) : path.subarray(end + 1);
  if (user.length === 1) return join(await home(), rest);
  return join(await homeOf(sftp, user, signal), rest);
}

/** A server that knows no such user has a file that is called so, or nothing. */
async function homeOf(sftp: Sftp, user: Uint8Array, signal: AbortSignal): Promise<Uint8Array> {
  const expanded = sftp.expand?.(user, signal) ?? realPath(sftp.client, user, signal);
  return expanded.catch((error) => {
    if (isRefusal(error)) return realPath(sftp.client, user, signal);
    throw error;
  });
}
