import { show, textOf } from '../report/show.ts';

/** On a destination that does not tell upper from lower case: whose name is already taken by another one. */
export class CaseGuard {
  readonly #taken = new Map<string, string>();

  constructor(present: readonly Uint8Array[] = []) {
    for (const name of present) this.collides(name);
  }

  /** Nobody has it, in any case. */
  isFree(name: Uint8Array): boolean {
    return !this.#taken.has(folded(name));
  }

  /** The other name when this one would land on it; the first to come keeps the place. */
  collides(name: Uint8Array): string | undefined {
    const exact = show(name);
    const key = folded(name);
    const holder = this.#taken.get(key);
    if (holder === undefined) this.#taken.set(key, exact);
    return holder === undefined || holder === exact ? undefined : holder;
  }
}

function folded(name: Uint8Array): string {
  return (textOf(name) ?? show(name)).normalize('NFC').toUpperCase().toLowerCase();
}

/** What is said of a name that another one has taken. */
export function collision(holder: string) {
  return {
    kind: 'refused',
    message: `the destination does not tell upper from lower case, and it already has ${holder}`,
    hint: 'rename one of the two',
  } as const;
}
