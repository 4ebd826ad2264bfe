/** Extended attributes and ACLs of an entry of a local store, by its name in its open directory. */
import * as c from '../../work/posix/constants.ts';
import type { AttributeKinds, Attributes, UnkeptAttributes } from '../entry.ts';
import type { RelativePath } from '../path.ts';
import { hold } from './held.ts';
import type { Root } from './root.ts';
import { attributedAt, readAttributes, writeAttributes } from './xattrs.ts';

export function attributesOf(root: Root, path: RelativePath, kinds: AttributeKinds): Attributes {
  using held = hold(root, path, c.O_PATH, 'read');
  return readAttributes(attributedAt(held.fd, root.name(path)), kinds);
}

export function giveAttributes(
  root: Root,
  path: RelativePath,
  attributes: Attributes,
  kinds: AttributeKinds,
): UnkeptAttributes {
  using held = hold(root, path, c.O_PATH, 'set metadata of');
  const at = attributedAt(held.fd, root.name(path));
  const wanted = readAttributes({ said: attributes }, kinds);
  return writeAttributes(at, wanted, readAttributes(at, kinds));
}
