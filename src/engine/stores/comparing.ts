/** Compares what a walk shows it with the destination, and changes nothing. */
import { type Descend, descend } from '../../profile/visitor.ts';
import { differingKinds } from '../../store/attributes.ts';
import type { Entry, Listed } from '../../store/entry.ts';
import { each } from '../../work/each.ts';
import { ManyAtOnce } from '../../work/many-at-once.ts';
import { pathKey } from '../../work/posix/path.ts';
import { Here } from './directory/here.ts';
import { bodyDiffers, metadataDiffers } from './entries/differences.ts';
import { inFull, sourceInFull } from './entries/in-full.ts';
import type { Lane } from './lane.ts';
import { attributesOfBoth } from './metadata/attributes.ts';
import type { Dir, Visitor } from './walk/visitor.ts';

const looksAtOnce = 8;
const askedAtOnce = 1000;

/** An entry of the same type at both ends, and in what they differ as far as is known. */
type Pair = { readonly entry: Entry; readonly present: Entry; readonly what: readonly string[] };

/** To be ended after the walk. */
export class Comparing implements Visitor<Here> {
  readonly #lane: Lane;
  readonly #pairs: ManyAtOnce<Pair>;

  constructor(lane: Lane) {
    this.#lane = lane;
    this.#pairs = new ManyAtOnce(askedAtOnce, (pair) => this.#ask(pair));
  }

  end(): Promise<void> {
    return this.#pairs.end(this.#lane.signal);
  }

  async enter(dir: Dir): Promise<Here | undefined> {
    this.#lane.counted();
    try {
      return await this.#open(dir);
    } catch (error) {
      this.failed(dir.path, error);
      return undefined;
    }
  }

  async #open(dir: Dir): Promise<Here | undefined> {
    const { dest } = this.#lane.setup;
    const entry = await dest.stat(dir.path, this.#lane.signal);
    if (entry?.kind !== 'directory' && (entry || dest.makeDirectory)) {
      this.#differs(dir.path, [entry ? 'type' : 'missing']);
      return undefined;
    }
    const here = new Here(this.#lane, dir, entry);
    await here.list();
    return here;
  }

  async directory(here: Here, entry: Entry): Promise<Descend> {
    const { dest } = this.#lane.setup;
    const present = await here.look(entry);
    here.forget(entry);
    if (present?.kind === 'directory' || (!present && !dest.makeDirectory)) return descend.yes;
    this.#differs(entry.path, [present ? 'type' : 'missing']);
    return descend.no;
  }

  gives(here: Here, entry: Entry): void {
    here.gives(entry);
  }

  found(here: Here, path: Entry['path']): Entry | undefined {
    return here.found(path);
  }

  async entry(here: Here, found: Entry): Promise<void> {
    const { ledger, setup, signal } = this.#lane;
    if (!setup.keep.specials && found.kind !== 'file' && found.kind !== 'symlink') return;
    this.#lane.counted();
    const [present, entry] = await Promise.all([
      here.look(found).then((there) => inFull(setup.dest, there, signal)),
      found.kind === 'file' ? sourceInFull(setup.source, found, signal) : found,
    ]);
    here.forget(entry);
    if (!present) return this.#differs(entry.path, ['missing']);
    ledger.out.tally.skipped++;
    if (present.kind !== entry.kind) return this.#differs(entry.path, ['type']);
    await this.#compare(entry, present, await bodyDiffers(this.#lane, entry, present));
    await this.#group(entry, present);
  }

  async leave(here: Here): Promise<void> {
    const { dir, entry } = here;
    if (this.#lane.setup.single || !(dir.whole || dir.alone)) return;
    if (entry) await this.#compare(dir.entry, entry, []);
    if (dir.whole) await this.#extras(here).catch((error) => this.failed(dir.path, error));
  }

  failed(path: Uint8Array, error: unknown): void {
    this.#lane.failed(path, error);
  }

  excluded(): void {
    this.#lane.ledger.notice('excluded');
  }

  #differs(path: Uint8Array, what: readonly string[]): void {
    if (what.length > 0) this.#lane.ledger.out.differences.push({ path, what });
  }

  #compare(entry: Entry, present: Entry, body: readonly string[]): Promise<void> {
    const what = [...body, ...metadataDiffers(this.#lane, entry, present)];
    return this.#pairs.add({ entry, present, what }, this.#lane.signal);
  }

  /** What else it takes a question to know. */
  async #ask({ entry, present, what }: Pair): Promise<void> {
    try {
      const both = await attributesOfBoth(this.#lane, entry, present.path);
      this.#differs(entry.path, [...what, ...(both ? differingKinds(both.wanted, both.there) : [])]);
    } catch (error) {
      this.failed(entry.path, error);
    }
  }

  /** Names of one file have to share it at both ends. */
  async #group(entry: Entry, present: Entry): Promise<void> {
    const { ledger, setup, signal } = this.#lane;
    if (entry.kind !== 'file' || present.kind !== 'file' || entry.linked === undefined) return;
    const { linkOf, tellsLinks: tells } = setup.dest;
    const tellsLinks = tells || linkOf !== undefined || present.changedNs !== undefined;
    if (!setup.keep.hardlinks || !tellsLinks) return;
    const linked = present.linked ?? (await linkOf?.(present, signal));
    const dest = linked ?? pathKey(present.path);
    ledger.out.pairs.push({ source: entry.linked, dest, path: entry.path });
  }

  /** Names that only the destination has, but for those that were excluded. */
  async #extras(here: Here): Promise<void> {
    const { excluded, setup, signal } = this.#lane;
    await each(looksAtOnce, candidates(here), signal, async ({ kind, path }) => {
      if (kind === 'unlisted' || (await setup.source.stat(path, signal))) return; // others have seen it
      if (!excluded?.(pathKey(path), kind === 'directory')) this.#differs(path, ['extra']);
    });
  }
}

async function* candidates(here: Here): AsyncGenerator<Listed> {
  if (here.isAll) yield* here.held();
  else yield* here.lane.setup.dest.list(here.dir.path, here.lane.signal);
}
