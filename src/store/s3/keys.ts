/** Keys of ours beside those of a tree: the manifest, and what is tried out. */
import { randomBytes } from 'node:crypto';
import type { RelativePath } from '../path.ts';

/** In a place, an object that is no entry of the tree there. */
export const manifestPath = Buffer.from('.difpipe-manifest.jsonl') as Uint8Array as RelativePath;

export function isManifest(path: Uint8Array): boolean {
  return path.length === manifestPath.length && Buffer.compare(path, manifestPath) === 0;
}

const trial = '.difpipe-trial-';

/** The key of an object that is there for a moment, to see what a service does. */
export function trialIn(prefix: string): string {
  return `${prefix}${trial}${randomBytes(8).toString('hex')}`;
}

/** Whether it is of an object of ours at a place, which is no entry of the tree there. */
export function isOurs(prefix: string, key: string): boolean {
  if (!key.startsWith(prefix)) return false;
  const name = key.slice(prefix.length);
  return name.startsWith(trial) || isManifest(Buffer.from(name));
}
