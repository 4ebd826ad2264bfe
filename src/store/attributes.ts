/** Extended attributes by name: which of them are ACLs, and in what two sets of them differ. */
import type { Attributes } from './entry.ts';

export function isAcl(name: string): boolean {
  return name === 'system.posix_acl_access' || name === 'system.posix_acl_default';
}

export function differingKinds(a: Attributes, b: Attributes): ('xattr' | 'acl')[] {
  const names = [...new Set([...a.keys(), ...b.keys()])].filter((name) => a.get(name) !== b.get(name));
  return [...new Set(names.map((name) => (isAcl(name) ? 'acl' : 'xattr')))];
}
