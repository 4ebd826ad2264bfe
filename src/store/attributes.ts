/** Extended attributes by name: which of them are ACLs, and in what two sets of them differ. */
import type { AttributeKinds, Attributes, FileEntry, UnkeptAttributes } from './entry.ts';
import type { RelativePath } from './path.ts';

/** Undefined: not all of them can be read. */
type AttributesOf = (
  path: RelativePath,
  kinds: AttributeKinds,
  signal: AbortSignal,
) => Promise<Attributes | undefined>;

/**
 * What programs at an end know of the attributes of files there, where its Store knows nothing: for a file that goes, or
 * for what may have changed of many. Absent: they cannot.
 */
export type FarAttributes = {
  readonly of?: AttributesOf;
  /** The same of what is at the destination. */
  readonly there?: AttributesOf;
  /** Puts those of `like` on a file, with its mode, and answers how many of each kind are not as they should be. */
  readonly give?: (
    path: RelativePath,
    like: Pick<FileEntry, 'mode'> & { readonly attributes: Attributes },
    signal: AbortSignal,
  ) => Promise<UnkeptAttributes>;
  /** Takes those away that have these names, as far as programs there can. */
  readonly strip?: (path: RelativePath, names: readonly string[], signal: AbortSignal) => Promise<void>;
};

export function isAcl(name: string): boolean {
  return name === 'system.posix_acl_access' || name === 'system.posix_acl_default';
}

/** What a place has of an entry for itself: labels, XFS's other names of ACLs, how btrfs stores it. A `*` ends a name. */
export const ofThePlace = ['system.*', 'btrfs.*', 'security.selinux', 'trusted.SGI_*'] as const;

/** Whether it is of that kind, ACLs apart: such a one is neither carried nor taken away. */
export function isOfThePlace(name: string): boolean {
  return ofThePlace.some((one) => (one.endsWith('*') ? name.startsWith(one.slice(0, -1)) : name === one));
}

/** Whether only root sees it: who read the source may not have been root, so that it is not told there says nothing. */
export function isHidden(name: string): boolean {
  return name.startsWith('trusted.');
}

/** With those hidden ones that are there: told by somebody who sees none, it says nothing of them. */
export function withHidden(told: Attributes, there: Attributes): Attributes {
  return new Map([...[...there].filter(([name]) => isHidden(name)), ...told]);
}

export function differingKinds(a: Attributes, b: Attributes): ('xattr' | 'acl')[] {
  const names = [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
  return [...new Set(names.map((name) => (isAcl(name) ? 'acl' : 'xattr')))];
}
