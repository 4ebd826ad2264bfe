/** What of a directory's entries the visitor is shown: but for what the rules leave out, and counted. */
import { excludesUnlisted } from '../../../profile/filter-unlisted.ts';
import { tallyListed } from '../../../profile/tally-listed.ts';
import { type Descend, descend } from '../../../profile/visitor.ts';
import type { Entry, Listed } from '../../../store/entry.ts';
import { whyUnsized } from '../../../store/unsized.ts';
import { pathKey } from '../../../work/posix/path.ts';
import type { Visitor } from './visitor.ts';
import type { Walking } from './walking.ts';

export class Showing<Here> {
  readonly #with: Pick<Walking, 'excluded' | 'profile'>;
  readonly #visitor: Visitor<Here>;

  constructor(given: Pick<Walking, 'excluded' | 'profile'>, visitor: Visitor<Here>) {
    this.#with = given;
    this.#visitor = visitor;
  }

  /** Whether it is as it should be, and needs not be shown. */
  passes(here: Here, found: Listed | { readonly kind: 'named' }): boolean {
    const { excluded, profile } = this.#with;
    if (found.kind !== 'file' || !this.#visitor.passes) return false;
    if (found.unsized || excluded?.(pathKey(found.path), false)) return false;
    if (!this.#visitor.passes(here, found)) return false;
    tallyListed(profile, found);
    return true;
  }

  /** Answers whether to go on in it, where it is a directory. Throws why it cannot be shown. */
  async show(here: Here, entry: Listed): Promise<Descend> {
    const { excluded } = this.#with;
    if (entry.kind === 'unlisted') {
      if (!excludesUnlisted(excluded, entry.path)) throw entry.error;
      this.#visitor.excluded();
      return descend.no;
    }
    const isDirectory = entry.kind === 'directory';
    if (excluded?.(pathKey(entry.path), isDirectory)) {
      this.#visitor.excluded();
      return descend.no;
    }
    if (isDirectory) return this.#visitor.directory(here, entry);
    await this.#entry(here, entry);
    return descend.no;
  }

  #entry(here: Here, entry: Entry): Promise<void> {
    const why = whyUnsized(entry);
    if (why) throw why;
    tallyListed(this.#with.profile, entry);
    return this.#visitor.entry(here, entry);
  }
}
