/** What a POSIX sh is told, so that it takes it as it is meant. */

/** A path that `cd` takes for one, whatever it begins with; empty is where the login shell begins. */
export function forCd(path: Uint8Array): Uint8Array {
  return path[0] === 0x2f ? path : Buffer.concat([Buffer.from('./'), path]);
}

/** Words for sh that stand for these bytes, a character for each byte. Throws for a NUL, which none can hold. */
export function quoted(words: readonly Uint8Array[]): string {
  if (words.some((word) => word.includes(0))) throw new RangeError('a word for a shell holds a NUL byte');
  return words.map((word) => inQuotes(Buffer.from(word).toString('latin1'))).join(' ');
}

/** For `case WORD in PATTERN)` of sh: what `sync` says of itself, and what one says that syncs single file systems. */
export const syncWords = { said: '"$(sync --help 2>&1 </dev/null)"', takesFile: '*-f*|*-df*' } as const;

/** A word as sh takes it as it is. */
export function inQuotes(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
