import type { Preserve } from '../../../request.ts';
import type { At } from '../../../store/local/place/place.ts';
import * as c from '../../../work/posix/constants.ts';
import * as libc from '../../../work/posix/libc.ts';
import type { Stat } from '../../../work/posix/stat.ts';

/** Whether a file has holes that are to be kept, and a tar would fill. Some file systems need fewer blocks for data. */
export function losesHoles({ dir, name }: At, { size, blocks }: Stat, { sparse }: Preserve): boolean {
  if (!sparse || blocks * 512 >= size) return false;
  const fd = libc.openat(dir, name, c.O_RDONLY | c.O_NOFOLLOW | c.O_NONBLOCK | c.O_CLOEXEC, 0);
  if (fd < 0) return false;
  const end = libc.lseek(fd, 0, c.SEEK_HOLE);
  libc.close(fd);
  return end >= 0 && end < size;
}
