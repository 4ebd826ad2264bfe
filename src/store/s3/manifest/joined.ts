/** A place with the manifest that is there, or above it, where the place is only read. */
import type { Store } from '../../store.ts';
import type { ManifestHow } from '../access.ts';
import type { S3 } from '../place.ts';
import type { Root } from '../root.ts';
import type { StoreOver } from '../store-over.ts';
import { aboveWith, partOf } from './from-above.ts';
import { manifested } from './manifested.ts';

type Opened = StoreOver & { readonly s3: S3 };

/** Undefined where there is none. */
export async function joined(
  { s3, store, write }: Opened,
  openAbove: (root: Root) => Opened,
  how: ManifestHow,
  signal: AbortSignal,
): Promise<Store | undefined> {
  const asked = how.isRead ? aboveWith(s3, signal) : undefined;
  asked?.catch(() => undefined); // heard where there is none here
  const own = await manifested(s3, store, write, how, signal);
  if (own || !asked) return own;
  const above = await asked;
  if (!above) return undefined;
  const up = openAbove(above.root);
  const whole = await manifested(up.s3, up.store, up.write, how, signal);
  return whole && partOf(whole, above.part, store);
}
