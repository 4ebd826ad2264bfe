/** Extended attributes and ACLs of an entry of a local store, by its name in its open directory. */
import * as fs from 'node:fs';
import * as c from '../../../work/posix/constants.ts';
import type { AttributeKinds, Attributes, UnkeptAttributes } from '../../entry.ts';
import type { RelativePath } from '../../path.ts';
import { hold } from '../held-name.ts';
import type { Root } from '../root.ts';
import { attributedAt, readAttributes, readWhole, writeAttributes } from './xattrs.ts';

export function attributesOf(root: Root, path: RelativePath, kinds: AttributeKinds): Attributes | undefined {
  using held = hold(root, path, c.O_PATH, 'read');
  return readWhole(attributedAt(held.fd, root.name(path)), kinds);
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
  const { failed, ...unkept } = writeAttributes(at, wanted, readAttributes(at, kinds));
  root.checked(path, failed, 'set metadata of');
  return unkept;
}

const initialUsers = /^ *0 +0 +4294967295$/m;
const sysAdmin = 1n << 21n;

/** Whether this program is told of attributes that only root sees. */
export function seesHidden(): boolean {
  const rights = /^CapEff:\s*([0-9a-f]+)$/m.exec(kernelSays('status') ?? '')?.[1] ?? '0';
  if ((BigInt(`0x${rights}`) & sysAdmin) === 0n) return false;
  const users = kernelSays('uid_map');
  return users === undefined || initialUsers.test(users);
}

/** What it says of this process; undefined where it was built without that, or /proc is not there. */
function kernelSays(name: string): string | undefined {
  try {
    return fs.readFileSync(`/proc/self/${name}`, 'latin1');
  } catch {
    return undefined;
  }
}
