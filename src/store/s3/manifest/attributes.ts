/** Extended attributes and ACLs, which are in the manifest for all that is in an object, and the same for all names of it. */
import { isAcl } from '../../attributes.ts';
import type { AttributeKinds, Attributes, UnkeptAttributes } from '../../entry.ts';
import type { RelativePath } from '../../path.ts';
import { mostAttributes } from './line.ts';
import type { Writing } from './release.ts';

type At = Pick<Writing, 'records' | 'release'>;

const none: Attributes = new Map();

export function attributesOf({ records }: At, path: RelativePath, kinds: AttributeKinds): Attributes {
  const { kept } = objectFor(records, path);
  return new Map([...(kept?.attributes ?? none)].filter(([name]) => isOf(kinds, name)));
}

/** Too many bytes of them are none that are kept. */
export async function giveAttributes(
  { records, release }: At,
  path: RelativePath,
  given: Attributes,
  kinds: AttributeKinds,
): Promise<UnkeptAttributes> {
  await release.settled(path);
  const { at, kept } = objectFor(records, path);
  const others = [...(kept?.attributes ?? none)].filter(([name]) => !isOf(kinds, name));
  const attributes: Attributes = new Map([...others, ...given]);
  if (bytesOf(attributes) > mostAttributes) return counted(given);
  if (attributes.size > 0) await records.keep(at, { ...(kept ?? { kind: 'object' }), attributes });
  else if (kept?.kind === 'object') await records.drop(at);
  else if (kept?.attributes) {
    const { attributes: _, ...rest } = kept;
    await records.keep(at, rest);
  }
  return { xattr: 0, acl: 0 };
}

function objectFor(records: At['records'], path: RelativePath) {
  const kept = records.find(path);
  const at = kept?.kind === 'link' ? kept.to : path;
  return { at, kept: at === path ? kept : records.find(at) };
}

function isOf({ acls, xattrs }: AttributeKinds, name: string): boolean {
  return isAcl(name) ? acls : xattrs;
}

function bytesOf(attributes: Attributes): number {
  return [...attributes].reduce((sum, [name, value]) => sum + name.length + value.length, 0);
}

function counted(attributes: Attributes): UnkeptAttributes {
  const acl = [...attributes.keys()].filter(isAcl).length;
  return { xattr: attributes.size - acl, acl };
}
