/** What rclone is told of a place, and which remotes its configuration has. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { isKind, TransferError } from '../../errors.ts';
import type { CloudPlace } from '../../location/location.ts';
import { nearest } from '../../report/nearest.ts';
import type { Rclone } from './rclone.ts';

export type Remote = { readonly name: string; readonly type: string };

const patienceMs = 20_000;

const services = {
  gs: { type: 'google cloud storage', itself: ':gcs,env_auth:' },
  az: { type: 'azureblob', itself: ':azureblob,env_auth:' },
} as const;

/** A bucket is found by the one remote of its service, where the configuration has one and no more. */
export async function targetOf(place: CloudPlace, rclone: Rclone, signal: AbortSignal): Promise<string> {
  const path = place.path.length > 1 ? place.path.replace(/\/+$/, '') || '/' : place.path;
  if (place.service === 'rclone') return `${place.remote}:${path}`;
  const { type, itself } = services[place.service];
  const found = (await remotesOf(rclone, signal)).filter((remote) => remote.type === type);
  const at = found.length === 1 ? `${found[0]!.name}:` : itself;
  return `${at}${place.remote}/${path}`;
}

/** Names and types, nothing else of them; none where there is no rclone, or it does not say. */
export async function remotesOf({ program, env }: Rclone, signal: AbortSignal): Promise<Remote[]> {
  if (program === undefined) return [];
  const words = ['listremotes', '--long', '--ask-password=false'];
  try {
    const { stdout } = await promisify(execFile)(program, words, { env, signal, timeout: patienceMs });
    return stdout.split('\n').flatMap((line) => {
      const [, name, type] = /^(.+?):\s+(.+?)\s*$/.exec(line) ?? [];
      return name !== undefined && type !== undefined ? [{ name, type }] : [];
    });
  } catch {
    signal.throwIfAborted();
    return []; // whoever opens a place is told why
  }
}

const localName = 'rclone config makes one; for a local name that holds a colon write ./ before it';

/** Of a remote that the configuration does not have, the one that may have been meant; of one that it has, that another is missing. */
export async function noRemote(
  error: unknown,
  { service, remote }: CloudPlace,
  rclone: Rclone,
  signal: AbortSignal,
): Promise<unknown> {
  if (!isKind(error, 'usage') || service !== 'rclone' || !/find section/.test(error.message)) return error;
  const names = (await remotesOf(rclone, signal)).map(({ name }) => name);
  if (names.includes(remote))
    return new TransferError('usage', `the remote ${remote} stands on one that rclone does not have`, {
      hint: 'rclone config shows which one, and makes it',
      cause: error,
    });
  const hint = nearest(remote, names, (name) => `${name}:`) ?? localName;
  const message = `rclone has no remote called ${remote}`;
  return new TransferError('usage', message, { cause: error, hint });
}
