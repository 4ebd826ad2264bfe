/** A word that a POSIX shell takes as it is. */
export function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** The same for fish, which knows escapes between single quotes. */
export function quotedFish(word: string): string {
  return `'${word.replace(/[\\']/g, '\\$&')}'`;
}
