import { userUmask } from '../../../work/umask.ts';
import type { Metadata } from '../../entry.ts';

/** What is given no mode has that of a new file or directory, which the umask takes from: 0666 or 0777. */
export function withMode(metadata: Metadata, usual: number): Metadata {
  return metadata.mode === undefined ? { ...metadata, mode: usual & ~userUmask() } : metadata;
}
