/** Directories made, and anything taken away. */
import { isKind } from '../../errors.ts';
import type { Metadata, Unkept } from '../entry.ts';
import { type RelativePath, splitPath } from '../path.ts';
import { trouble } from './fault.ts';
import { lookAt } from './look.ts';
import { must, type Reach, remoteOf, shown } from './reach.ts';

/** rclone makes those above it too, and says nothing where it is there already. */
export async function makeDirectory(
  reach: Reach,
  path: RelativePath,
  { mode, owner, mtimeNs }: Metadata,
  signal: AbortSignal,
): Promise<Unkept> {
  const name = shown(reach.name, path);
  if (await lookAt(reach, path, signal)) throw trouble('make', name, 'conflict', 'something has the name');
  const above = path.length === 0 ? undefined : splitPath(path).dir;
  if (above?.length && (await lookAt(reach, above, signal))?.kind !== 'directory')
    throw trouble('make', name, 'missing', 'the directory it should be in is not there');
  const words = { remote: remoteOf(reach, path, 'make') };
  await must(reach, path, 'make', { call: 'operations/mkdir', words }, signal);
  return [
    ...(mode === undefined ? [] : (['mode'] as const)),
    ...(owner === undefined ? [] : (['owner'] as const)),
    ...(mtimeNs === undefined ? [] : (['mtimeNs'] as const)),
  ];
}

export async function remove(reach: Reach, path: RelativePath, signal: AbortSignal): Promise<boolean> {
  const take = async (call: string) => {
    const words = { remote: remoteOf(reach, path, 'remove') };
    await must(reach, path, 'remove', { call, words }, signal);
    return true;
  };
  const there = await lookAt(reach, path, signal);
  if (!there || (there.kind === 'directory' && !reach.traits.hasDirectories)) return false;
  try {
    return await take(there.kind === 'directory' ? 'operations/rmdir' : 'operations/deletefile');
  } catch (error) {
    if (isKind(error, 'missing')) return false;
    throw error;
  }
}
