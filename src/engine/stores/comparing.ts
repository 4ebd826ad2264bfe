/** Compares what a walk shows it with the destination, and changes nothing. */
import { descend } from '../../profile/visitor.ts';
import { differingKinds } from '../../store/attributes.ts';
import type { Entry, FileEntry, Listed } from '../../store/entry.ts';
import { each } from '../../work/each.ts';
import { ManyAtOnce } from '../../work/many-at-once.ts';
import { pathKey } from '../../work/posix/path.ts';
import { Here } from './directory/here.ts';
import { sameContent } from './entries/content.ts';
import { inFull, sourceInFull } from './entries/in-full.ts';
import { isSameSpecial } from './entries/node.ts';
import type { Lane } from './lane.ts';
import { attributesOfBoth } from './metadata/attributes.ts';
import { type Aspect, differing } from './metadata/same.ts';
import type { Dir, Visitor } from './walk/visitor.ts';

const looksAtOnce = 8;
const askedAtOnce = 1000;
const words = { mode: 'mode', owner: 'owner', mtimeNs: 'time' } as const satisfies Record<Aspect, string>;

/** An entry of the same type at both ends, and in what they differ as far as is known. */
type Pair = { readonly entry: Entry; readonly present: Entry; readonly what: readonly string[] };

/** To be ended after the walk. */
export type Comparing = Visitor<Here> & { readonly end: () => Promise<void> };

export function comparing(lane: Lane): Comparing {
  const { ledger, setup } = lane;
  const differs = (path: Uint8Array, what: readonly string[]) => {
    if (what.length > 0) ledger.out.differences.push({ path, what });
  };
  const pairs = new ManyAtOnce<Pair>(askedAtOnce, async ({ entry, present, what }) => {
    try {
      const both = await attributesOfBoth(lane, entry, present.path);
      differs(entry.path, [...what, ...(both ? differingKinds(both.wanted, both.there) : [])]);
    } catch (error) {
      lane.failed(entry.path, error);
    }
  });
  return {
    end: () => pairs.end(lane.signal),
    async enter(dir) {
      lane.counted();
      try {
        return await open(lane, dir, differs);
      } catch (error) {
        lane.failed(dir.path, error);
        return undefined;
      }
    },
    async directory(here, entry) {
      const present = await here.look(entry);
      here.forget(entry);
      if (present?.kind === 'directory' || (!present && !setup.dest.makeDirectory)) return descend.yes;
      differs(entry.path, [present ? 'type' : 'missing']);
      return descend.no;
    },
    gives: (here, entry) => here.gives(entry),
    found: (here, path) => here.found(path),
    async entry(here, found) {
      if (!setup.keep.specials && found.kind !== 'file' && found.kind !== 'symlink') return;
      lane.counted();
      const [present, entry] = await Promise.all([
        here.look(found).then((there) => inFull(setup.dest, there, lane.signal)),
        found.kind === 'file' ? sourceInFull(setup.source, found, lane.signal) : found,
      ]);
      here.forget(entry);
      if (!present) return differs(entry.path, ['missing']);
      ledger.out.tally.skipped++;
      if (present.kind !== entry.kind) return differs(entry.path, ['type']);
      const what = [...(await body(lane, entry, present)), ...metadata(lane, entry, present)];
      await pairs.add({ entry, present, what }, lane.signal);
      await pair(lane, entry, present);
    },
    async leave(here) {
      const { dir, entry } = here;
      if (setup.single || !(dir.whole || dir.alone)) return;
      if (entry) {
        const what = metadata(lane, dir.entry, entry);
        await pairs.add({ entry: dir.entry, present: entry, what }, lane.signal);
      }
      if (dir.whole) await extras(here, differs).catch((error) => lane.failed(dir.path, error));
    },
    failed: (path, error) => lane.failed(path, error),
    excluded: () => ledger.notice('excluded'),
  };
}

type Differs = (path: Uint8Array, what: readonly string[]) => void;

async function open(lane: Lane, dir: Dir, differs: Differs): Promise<Here | undefined> {
  const { dest } = lane.setup;
  const entry = await dest.stat(dir.path, lane.signal);
  if (entry?.kind !== 'directory' && (entry || dest.makeDirectory)) {
    differs(dir.path, [entry ? 'type' : 'missing']);
    return undefined;
  }
  const here = new Here(lane, dir, entry);
  await here.list();
  return here;
}

async function body(lane: Lane, entry: Entry, present: Entry): Promise<string[]> {
  if (entry.kind === 'file' && present.kind === 'file') return content(lane, entry, present);
  if (entry.kind !== 'symlink') return isSameSpecial(entry, present) ? [] : ['device'];
  const { source, dest } = lane.setup;
  const targets = await Promise.all([
    source.readLink?.(entry.path, lane.signal),
    dest.readLink?.(present.path, lane.signal),
  ]);
  const [wanted, there] = targets.map((target) => target && Buffer.from(target).toString('latin1'));
  return wanted === there ? [] : ['target'];
}

async function content(lane: Lane, file: FileEntry, present: FileEntry): Promise<string[]> {
  const { setup, ledger } = lane;
  if (file.size !== present.size) return ['size'];
  if (!setup.checksum || file.size === 0) return [];
  const isSame = await sameContent(lane, file, present);
  ledger.out.tally.skippedBytes += file.size;
  return isSame ? [] : ['content'];
}

/** Where owners are not compared they may be others, with whom nothing runs as the source's. */
function metadata({ setup }: Lane, entry: Entry, present: Entry): string[] {
  const givesAway = setup.keep.owner && (setup.givesAway ?? true);
  return differing(entry, present, setup, givesAway).map((aspect) => words[aspect]);
}

async function pair({ ledger, setup, signal }: Lane, entry: Entry, present: Entry): Promise<void> {
  if (entry.kind !== 'file' || present.kind !== 'file' || entry.linked === undefined) return;
  const { linkOf, tellsLinks: tells } = setup.dest;
  const tellsLinks = tells || linkOf !== undefined || present.changedNs !== undefined;
  if (!setup.keep.hardlinks || !tellsLinks) return;
  const linked = present.linked ?? (await linkOf?.(present, signal));
  const dest = linked ?? pathKey(present.path);
  ledger.out.pairs.push({ source: entry.linked, dest, path: entry.path });
}

/** Names that only the destination has, but for those that were excluded. */
async function extras(here: Here, differs: Differs): Promise<void> {
  const { excluded, setup, signal } = here.lane;
  await each(looksAtOnce, candidates(here), signal, async ({ kind, path }) => {
    if (kind === 'unlisted' || (await setup.source.stat(path, signal))) return; // others have seen it
    if (!excluded?.(pathKey(path), kind === 'directory')) differs(path, ['extra']);
  });
}

async function* candidates(here: Here): AsyncGenerator<Listed> {
  if (here.isAll) yield* here.held();
  else yield* here.lane.setup.dest.list(here.dir.path, here.lane.signal);
}
