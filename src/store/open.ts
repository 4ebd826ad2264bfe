import { TransferError } from '../errors.ts';
import { formatLocation } from '../location/format.ts';
import type { Location } from '../location/location.ts';
import { openLocalStore } from './local/local-store.ts';
import type { Store } from './store.ts';

type Openers = {
  readonly [K in Location['kind']]:
    | ((place: Extract<Location, { readonly kind: K }>) => Promise<Store>)
    | undefined;
};

const openers = {
  local: openLocalStore,
  ssh: undefined,
  s3: undefined,
  http: undefined,
  cloud: undefined,
} satisfies Openers;

/** Opens a place, whether something is there or not. Throws 'unsupported' where this build has no store for it. */
export async function openStore(place: Location): Promise<Store> {
  const open: ((place: never) => Promise<Store>) | undefined = openers[place.kind];
  if (open) return open(place as never);
  throw new TransferError('unsupported', `${formatLocation(place)} is not on this machine`);
}
