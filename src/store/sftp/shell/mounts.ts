/** What is mounted below a directory of a Linux host, as /proc/self/mountinfo tells it. */
import { pathKey } from '../../../work/posix/path.ts';

/**
 * Prints it, where "$2" is what `mountWord` makes of the directory; nothing where that is empty. A host that does not tell
 * syncs all it has: some of it may be below.
 */
export const sayMounts =
  'if [ -n "$2" ]; then echo mounts; if [ -r /proc/self/mountinfo ]; ' +
  'then grep -F -e "$2" /proc/self/mountinfo | cut -d " " -f 5; else sync; fi; fi';

/** How lines begin to tell of what is below, and a few others. */
export function mountWord(root: Uint8Array): Uint8Array {
  return Buffer.from(` ${below(root).replace(/[ \t\n\\]/g, escaped)}`, 'latin1');
}

/** Paths from the directory on, a character for each byte. */
export function mountsIn(said: string, root: Uint8Array): readonly string[] {
  const start = below(root);
  const [, told] = said.split(/^mounts\n/m);
  const all = (told ?? '').split('\n').map((path) => path.replace(/\\([0-7]{3})/g, unescaped));
  return [...new Set(all.filter((path) => path.length > start.length && path.startsWith(start)))].map(
    (path) => path.slice(start.length),
  );
}

function below(root: Uint8Array): string {
  const path = pathKey(root);
  return path.endsWith('/') ? path : `${path}/`;
}

function escaped(character: string): string {
  return `\\${character.charCodeAt(0).toString(8).padStart(3, '0')}`;
}

function unescaped(_: string, octal: string): string {
  return String.fromCharCode(Number.parseInt(octal, 8));
}
