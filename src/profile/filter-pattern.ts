import { glob } from './filter-glob.ts';
import { machine } from './filter-machine.ts';

/**
 * One pattern, made ready. `name` and `path` are equal to the last component or the whole path; `wild` is
 * asked; `never` matches nothing, like a pattern with an unfinished `[`.
 */
export type Pattern =
  | { readonly kind: 'name' | 'path'; readonly text: string; readonly directoryOnly: boolean }
  | {
      readonly kind: 'wild';
      readonly nameOnly: boolean;
      readonly directoryOnly: boolean;
      readonly matches: (text: string, isDirectory: boolean) => boolean;
    }
  | { readonly kind: 'never' };

/**
 * Compiles a pattern by rsync's rules. A slash at the end asks for directories. A slash at the start ties the
 * pattern to the root; any other slash, or `**` anywhere, makes it match the path or its last components;
 * without these only the last component counts. Whether there are wildcards, slashes and `**` is judged on
 * the text alone, also where they stand escaped or inside brackets, as rsync does.
 */
export function compilePattern(typed: string): Pattern {
  const bytes = Buffer.from(typed).toString('latin1');
  const directoryOnly = bytes.endsWith('/');
  const text = directoryOnly ? bytes.slice(0, -1) : bytes;
  return /[*?[]/.test(text) ? wildPattern(text, directoryOnly) : plainPattern(text, directoryOnly);
}

function plainPattern(text: string, directoryOnly: boolean): Pattern {
  if (text.startsWith('/')) return { kind: 'path', text: text.slice(1), directoryOnly };
  if (!text.includes('/')) return { kind: 'name', text, directoryOnly };
  const below = `/${text}`;
  const matches = (path: string) => path === text || path.endsWith(below);
  return { kind: 'wild', nameOnly: false, directoryOnly, matches };
}

function wildPattern(text: string, directoryOnly: boolean): Pattern {
  const anchored = text.startsWith('/');
  const deep = text.includes('**');
  const steps = glob(anchored ? text.slice(1) : text);
  if (steps === undefined || (!anchored && !deep && slashesLost(text, steps))) return { kind: 'never' };
  const matches = machine(steps, {
    slashFirst: text.startsWith('**'), // so that `**/x` finds an x at the root
    slashAfterDirectory: text.endsWith('***'), // so that `x/***` finds x itself
    afterAnySlash: !anchored,
  });
  return { kind: 'wild', nameOnly: !deep && !text.includes('/'), directoryOnly, matches };
}

/** rsync looks at as many last components as the text has slashes, but a slash in brackets matches none. */
function slashesLost(text: string, { steps }: { readonly steps: readonly ReadonlySet<number>[] }): boolean {
  return text.split('/').length - 1 > steps.filter((step) => step.has(0x2f)).length;
}
