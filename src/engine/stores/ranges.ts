/** In which ranges large files go between two Stores. */
import { inOne, type RangesOf } from '../../conduct/bigs/ranges.ts';
import type { Parts } from '../../store/parts.ts';
import type { StoresSetup } from './setup.ts';

/** Each range that goes straight from host to host starts some programs there. */
const straightBytes = 8 * 1024 * 1024;

/** As much goes at once as long as much is left. */
const manySteps = 8 * 1024 * 1024;

/** Where the destination takes none, a file is one. */
export function rangesOf(setup: StoresSetup): RangesOf {
  const { dest, direct } = setup;
  const { parts } = dest;
  if (!parts) return () => inOne;
  const own = parts.rangeBytes ?? (() => setup.rangeBytes);
  const step = stepOf(setup);
  const least = direct ? straightBytes : 0;
  return (fileBytes) => {
    const rangeBytes = Math.max(own(fileBytes), least);
    if (!step) return { rangeBytes, mostBytes: 0 };
    return { rangeBytes: rangeBytes < fileBytes ? step(fileBytes) : rangeBytes, mostBytes: manySteps };
  };
}

/** How short ranges may become at the end of a file; undefined: all are as long. */
function stepOf({ source, dest: { parts }, direct }: StoresSetup): Parts['stepBytes'] {
  if (direct || !parts) return undefined;
  return parts.rangeBytes ? parts.stepBytes : source.stepBytes;
}
