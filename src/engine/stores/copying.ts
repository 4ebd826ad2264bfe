/**
 * What the stores engine does with the directories and entries that a walk shows it: compares each with the
 * destination, makes what is missing, leaves alone what is the same, puts metadata right.
 *
 * Who changes a directory's entries puts its times back before the Part is done. Large files and names with more
 * than one link are handed back to the conductor.
 */
import { linkKeyOf } from '../../conduct/links/link-key.ts';
import type { FileEntry } from '../../store/entry.ts';
import { splitPath } from '../../store/path.ts';
import { enter } from './directory/enter.ts';
import type { Here } from './directory/here.ts';
import { directory, makeLate } from './directory/settle.ts';
import { settleFile } from './entries/file.ts';
import { settleSpecial, settleSymlink } from './entries/node.ts';
import { sieveOf } from './known/sieve.ts';
import { passesUnchanged } from './known/unchanged.ts';
import type { Lane } from './lane.ts';
import { isDoubtful } from './metadata/doubts.ts';
import { settleDirectory } from './metadata/keep-metadata.ts';
import type { Dir, Visitor } from './walk/visitor.ts';

export type CopyHow = {
  /** copy large files here and now */
  readonly inline: boolean;
  /** do not hand back names with several links */
  readonly linksToo: boolean;
};

export function copying(lane: Lane, how: CopyHow): Visitor<Here> {
  return {
    async enter(dir) {
      if (lane.unmade.covers(dir.path)) return undefined;
      const entries = dir.whole || dir.alone ? 1 : 0; // else it was counted when it was listed
      if (dir.fresh || !lane.setup.dest.listAhead) lane.counted(entries);
      else lane.passed(entries);
      try {
        if (isNamed(dir) && !how.linksToo) await lane.cases?.mustBeItself(dir.path, lane.signal);
        const here = await enter(lane, dir, !how.linksToo);
        if (here.dir.fresh) await makeLate(here);
        return here;
      } catch (error) {
        lane.failed(dir.path, error);
        return undefined;
      }
    },
    directory,
    ...(!how.linksToo && { passes: passesUnchanged, sieve: sieveOf }),
    gives: (here, entry) => here.gives(entry),
    found: (here, path) => here.found(path),
    async entry(here, entry) {
      here.isEmpty = false;
      if (lane.unmade.covers(here.dir.path)) return;
      if (!how.linksToo) lane.counted(); // else it was, when it was handed back
      if (entry.kind === 'file' || entry.kind === 'symlink') lane.setup.dest.mustHold?.(here.target(entry));
      if (here.isOurs(entry)) return;
      if (lane.cases && !how.linksToo && (await here.isCollision(entry, lane.cases))) return;
      if (entry.kind === 'file' && !how.linksToo && isLinked(here, entry)) return;
      if (entry.kind === 'file') return settleFile(here, entry, how.inline);
      return entry.kind === 'symlink' ? settleSymlink(here, entry) : settleSpecial(here, entry);
    },
    async leave(here) {
      if (isLost(here)) lane.ledger.notice('directory');
      try {
        await (lane.together ? lane.together.leave(here) : settleDirectory(here));
        await doubtDirectory(here);
        here.remembered.flush();
      } catch (error) {
        lane.failed(here.dir.path, error);
      }
    },
    failed: (path, error) => lane.failed(path, error),
    excluded: () => lane.ledger.notice('excluded'),
  };
}

/** Somebody gave names in it, and nobody has walked to it. */
function isNamed({ slice, whole }: Dir): boolean {
  return slice === 0 && !whole;
}

/** A directory that holds nothing is not there, where a place has no directories of its own. */
function isLost({ dir, entry, isEmpty, lane }: Here): boolean {
  return isEmpty && dir.whole && !entry && !lane.setup.dest.makeDirectory;
}

async function doubtDirectory(here: Here): Promise<void> {
  const { dir, entry, lane } = here;
  const isOurs = (dir.whole || dir.alone) && !lane.setup.single;
  if (entry && isOurs && isDoubtful(lane, dir.entry))
    await lane.doubts?.add({ here, entry: dir.entry, present: entry });
}

/** Names that share one file are joined when all are known; where the destination cannot, each is a file. */
function isLinked({ dir, lane }: Here, { linked, path }: FileEntry): boolean {
  const { ledger, setup } = lane;
  if (linked === undefined || !setup.keep.hardlinks) return false;
  if (!setup.dest.makeLink) ledger.notice('hardlink');
  else ledger.out.links.push({ ...linkKeyOf(linked), dir: dir.path, name: splitPath(path).name });
  return setup.dest.makeLink !== undefined;
}
