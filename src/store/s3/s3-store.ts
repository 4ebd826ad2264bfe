/**
 * A prefix of a bucket in an object store that speaks S3. What is written is durable at once. Times, modes, owners and
 * symlinks are kept beside objects as rclone's users know them; a listing does not tell them, so what it gives is brief.
 */
import type { S3Place } from '../../location/location.ts';
import { heardLater } from '../../work/heard-later.ts';
import { itself } from '../path.ts';
import type { Store } from '../store.ts';
import type { S3Access } from './access.ts';
import { createS3, elsewhere } from './create-s3.ts';
import type { Root } from './root.ts';
import { storeOver } from './store-over.ts';

/** Asks nobody anything yet. Throws 'usage' where the profile or the endpoint is wrong. */
export async function openS3Store(place: S3Place, access: S3Access): Promise<Store> {
  const s3 = await createS3(place, access);
  const { store, write } = storeOver(s3);
  const { manifest } = access;
  if (!manifest) return store;
  const above = (root: Root) => {
    const up = elsewhere(s3, root);
    return { ...storeOver(up), s3: up };
  };
  return {
    ...store,
    async withManifest(signal) {
      const looked = heardLater(store.stat(itself, signal)); // who opens a place asks that next
      const { joined } = await import('./manifest/joined.ts');
      try {
        return await joined({ s3, store, write }, above, manifest, signal);
      } catch (error) {
        await looked; // what is wrong with the place is said of it
        throw error;
      }
    },
  };
}
