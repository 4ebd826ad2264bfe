/**
 * Opens the places of one run. A host is connected to once, however many of its places are opened, so that the person
 * is asked for a password once.
 */
import type { SshPlace } from '../location/location.ts';
import type { Access } from '../ssh/access.ts';
import type { SshHost } from '../ssh/host.ts';
import { anybody } from '../store/http/access.ts';
import type { OpenStore } from '../store/open.ts';
import { type HostOf, type S3AccessOf, storeOpener, type WebAccessOf } from '../store/opener.ts';
import { none, type Rclone } from '../store/rclone/rclone.ts';
import { asFound } from '../store/s3/access.ts';

type Opener = AsyncDisposable & { readonly open: OpenStore };

type How = {
  readonly wantsShell: boolean;
  readonly webAccessOf?: WebAccessOf;
  readonly s3AccessOf?: S3AccessOf;
  readonly rclone?: Rclone;
};

/** `accessOf` says how to prove who we are there. The signal ends all that was opened. */
export function createOpener(
  accessOf: (place: SshPlace) => Access,
  { wantsShell, webAccessOf = () => anybody, s3AccessOf = async () => asFound, rclone = none }: How,
  signal: AbortSignal,
): Opener {
  const hosts = new Map<string, Promise<SshHost>>();
  const connect: HostOf = async (place, { movesMuch, dialed, waits }) => {
    const { openHost } = await import('../ssh/host.ts');
    const { greeting } = await import('../store/sftp/protocol/greeting.ts');
    const { manyAtOnce, manyOver } = await import('../ssh/many.ts');
    const connections = (roundTripMs: number | undefined) => {
      dialed();
      return manyAtOnce(movesMuch, roundTripMs);
    };
    return openHost(place, accessOf(place), signal, { connections, most: manyOver, greeting, waits });
  };
  const hostOf: HostOf = (place, how) => {
    const key = JSON.stringify([place.user, place.host, place.port]);
    const host = hosts.get(key) ?? connect(place, how);
    hosts.set(key, host);
    host.catch(() => hosts.delete(key)); // who asked was told; another may try again
    return host;
  };
  return {
    open: storeOpener({ hostOf, webAccessOf, s3AccessOf, wantsShell, rclone }, signal),
    [Symbol.asyncDispose]: async () => {
      const opened = await Promise.allSettled(hosts.values());
      await Promise.all(
        opened.map(async (one) => one.status === 'fulfilled' && one.value[Symbol.asyncDispose]()),
      );
    },
  };
}
