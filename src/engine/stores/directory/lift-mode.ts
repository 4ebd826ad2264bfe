/** A directory at the destination that its mode keeps from being changed, though it is ours: made writable for the time. */
import type { RelativePath } from '../../../store/path.ts';
import type { Lane } from '../lane.ts';

/** False where the mode was not in the way, or is not ours to change; `isOther` says it of one that is in nobody's way. */
export async function lift(
  { setup: { dest }, signal }: Lane,
  path: RelativePath,
  isOther: (mode: number) => boolean,
): Promise<boolean> {
  const now = await dest.stat(path, signal);
  if (now?.mode === undefined || !dest.dress) return false;
  if ((now.mode & 0o300) === 0o300) return isOther(now.mode);
  const given = { mode: now.mode | 0o700, owner: undefined, mtimeNs: undefined };
  return dest.dress(path, given, signal).then(
    () => true,
    () => false,
  );
}
