/** What the destination cannot keep of entries that are there, by what rsync complained of. */
import type { Topic } from '../../../report/events.ts';
import type { Item } from '../program/item.ts';

/** Where one of these is denied of what was there it is somebody else's, and rsync tries nothing more of it. */
const ofOwner = ['owner', 'times', 'mode'] as const satisfies Topic[];

export class Losses {
  readonly #keys = new Map<Topic, Set<string>>();
  /** complained of under a name that is only a file's while it is written */
  readonly #nameless = new Set<Topic>();

  add(topic: Topic, key: string | undefined): void {
    if (key === undefined) this.#nameless.add(topic);
    else this.#of(topic).add(key);
  }

  /** Whether that is all there is to what rsync would still do to an entry, which then counts. */
  explains(key: string, { action, kind, lacks }: Item): boolean {
    if (kind === 'special' && action !== 'repair') return this.#counts(key, ['special']);
    if (action !== 'repair') return false;
    if (this.isForeign(key)) {
      for (const topic of lacks) this.#of(topic).add(key);
      return true;
    }
    return this.#counts(key, lacks) || this.#of('xattr').has(key) || this.#of('acl').has(key);
  }

  isForeign(key: string): boolean {
    return ofOwner.some((topic) => this.#of(topic).has(key));
  }

  /** Each entry but those that failed, and how many there are of each topic. */
  but(failed: ReadonlyMap<string, unknown>): {
    readonly keys: readonly string[];
    readonly lost: Readonly<Partial<Record<Topic, number>>>;
  } {
    const keys = new Set<string>();
    const lost: Partial<Record<Topic, number>> = {};
    for (const [topic, all] of this.#keys) {
      const some = [...all].filter((key) => !failed.has(key));
      for (const key of some) keys.add(key);
      if (some.length > 0) lost[topic] = some.length;
    }
    return { keys: [...keys], lost };
  }

  #counts(key: string, topics: readonly Topic[]): boolean {
    const isSaid = (topic: Topic) => this.#nameless.has(topic) || this.#of(topic).has(key);
    if (topics.length === 0 || !topics.every(isSaid)) return false;
    for (const topic of topics) this.#of(topic).add(key);
    return true;
  }

  #of(topic: Topic): Set<string> {
    const keys = this.#keys.get(topic) ?? new Set();
    this.#keys.set(topic, keys);
    return keys;
  }
}
