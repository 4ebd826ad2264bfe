/** What a shell beside SFTP adds to a store, or does better. */
import type { SshHost } from '../../../ssh/host.ts';
import type { RelativePath } from '../../path.ts';
import type { Shell } from '../../shell.ts';
import type { Store } from '../../store.ts';
import { FindAhead, listAhead } from '../find/find-ahead.ts';
import { createFindList } from '../find/find-list.ts';
import { createFindMore } from '../find/find-more.ts';
import { makingBare } from '../inherited.ts';
import { createDigests } from './digests.ts';
import { FineTimes, givingTimes } from './fine-times.ts';
import { foldsCase } from './folds.ts';
import { stillThere } from './still.ts';
import { syncing } from './syncing.ts';
import type { ShellDoes } from './what-shell.ts';
import type { Written } from './written.ts';

type Beside = {
  readonly host: SshHost;
  readonly does: ShellDoes;
  /** where the place is, as the shell has it */
  readonly root: Uint8Array;
  readonly written: Written;
};

type How = {
  readonly makes: boolean;
  readonly makesBare: boolean;
  /** whether all of it is going to be listed, once that is known: a directory was there */
  readonly lists: () => Promise<boolean>;
};

/** `store` is what SFTP does there. */
export async function besideOf(
  { host, does, root, written }: Beside,
  store: Store,
  { makes, makesBare, lists }: How,
  signal: AbortSignal,
): Promise<Partial<Store>> {
  const { bootId, lineage, clock } = does;
  const times = new FineTimes();
  const widen = () => void host.widen();
  const wrote = (dir: RelativePath) => written.add(dir);
  const still = stillThere({ run: host.run, root, lineage });
  const told = { bootId, lineage, ...(clock && { clock }), ...still };
  const shell = { run: host.run, root, peer: host, widen, wrote, ...told };
  const folds = makes && does.mayFold && (await foldsCase(shell, signal));
  const ahead = does.finds ? new FindAhead(shell) : undefined;
  if (does.isOpen && (await lists())) ahead?.startEarly(signal);
  return {
    ...(ahead && finding(shell, ahead, store)),
    ...(makesBare && does.hasAcl && makingBare(shell, store)),
    foldsCase: folds,
    isOpen: does.isOpen,
    hasAcl: does.hasAcl,
    digest: createDigests(shell, host.name),
    shell,
    timeLater: (dir, mtimeNs) => times.add(dir, mtimeNs),
    sync: syncing(shell, host.name, { written, times }),
    seal: givingTimes(shell, times),
  };
}

/** What a find there tells. */
function finding(
  shell: Shell,
  ahead: FindAhead,
  { stat, list }: Pick<Store, 'stat' | 'list'>,
): Partial<Store> {
  return {
    list: listAhead(ahead, createFindList(shell, list)),
    // Of the place itself a list may tell more or not yet: what is done with it would depend on that.
    stat: async (path, signal) => (path.length > 0 ? ahead.known(path) : undefined) ?? stat(path, signal),
    listNow: (path) => ahead.now(path),
    rows: (path) => ahead.take(path),
    listAhead: (how, signal) => ahead.start(how, signal),
    ...createFindMore(shell),
  };
}
