import { show, textOf } from '../../report/show.ts';

/** On a destination that does not tell upper from lower case: whose name is already taken by another one. */
export class CaseGuard {
  readonly #taken = new Map<string, string>();
  /** of those, what the destination may tell otherwise composed than it was written, and nobody came for yet */
  readonly #told = new Set<string>();

  constructor(present: readonly Uint8Array[] = []) {
    for (const name of present) this.holds(name);
  }

  /** The destination has it. */
  holds(name: Uint8Array): void {
    this.collides(name);
    if (mayBeComposed(name)) this.#told.add(folded(name));
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
    const isTold = this.#told.has(key) && holder?.normalize('NFC') === exact.normalize('NFC');
    if (isTold) this.#told.delete(key); // whoever comes first is the one that it was written for
    if (holder === undefined || isTold) this.#taken.set(key, exact);
    return holder === undefined || holder === exact || isTold ? undefined : holder;
  }
}

/** Whether the same name may be other bytes elsewhere. */
export function mayBeComposed(name: Uint8Array): boolean {
  return name.some((byte) => byte >= 0x80);
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
