/**
 * Asks a host for the attributes of files there, many in one run: of getfattr, where it is, which needs no bytes of files,
 * else of tar. What is too much for many together is asked for alone.
 */
import type { FarAttributes } from '../../../store/attributes.ts';
import type { Attributes } from '../../../store/entry.ts';
import { readAttributes } from '../../../store/local/metadata/xattrs.ts';
import type { RelativePath } from '../../../store/path.ts';
import { inGroups } from '../../../work/in-groups.ts';
import { pathKey } from '../../../work/posix/path.ts';
import type { FarPlace } from '../far-place.ts';
import { type FarTools, keepsAttributes } from '../host/probe.ts';
import { fetchAgain } from '../host/send-again.ts';
import { tellDumped } from './by-getfattr.ts';
import { type Paced, tellBegun, tellPacked } from './by-tar.ts';

/** Whether what a tar there packs of a file has its attributes. */
export function tellsAttributes({ tar }: FarTools): boolean {
  return tar?.pax === true && tar.nulList && keepsAttributes(tar);
}

const groups = { atOnce: 2, most: { count: 500, bytes: 1 }, bytesOf: () => 0 };

export function createTells(
  place: FarPlace,
  how: { readonly retries: number; readonly pace: Paced['pace'] },
): NonNullable<FarAttributes['of']> {
  const from = { ...place, pace: how.pace };
  const tellMany = from.tools.getfattr ? tellDumped : tellPacked;
  const tells = inGroups(async (paths: readonly RelativePath[], signal) => {
    const once = [...new Map(paths.map((path) => [pathKey(path), path])).values()];
    const told = await fetchAgain(() => tellMany(from, once, signal), how, signal);
    return (path) => told.get(pathKey(path));
  }, groups);
  const all = async (path: RelativePath, signal: AbortSignal) => {
    const found = await tells(path, signal);
    if (found !== 'more') return found ?? none;
    const told = await fetchAgain(() => tellBegun(from, [path], 'most', signal), how, signal);
    return told.get(pathKey(path)) ?? 'unread';
  };
  return async (path, kinds, signal) => {
    const said = await all(path, signal);
    return typeof said === 'string' ? undefined : readAttributes({ said }, kinds);
  };
}

const none: Attributes = new Map();
