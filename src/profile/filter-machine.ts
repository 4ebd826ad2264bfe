import type { Gap, Glob } from './filter-glob.ts';

type Edges = {
  /** match as if a slash stood before the text */
  readonly slashFirst: boolean;
  /** match as if a slash stood after the name of a directory */
  readonly slashAfterDirectory: boolean;
  /** the match may begin after any slash of the text, not only at its start */
  readonly afterAnySlash: boolean;
};

type Matcher = (text: string, isDirectory: boolean) => boolean;

const slash = 0x2f;

/**
 * Runs a pattern over a text in one pass that never goes back. Bit i of the state says that i steps are
 * taken; a byte moves every bit whose step takes it, and a gap keeps its bit where it is. So no text and no
 * pattern can cost more than bytes times steps / 32.
 */
export function machine(glob: Glob, edges: Edges): Matcher {
  const run = glob.steps.length < 32 ? narrow(glob, edges) : wide(glob, edges);
  const last = glob.gaps.at(-1) === 'none' ? glob.steps.at(-1) : undefined;
  if (last === undefined) return run;
  return (text, isDirectory) => last.has(text.charCodeAt(text.length - 1)) && run(text, isDirectory);
}

function narrow({ steps, gaps }: Glob, edges: Edges): Matcher {
  const moves = new Int32Array(256);
  for (const [i, step] of steps.entries()) for (const byte of step) moves[byte]! |= 1 << i;
  const [deep, either] = [bits(gaps, 'deep'), bits(gaps, 'deep', 'star')];
  const restart = edges.afterAnySlash ? 1 : 0;
  const overSlash = (state: number) => ((state & moves[slash]!) << 1) | (state & deep) | restart;
  const start = edges.slashFirst ? overSlash(1) : 1;
  const done = 1 << steps.length;
  return (text, isDirectory) => {
    let state = start;
    for (let i = 0; i < text.length; i++) {
      const byte = text.charCodeAt(i);
      if (byte === slash) state = overSlash(state);
      else state = ((state & moves[byte]!) << 1) | (state & either);
      if (state === 0 && restart === 0) return false;
    }
    if (isDirectory && edges.slashAfterDirectory) state = overSlash(state);
    return (state & done) !== 0;
  };
}

/** The same over as many words as the steps need; the highest bit of a word moves into the next. */
function wide({ steps, gaps }: Glob, edges: Edges): Matcher {
  const words = (steps.length >> 5) + 1;
  const moves = new Int32Array(256 * words);
  const [deep, either] = [wideBits(gaps, 'deep'), wideBits(gaps, 'deep', 'star')];
  for (const [i, step] of steps.entries()) {
    for (const byte of step) moves[byte * words + (i >> 5)]! |= 1 << (i & 31);
  }
  const state = new Int32Array(words);
  const take = (byte: number) => {
    const stays = byte === slash ? deep : either;
    let carried = byte === slash && edges.afterAnySlash ? 1 : 0;
    for (let word = 0; word < words; word++) {
      const moved = state[word]! & moves[byte * words + word]!;
      state[word] = (moved << 1) | carried | (state[word]! & stays[word]!);
      carried = moved >>> 31;
    }
  };
  return (text, isDirectory) => {
    state.fill(0);
    state[0] = 1;
    if (edges.slashFirst) take(slash);
    for (let i = 0; i < text.length; i++) take(text.charCodeAt(i));
    if (isDirectory && edges.slashAfterDirectory) take(slash);
    return ((state[words - 1]! >>> (steps.length & 31)) & 1) === 1;
  };
}

function bits(gaps: readonly Gap[], ...kinds: readonly Gap[]): number {
  return gaps.reduce((sum, gap, i) => (kinds.includes(gap) ? sum | (1 << i) : sum), 0);
}

function wideBits(gaps: readonly Gap[], ...kinds: readonly Gap[]): Int32Array {
  const words = new Int32Array((gaps.length >> 5) + 1);
  for (const [i, gap] of gaps.entries()) if (kinds.includes(gap)) words[i >> 5]! |= 1 << (i & 31);
  return words;
}
