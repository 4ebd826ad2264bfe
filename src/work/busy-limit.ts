/**
 * How much this thread has others send it at once: twice as much whenever it had time to wait for them, less when it had
 * none. More would come no sooner, and have left the processor's cache when its turn comes.
 */
export function createBusyLimit(
  { least, most }: { readonly least: number; readonly most: number },
  look: () => Look = lookHere,
): () => number {
  let limit = Math.min(most, 2 * least);
  let before = look();
  return () => {
    const now = look();
    const passedMs = now.atMs - before.atMs;
    if (passedMs < tickMs) return limit;
    const busy = (now.busyMs - before.busyMs) / passedMs;
    before = now;
    if (busy < roomy) limit = Math.min(most, limit * 2);
    else if (busy > full) limit = Math.max(least, limit * shrunk);
    return limit;
  };
}

export type Look = { readonly atMs: number; readonly busyMs: number };

const tickMs = 50;
const [roomy, full] = [0.75, 0.95]; // of the time
const shrunk = 0.75; // slowly, for what is far is missed only a round trip later

/** What its event loop did not wait. */
function lookHere(): Look {
  const { active } = performance.eventLoopUtilization();
  return { atMs: performance.now(), busyMs: active };
}
