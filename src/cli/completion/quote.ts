/** A word that fish takes as it is, which knows escapes between single quotes. */
export function quotedFish(word: string): string {
  return `'${word.replace(/[\\']/g, '\\$&')}'`;
}
