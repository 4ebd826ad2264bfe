import { readFileSync } from 'node:fs';

/** The name of a user of this machine; undefined for one that its own list does not hold. */
export function ownerName(uid: number): string | undefined {
  return names().get(uid);
}

let known: ReadonlyMap<number, string> | undefined;

function names(): ReadonlyMap<number, string> {
  known ??= new Map(lines('/etc/passwd').map((line) => entry(line.split(':'))));
  return known;
}

function entry([name = '', , uid]: string[]): [number, string] {
  return [Number(uid), name];
}

/** None where the file cannot be read: only names are lost. */
function lines(path: string): string[] {
  try {
    return readFileSync(path, 'utf8')
      .split('\n')
      .filter((line) => line.includes(':'));
  } catch {
    return [];
  }
}
