/**
 * Directories of a destination that does not tell upper from lower case, of which several lanes may have names at a
 * time: all ask one guard. Others, which are walked as a whole, have one of their own.
 */
import { CaseGuard, collision } from '../conduct/faults/case-guard.ts';
import { isKind, TransferError } from '../errors.ts';
import { show } from '../report/show.ts';
import { nameOf } from '../store/named.ts';
import { type RelativePath, splitPath } from '../store/path.ts';
import type { Store } from '../store/store.ts';
import { pathKey } from '../work/posix/path.ts';

/** It is not made yet, or something else is in its place. */
const nothingThere = ['missing', 'conflict', 'refused'] as const;

export class Cases {
  readonly #dest: Store;
  readonly #shared = new Map<string, Promise<CaseGuard>>();

  constructor(dest: Store) {
    this.#dest = dest;
  }

  /** Lets others ask the guard of a directory that is walked. */
  share(dir: RelativePath, guard: CaseGuard): void {
    this.#shared.set(pathKey(dir), Promise.resolve(guard));
  }

  /** Nobody is going to ask for it any more. */
  forget(dir: RelativePath): void {
    this.#shared.delete(pathKey(dir));
  }

  /** That of a directory, which knows what the destination has there. */
  of(dir: RelativePath, signal: AbortSignal): Promise<CaseGuard> {
    const key = pathKey(dir);
    const known = this.#shared.get(key) ?? this.#listed(dir, signal);
    this.#shared.set(key, known);
    known.catch(() => this.#shared.delete(key)); // whoever comes next tries again
    return known;
  }

  async #listed(dir: RelativePath, signal: AbortSignal): Promise<CaseGuard> {
    const guard = new CaseGuard();
    try {
      for await (const { path } of this.#dest.list(dir, signal))
        guard.holds(Buffer.from(nameOf(path), 'latin1'));
    } catch (error) {
      if (!isKind(error, ...nothingThere)) throw error;
    }
    return guard;
  }

  /** Throws 'refused' where a directory, or one above it, would be another one at the destination. */
  async mustBeItself(path: RelativePath, signal: AbortSignal): Promise<void> {
    if (path.length === 0) return;
    const { dir, name } = splitPath(path);
    await this.mustBeItself(dir, signal);
    const other = (await this.of(dir, signal)).collides(name);
    if (other === undefined) return;
    const { kind, message, hint } = collision(other);
    throw new TransferError(kind, `cannot write into ${show(path)}: ${message}`, { hint });
  }
}
