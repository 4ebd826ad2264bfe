/** Names that were given without what they are: each is looked at when its turn comes, the first ones before. */
import type { Entry } from '../../../store/entry.ts';
import { existing } from '../../../store/existing.ts';
import type { RelativePath } from '../../../store/path.ts';
import type { Walking } from './walking.ts';

export class Named {
  readonly #with: Pick<Walking, 'source' | 'signal' | 'tellsLinks'>;
  /** in the order of their names */
  #asked: Promise<Entry>[] = [];

  constructor(given: Pick<Walking, 'source' | 'signal' | 'tellsLinks'>) {
    this.#with = given;
  }

  /** Looks at the first names of a bundle while their directory is looked at. */
  askFirst(paths: Iterable<RelativePath>): void {
    for (const path of paths) this.#asked.push(this.#lookAt(path, true));
    for (const one of this.#asked) one.catch(() => undefined); // said when its turn comes
  }

  /** The next one; `isWanted` of those that somebody listed. Throws 'missing' where it is not there. */
  async next(path: RelativePath, isWanted: boolean): Promise<Entry> {
    return this.#asked.shift() ?? this.#lookAt(path, isWanted);
  }

  async #lookAt(path: RelativePath, isWanted: boolean): Promise<Entry> {
    const { source, signal, tellsLinks } = this.#with;
    const asked = tellsLinks && isWanted ? source.linkOf?.({ path }, signal) : undefined; // beside the look
    asked?.catch(() => undefined);
    const entry = await existing(source, path, signal);
    const linked = entry.kind === 'file' ? await asked : undefined;
    return entry.kind !== 'file' || linked === undefined ? entry : { ...entry, linked };
  }
}
