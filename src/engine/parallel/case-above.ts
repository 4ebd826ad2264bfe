import { CaseGuard } from '../../conduct/faults/case-guard.ts';
import { Target } from '../../store/local/place/target.ts';
import * as c from '../../work/posix/constants.ts';
import * as libc from '../../work/posix/libc.ts';
import { openUnder } from '../../work/posix/open-under.ts';

const slash = 0x2f;

/** What a directory, or one above it, is called at a destination that takes its name for that; undefined: as it should be. */
export function caseAbove(root: number, path: Uint8Array): string | undefined {
  for (let start = 0; start < path.length; ) {
    const next = path.indexOf(slash, start);
    const end = next < 0 ? path.length : next;
    const fd = openUnder(root, path.subarray(0, Math.max(0, start - 1)), c.O_RDONLY | c.O_DIRECTORY);
    if (fd < 0) return undefined; // somebody took it away, which is said of what is in it
    const other = new CaseGuard(new Target(fd).names()).collides(path.subarray(start, end));
    libc.close(fd);
    if (other !== undefined) return other;
    start = end + 1;
  }
  return undefined;
}
