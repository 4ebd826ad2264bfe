/** Lists a tree of any store, without holding more of it than a directory of ordinary size. */
import { TransferError } from './errors.ts';
import type { Listed } from './store/entry.ts';
import type { RelativePath } from './store/path.ts';
import type { Store } from './store/store.ts';

/** A directory of more comes in the order its store gives it. */
const sortedAtMost = 10_000;

type How = { readonly recursive: boolean };

/**
 * What is in a directory, by name, and with `recursive` what is below: each directory right before what it holds.
 * A directory below that cannot be listed comes as Unlisted after its entry.
 */
export async function* ls(store: Store, dir: RelativePath, { recursive }: How, signal: AbortSignal) {
  const open = [byName(store.list(dir, signal))];
  try {
    for (let last = open.at(-1); last; last = open.at(-1)) {
      const { done, value } = await last.next();
      if (done) {
        open.pop();
        continue;
      }
      yield value;
      if (!recursive || value.kind !== 'directory') continue;
      open.push(byName(allOf(store, value.path, signal)));
    }
  } finally {
    for (const listing of open) await listing.return(undefined);
  }
}

/** What is in a directory, and why the rest is not. */
async function* allOf(store: Store, path: RelativePath, signal: AbortSignal): AsyncGenerator<Listed> {
  try {
    yield* store.list(path, signal);
  } catch (error) {
    if (!(error instanceof TransferError)) throw error;
    yield { kind: 'unlisted', path, error };
  }
}

async function* byName(entries: AsyncIterable<Listed>): AsyncGenerator<Listed> {
  let held: Listed[] | undefined = [];
  for await (const entry of entries) {
    if (!held) yield entry;
    else if (held.push(entry) > sortedAtMost) {
      yield* held;
      held = undefined;
    }
  }
  if (held) yield* held.sort((a, b) => Buffer.compare(a.path, b.path));
}
