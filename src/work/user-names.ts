/** What users and groups are called on this machine; what its own lists do not hold has no name here. */
import { readFileSync } from 'node:fs';

/** The name of a user of this machine; undefined for one that its own list does not hold. */
export function ownerName(uid: number): string | undefined {
  users ??= read('/etc/passwd');
  return users.names.get(uid);
}

/** The number of a user of this machine. */
export function ownerNumber(name: string): number | undefined {
  users ??= read('/etc/passwd');
  return users.numbers.get(name);
}

/** The same of a group. */
export function groupNumber(name: string): number | undefined {
  groups ??= read('/etc/group');
  return groups.numbers.get(name);
}

type List = { readonly names: ReadonlyMap<number, string>; readonly numbers: ReadonlyMap<string, number> };

let users: List | undefined;
let groups: List | undefined;

function read(path: string): List {
  const entries = lines(path).map((line) => entry(line.split(':')));
  return {
    names: new Map(entries),
    numbers: new Map(entries.map(([number, name]) => [name, number])),
  };
}

function entry([name = '', , number]: string[]): [number, string] {
  return [Number(number), name];
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
