/** POSIX ACLs between the kernel's form, a character for each byte, and the words that a tar stream has for them. */

const version = 2;
const entryBytes = 8;
const nobody = 0xffffffff;
const tags = [
  [0x01, 'user', false],
  [0x02, 'user', true],
  [0x04, 'group', false],
  [0x08, 'group', true],
  [0x10, 'mask', false],
  [0x20, 'other', false],
] as const;

/** `user::rw-` and so on with numbers, a line each; undefined for what is no ACL. */
export function aclText(value: string): string | undefined {
  const bytes = Buffer.from(value, 'latin1');
  if (bytes.length < 4 || bytes.readUInt32LE(0) !== version) return undefined;
  const words: string[] = [];
  for (let at = 4; at + entryBytes <= bytes.length; at += entryBytes) {
    const tag = tags.find(([number]) => number === bytes.readUInt16LE(at));
    if (!tag) return undefined;
    const [, word, isNamed] = tag;
    words.push(`${word}:${isNamed ? bytes.readUInt32LE(at + 4) : ''}:${rights(bytes.readUInt16LE(at + 2))}`);
  }
  return words.join('\n');
}

function rights(bits: number): string {
  return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${bits & 1 ? 'x' : '-'}`;
}

/** How a name in an ACL becomes a number. */
export type NumberOf = (what: 'user' | 'group', name: string) => number | undefined;

/** The kernel's form of an ACL in words; undefined where a word, or a name, is not known. */
export function aclValue(text: string, numberOf: NumberOf): string | undefined {
  const entries: Entry[] = [];
  for (const line of text.split(/[\n,]/)) {
    const words = line.replace(/\s|#.*$/g, '');
    if (words === '') continue;
    const entry = entryOf(words.split(':'), numberOf);
    if (!entry) return undefined;
    entries.push(entry);
  }
  return packed(entries);
}

type Entry = { readonly tag: number; readonly bits: number; readonly id: number };

/** A fourth word is the number that the name had where it was written down. */
function entryOf(
  [what = '', name = '', rights = '', id = name]: string[],
  numberOf: NumberOf,
): Entry | undefined {
  const tag = tags.find(([, word, isNamed]) => word === what && isNamed === (name !== ''));
  if (!tag || !/^[r-][w-][x-]$/.test(rights)) return undefined;
  const bits = (rights[0] === 'r' ? 4 : 0) | (rights[1] === 'w' ? 2 : 0) | (rights[2] === 'x' ? 1 : 0);
  if (name === '') return { tag: tag[0], bits, id: nobody };
  const number = /^\d{1,10}$/.test(name) ? Number(name) : numberOf(what as 'user' | 'group', name);
  const found = number ?? (/^\d{1,10}$/.test(id) ? Number(id) : undefined);
  return found === undefined || found > nobody ? undefined : { tag: tag[0], bits, id: found };
}

/** The kernel wants them in the order of their tags. */
function packed(entries: readonly Entry[]): string {
  const bytes = Buffer.alloc(4 + entries.length * entryBytes);
  bytes.writeUInt32LE(version, 0);
  const sorted = entries.toSorted((a, b) => a.tag - b.tag || a.id - b.id);
  for (const [index, { tag, bits, id }] of sorted.entries()) {
    const at = 4 + index * entryBytes;
    bytes.writeUInt16LE(tag, at);
    bytes.writeUInt16LE(bits, at + 2);
    bytes.writeUInt32LE(id, at + 4);
  }
  return bytes.toString('latin1');
}
