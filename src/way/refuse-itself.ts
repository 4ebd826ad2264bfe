/**
 * A host may be this machine, and two hosts one, by names and keys that do not tell: then the kernel is the same, and
 * calls a directory the same, whatever the way to it.
 */
import { statSync } from 'node:fs';
import { bootId } from '../journal/holder.ts';
import { nobody } from '../store/shell.ts';
import { directoryOf } from '../work/posix/path.ts';
import type { End } from './end.ts';
import { inItself, same } from './local-ends.ts';

/** Throws 'refused' where a tree would go into itself, or a file over itself, as far as both ends tell where they are. */
export function refuseItself(source: End, dest: End, shown: (end: End) => string): void {
  const boot = bootOf(source);
  if (boot === undefined || boot !== bootOf(dest)) return;
  const [from = nobody] = lineageOf(source);
  const at = lineageOf(dest).indexOf(from);
  if (from === nobody || at < 0) return;
  if (source.name === undefined) throw at === 0 ? same(shown(source)) : inItself(shown(dest), shown(source));
  if (at === 0 && dest.name && Buffer.compare(source.name, dest.name) === 0) throw same(shown(source));
}

function bootOf({ kind, store }: End): string | undefined {
  return kind === 'local' ? bootId() : store.shell?.bootId;
}

function lineageOf({ kind, dir, store }: End): readonly string[] {
  return kind === 'local' ? lineageHere(dir) : (store.shell?.lineage ?? []);
}

function lineageHere(dir: Uint8Array): readonly string[] {
  const lineage = [idOf(dir)];
  for (let at = dir; at.length > 1; ) {
    at = directoryOf(at);
    lineage.push(idOf(at));
  }
  return lineage;
}

function idOf(dir: Uint8Array): string {
  try {
    const { dev, ino } = statSync(Buffer.from(dir), { bigint: true });
    return `${dev}:${ino}`;
  } catch {
    return nobody; // not there, or nobody may look: what has to be there is looked at elsewhere
  }
}
