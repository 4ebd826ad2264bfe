/** Names that share one file, as the Journal has them: joined when all of them are known. */
import type { Journal } from '../../journal/journal.ts';
import type { LinkGroup } from '../../journal/types.ts';
import type { Outcome } from '../jobs.ts';

/** Each time is some waits for answers, however many they are. */
const most = { groups: 8000, names: 32_000 };

export class Links {
  readonly #journal: Journal;
  #rest: Generator<LinkGroup> | undefined;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** Some that nobody was given yet; none: that were all. To be asked when no other name comes any more. */
  next(): LinkGroup[] {
    this.#rest ??= this.#journal.linkGroups();
    const groups: LinkGroup[] = [];
    for (let names = 0; groups.length < most.groups && names < most.names; ) {
      const next = this.#rest.next();
      if (next.done) break;
      names += next.value.names.length;
      groups.push(next.value);
    }
    return groups;
  }
}

/** Those of a job's groups that it did not leave for later. */
export function joined(groups: readonly LinkGroup[], outcome: Outcome): LinkGroup[] {
  const later = new Set(outcome.groups.map(({ inode, device }) => `${device} ${inode}`));
  return groups.filter(({ inode, device }) => !later.has(`${device} ${inode}`));
}
