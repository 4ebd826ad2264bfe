import type { RunSetup } from '../../conduct/setup.ts';
import type { Shell } from '../../store/shell.ts';
import type { Store } from '../../store/store.ts';
import type { Tools } from './program/tools.ts';

/** Where rsync reads or writes: a directory of this machine, or one where a shell is. */
export type End =
  | { readonly kind: 'here'; readonly dir: Uint8Array }
  | { readonly kind: 'far'; readonly shell: Shell };

/** For lanes that run rsync. At most one end is far. */
export type RsyncSetup = RunSetup & {
  readonly source: Store;
  readonly dest: Store;
  readonly from: End;
  readonly to: End;
  readonly tools: Tools;
  /** where programs are looked for */
  readonly searchPath: string;
  /** what else rsync is told, checked before */
  readonly options: readonly string[];
  /** a name of ours at the destination, the same for all runs of the route: what is not whole yet is in there */
  readonly room: string;
};

/** Whether only what changed in a file is sent: over a line, and where nobody wants it otherwise. */
export function sendsChanges(setup: Pick<RsyncSetup, 'from' | 'to' | 'options'>): boolean {
  const asked = setup.options.findLast((option) => /^--(no-)?whole-file$/.test(option));
  return isFar(setup) && asked !== '--whole-file';
}

/** Whether a line is between the ends. */
export function isFar({ from, to }: Pick<RsyncSetup, 'from' | 'to'>): boolean {
  return from.kind === 'far' || to.kind === 'far';
}
