/** With which modes files and directories are made here. */
import * as c from '../../../work/posix/constants.ts';
import type { Stat } from '../../../work/posix/stat.ts';
import type { Holder, KeepHow } from '../probe/holder.ts';

/** What a directory is made with, that is to be filled: the source's rights, or of a mode that is not kept what the umask leaves. */
export function directoryMode({ mode }: Stat, { keep, holder }: KeepHow): number {
  return (mode & 0o777 & ~(keep.mode ? 0 : holder.umask)) | 0o700;
}

/** The final mode where nothing has to change afterwards; private until then where it has. `old` is what it replaces. */
export function startMode(source: Stat, old: Stat | undefined, { keep, holder }: KeepHow): number {
  if (!keep.mode) return looseMode(source, old, holder);
  const ours = !keep.owner || (source.uid === holder.uid && source.gid === holder.gid);
  return ours ? source.mode & 0o777 : 0o600;
}

/** Of a file whose mode is not kept: that of the file whose place it takes, else what the umask leaves. */
export function looseMode({ mode }: Stat, old: Stat | undefined, { umask }: Pick<Holder, 'umask'>): number {
  return old?.type === c.S_IFREG ? old.mode & 0o777 : mode & 0o777 & ~umask;
}
