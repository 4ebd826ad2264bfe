import { damaged } from '../file/fault.ts';
import type { Db } from '../file/sqlite.ts';
import type { LinkGroup, LinkKey, LinkName, LinkRow } from '../types.ts';
import { crcOf, minus, plus, type Sum, sumOf } from './crc.ts';

type Key = [device: bigint, inode: bigint];
type Raw = [...Key, dir: Uint8Array, name: Uint8Array, crc: bigint];

/** Names of entries with more than one. What changes them takes the sum of all and returns the sum after it. */
export function linksTable(db: Db) {
  const insert = db.prepare<Raw>(
    'INSERT OR IGNORE INTO links (device, inode, dir, name, crc) VALUES (?, ?, ?, ?, ?)',
  );
  const remove = db
    .prepare<Key, number>('DELETE FROM links WHERE device = ? AND inode = ? RETURNING crc')
    .pluck();
  const next = db
    .prepare<Key, Key>(
      'SELECT device, inode FROM links WHERE (device, inode) > (?, ?) ORDER BY device, inode LIMIT 1',
    )
    .raw()
    .safeIntegers();
  const first = db
    .prepare<[], Key>('SELECT device, inode FROM links ORDER BY device, inode LIMIT 1')
    .raw()
    .safeIntegers();
  const names = db
    .prepare<Key, Raw>('SELECT device, inode, dir, name, crc FROM links WHERE device = ? AND inode = ?')
    .raw()
    .safeIntegers();
  const every = db.prepare<[], Raw>('SELECT device, inode, dir, name, crc FROM links').raw().safeIntegers();
  const groups = db
    .prepare<[], number>('SELECT count(*) FROM (SELECT DISTINCT device, inode FROM links)')
    .pluck();
  const clear = db.prepare('DELETE FROM links');
  return {
    /** A name that is there already stays as it is. */
    add(sum: Sum, { device, inode, dir, name }: LinkRow): Sum {
      const key = stored({ device, inode });
      const crc = crcOfLink(key, dir, name);
      return insert.run(...key, dir, name, BigInt(crc)).changes === 0 ? sum : plus(sum, crc);
    },
    forget: (sum: Sum, key: LinkKey) => remove.all(...stored(key)).reduce(minus, sum),
    /** The group after this one, or the first. */
    groupAfter(key: LinkKey | undefined): LinkGroup | undefined {
      const found = key === undefined ? first.get() : next.get(...stored(key));
      return found && { ...keyOf(found), names: names.all(...found).map(nameOf) };
    },
    groups: () => groups.get()!,
    clear: () => void clear.run(),
    /** Reads all of them; throws 'corrupt' if one is not what was written. */
    sum: () => sumOf(every.iterate(), crcOfRow),
  };
}

/** SQLite's integers are signed. */
function stored({ device, inode }: LinkKey): Key {
  return [BigInt.asIntN(64, device), BigInt.asIntN(64, inode)];
}

function keyOf([device, inode]: Key): LinkKey {
  return { device: BigInt.asUintN(64, device), inode: BigInt.asUintN(64, inode) };
}

function nameOf(row: Raw): LinkName {
  crcOfRow(row);
  const [, , dir, name] = row;
  return { dir, name };
}

function crcOfLink([device, inode]: Key, dir: Uint8Array, name: Uint8Array): number {
  return crcOf(`${device} ${inode}`, dir, name);
}

function crcOfRow([device, inode, dir, name, stored]: Raw): number {
  const crc = crcOfLink([device, inode], dir, name);
  if (crc !== Number(stored)) throw damaged('a link in it is not what was written');
  return crc;
}
