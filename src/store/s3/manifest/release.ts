/** What is done before an object goes, or becomes another one, to which other names lead. */
import { pathKey } from '../../../work/posix/path.ts';
import { createTurns } from '../../../work/turns.ts';
import type { RelativePath } from '../../path.ts';
import type { KeptAt } from './line.ts';
import type { Looking } from './looking.ts';
import { fileAt, followed, type Link } from './names.ts';

/** What has to be waited for before one of several names is changed. */
export type Release = {
  /** Nobody is about to put the file under this name. */
  readonly settled: (path: RelativePath) => Promise<void>;
  /** Before an object goes or becomes another: one of its other names gets a copy, to which the rest lead. */
  readonly other: (path: RelativePath, signal: AbortSignal) => Promise<void>;
};

export type Writing = Looking & { readonly release: Release };

type Among = Omit<Looking, 'isAsked'>;

export function releasing(among: Among): Release {
  const { records } = among;
  const turns = createTurns(1);
  let claimed: { readonly key: string; readonly done: Promise<void> } | undefined;
  const claim = async (path: RelativePath, { path: name, kept }: KeptAt, signal: AbortSignal) => {
    const done = Promise.withResolvers<void>();
    claimed = { key: pathKey(name), done: done.promise };
    try {
      return kept.kind === 'link' && (await give(among, { path, name, link: kept }, signal));
    } finally {
      claimed = undefined;
      done.resolve();
    }
  };
  return {
    async settled(path) {
      if (claimed?.key === pathKey(path)) await claimed.done;
    },
    async other(path, signal) {
      if (!records.isNamed(path)) return;
      using _ = await turns(signal);
      for (let one = records.lastNameOf(path); one; one = records.lastNameOf(path))
        if (await claim(path, one, signal)) return;
    },
  };
}

/** A copy of the object at `path`, to which the names lead then. False where the name is that of another object. */
async function give(
  { s3, inner, records }: Among,
  { path, name, link }: { readonly path: RelativePath; readonly name: RelativePath; readonly link: Link },
  signal: AbortSignal,
): Promise<boolean> {
  const file = await followed(s3, path, link, signal);
  if (!file) return true; // it led nowhere before
  if (await fileAt(s3, name, signal)) {
    await records.drop(name);
    return false;
  }
  const { mode, owner, mtimeNs } = file;
  const how = {
    metadata: { mode, owner, mtimeNs },
    replaces: undefined,
    partial: Buffer.from('.difpipe-name'),
    durable: true,
  };
  await inner.write(name, inner.read(file), how, signal);
  const of = records.find(path);
  await records.lead(path, { ...link, to: name });
  if (of?.attributes) await records.keep(name, { kind: 'object', attributes: of.attributes });
  return true;
}
