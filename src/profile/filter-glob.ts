import { bracket } from './filter-bracket.ts';

/** What may come, any number of times, before a step or at the end: nothing, bytes but slashes, any bytes. */
export type Gap = 'none' | 'star' | 'deep';

/** A wildcard pattern as steps that take one byte each; `gaps` has one more, for the end. */
export type Glob = { readonly steps: readonly ReadonlySet<number>[]; readonly gaps: readonly Gap[] };

const slash = 0x2f;
const notSlash: ReadonlySet<number> = new Set(
  Array.from({ length: 256 }, (_, i) => i).filter((i) => i !== slash),
);

/** Reads a pattern with wildcards, as bytes in latin1; undefined when it can match nothing. */
export function glob(text: string): Glob | undefined {
  const steps: ReadonlySet<number>[] = [];
  const gaps: Gap[] = ['none'];
  for (let at = 0; at < text.length; ) {
    if (text[at] === '*') {
      const stars = /^\*+/.exec(text.slice(at))![0].length;
      gaps[steps.length] = stars > 1 ? 'deep' : 'star';
      at += stars;
      continue;
    }
    const step = readStep(text, at);
    if (step === undefined) return undefined;
    steps.push(step.takes);
    gaps.push('none');
    at = step.next;
  }
  return { steps, gaps };
}

type Step = { readonly takes: ReadonlySet<number>; readonly next: number };

function readStep(text: string, at: number): Step | undefined {
  if (text[at] === '?') return { takes: notSlash, next: at + 1 };
  if (text[at] === '[') return bracket(text, at + 1);
  const byte = text[at] === '\\' ? at + 1 : at;
  if (byte === text.length) return undefined;
  return { takes: new Set([text.charCodeAt(byte)]), next: byte + 1 };
}
