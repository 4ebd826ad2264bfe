/** What a plain header has no room for, as the records of a pax header. */
import { aclText } from './acl.ts';

/** The records of an entry's attributes, as GNU tar and libarchive know them; '' where there are none. */
export function attributeRecords(attributes: ReadonlyMap<string, string>): string {
  let records = '';
  for (const [name, value] of attributes) {
    const text = aclKeys[name] === undefined ? undefined : aclText(value);
    if (text !== undefined) records += record(aclKeys[name]!, text);
    records += record(`SCHILY.xattr.${escaped(name)}`, value);
  }
  return records;
}

const aclKeys: Readonly<Record<string, string>> = {
  'system.posix_acl_access': 'SCHILY.acl.access',
  'system.posix_acl_default': 'SCHILY.acl.default',
};

/** A keyword ends at the first `=`. */
function escaped(name: string): string {
  return name.replaceAll('%', '%25').replaceAll('=', '%3D');
}

/** The record of a time whose nanoseconds are not 0. */
export function timeRecord(seconds: number, ns: number): string {
  const isBefore = seconds < 0;
  const whole = isBefore ? -(seconds + 1) : seconds;
  const rest = String(isBefore ? 1_000_000_000 - ns : ns).padStart(9, '0');
  return record('mtime', `${isBefore ? '-' : ''}${whole}.${rest}`);
}

/** Its own length first, which counts its own digits too. A character for each byte. */
function record(key: string, value: string): string {
  const bare = key.length + value.length + 3;
  let length = bare + String(bare).length;
  if (bare + String(length).length > length) length++;
  return `${length} ${key}=${value}\n`;
}
