import { TransferError } from '../errors.ts';
import { formatLocation } from '../location/format.ts';
import type { HttpPlace, Location, S3Place, SshPlace } from '../location/location.ts';
import type { SshHost } from '../ssh/host.ts';
import type { MovesMuch } from '../ssh/many.ts';
import { expectBuffers } from '../work/expect-buffers.ts';
import type { RunFar } from '../work/far-process.ts';
import type { Patient } from '../work/retry.ts';
import type { WebAccess } from './http/access.ts';
import type { Spool } from './http/spool.ts';
import { openLocalStore } from './local/local-store.ts';
import type { Rclone } from './rclone/rclone.ts';
import type { S3Access } from './s3/access.ts';
import type { Store } from './store.ts';

/** Opens a place, whether something is there or not. Throws 'unsupported' where this build has no store for it. */
export type OpenStore = (place: Location, end: EndName, how?: OpenHow) => Promise<Store>;

export type OpenHow = {
  /** more than one connection is made from the beginning: where it may move much, on a long way */
  readonly movesMuch: MovesMuch;
  /** a directory is going to be made there, unless something is there: a host is asked for it at once */
  readonly makes?: boolean;
  /** that gets no ACL but the source's */
  readonly makesBare?: boolean;
  /** how many bytes that mean nothing may go there on each connection, so that it is fast when much goes there; absent: none */
  readonly warmBytes?: () => number;
  /** all of it is going to be listed, if it is there: a host begins at once */
  readonly lists?: boolean;
  /** told how programs are run there, where there may be a shell, as soon as there is a connection */
  readonly meets?: (run: RunFar, roundTripMs: number | undefined) => void;
  /** told what is waited for while a host that was there is away */
  readonly waits?: Patient['waits'];
};

/** Which end of a route a place is: what lets us in may be another for each. */
export type EndName = 'source' | 'dest';

/** The way to a host; the connection is not the caller's to close. */
export type HostOf = (place: SshPlace, how: Pick<OpenHow, 'movesMuch' | 'waits'>) => Promise<SshHost>;

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
    const { openSshStore } = await import('./sftp/ssh-store.ts');
    const host = await hostOf(place, how ?? { movesMuch: () => 'no' });
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
      },
      signal,
    );
  };
}

/** Opens what is on this machine. */
export async function openStore(place: Location): Promise<Store> {
  if (place.kind === 'local') return openLocalStore(place);
  throw unsupported(place);
}

function unsupported(place: Location): TransferError {
  return new TransferError('unsupported', `${formatLocation(place)} is not a place that this build reaches`);
}
