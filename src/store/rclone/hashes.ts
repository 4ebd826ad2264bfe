/** Hashes that remotes have and we can make. */

/** The best first, by names that node:crypto has too. */
const known = ['sha256', 'sha512', 'sha1', 'md5'] as const;

/** Which of these hashes is asked for; undefined: none can be made here. */
export function digestOf(hashes: readonly string[]): string | undefined {
  return known.find((algorithm) => hashes.includes(algorithm));
}
