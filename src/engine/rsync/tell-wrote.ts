import { splitPath } from '../../store/path.ts';
import type { Part } from './part/part.ts';
import type { RsyncSetup } from './setup.ts';

/** Tells a far destination where rsync changed something of a Part, perhaps: a sync there looks at no other disks. */
export function tellWrote({ to }: Pick<RsyncSetup, 'to'>, { entries }: Part): void {
  if (to.kind !== 'far') return;
  for (const { kind, path } of entries.values())
    to.shell.wrote?.(kind === 'directory' ? path : splitPath(path).dir);
}
