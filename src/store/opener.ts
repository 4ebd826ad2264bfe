/** Opens places of every kind, of which each is loaded where it is needed; how a person gets in is asked for then. */
import type { HttpPlace, S3Place, SshPlace } from '../location/location.ts';
import type { SshHost } from '../ssh/host.ts';
import { expectBuffers } from '../work/expect-buffers.ts';
import type { WebAccess } from './http/access.ts';
import type { Spool } from './http/spool.ts';
import { openLocalStore } from './local/local-store.ts';
import { type EndName, type OpenHow, type OpenStore, unsupported } from './open.ts';
import type { Rclone } from './rclone/rclone.ts';
import type { S3Access } from './s3/access.ts';

type Reaching = Pick<OpenHow, 'movesMuch' | 'waits'> & {
  /** told once it was dialed: what is not needed before it answers has time now */
  readonly dialed: () => void;
};

/** The way to a host; the connection is not the caller's to close. */
export type HostOf = (place: SshPlace, how: Reaching) => Promise<SshHost>;

/** Who we are on the server of a place. */
export type WebAccessOf = (place: HttpPlace, end: EndName) => WebAccess;

/** How the person gets into an object store. */
export type S3AccessOf = (place: S3Place, end: EndName) => Promise<S3Access>;

type Ways = {
  readonly hostOf: HostOf;
  readonly webAccessOf: WebAccessOf;
  readonly s3AccessOf: S3AccessOf;
  readonly wantsShell: boolean;
  readonly rclone: Rclone;
};

/** Opens places, those behind SSH on hosts that `hostOf` knows how to reach, with a shell there if one is wanted. */
export function storeOpener(
  { hostOf, webAccessOf, s3AccessOf, wantsShell, rclone }: Ways,
  signal: AbortSignal,
): OpenStore {
  const spool: Spool = new Map();
  return async (place, end, how) => {
    if (place.kind === 'local') return openLocalStore(place);
    expectBuffers();
    if (place.kind === 'cloud') {
      const { openRcloneStore } = await import('./rclone/rclone-store.ts');
      return openRcloneStore(place, rclone, signal);
    }
    if (place.kind === 'http') {
      const { openHttpStore } = await import('./http/http-store.ts');
      return openHttpStore(place, webAccessOf(place, end), spool);
    }
    if (place.kind === 's3') {
      const { openS3Store } = await import('./s3/s3-store.ts');
      return openS3Store(place, await s3AccessOf(place, end));
    }
    if (place.kind !== 'ssh') throw unsupported(place);
    const load = () => import('./sftp/ssh-store.ts');
    const host = await hostOf(place, {
      movesMuch: () => 'no',
      ...how,
      dialed: () => void setImmediate(load),
    });
    const { openSshStore } = await load();
    if (wantsShell) how?.meets?.(host.run, host.roundTripMs);
    return openSshStore(
      place,
      host,
      {
        wantsShell,
        makes: how?.makes ?? false,
        makesBare: how?.makesBare ?? false,
        lists: how?.lists ?? false,
        warmBytes: how?.warmBytes,
        warmsHither: how?.warmsHither,
      },
      signal,
    );
  };
}
