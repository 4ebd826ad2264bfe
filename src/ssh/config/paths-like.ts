/** What an Include may mean, as ssh has it but for classes by name. Node's own takes ten milliseconds to load. */
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** The paths that an absolute pattern means, in order; what cannot be got at is not meant, as with ssh. */
export function pathsLike(pattern: string): string[] {
  const steps = pattern.split('/').filter(Boolean);
  const paths = steps.reduce((found, step) => found.flatMap((path) => below(path, step)), ['/']);
  return paths.filter((path) => existsSync(path)).sort();
}

function below(dir: string, step: string): string[] {
  if (!/[*?[\\]/.test(step)) return [join(dir, step)];
  try {
    const meant = toRegExp(step);
    return readdirSync(dir).flatMap((name) => (meant.test(name) ? [join(dir, name)] : []));
  } catch {
    return []; // what cannot be listed
  }
}

const parts = /\*+|\?|\\(.)|\[(!?)(\][^\]]*|[^\]]+)\]|./gs;

/** A dot at the beginning of a name is only met by one. Throws for a range that ends before it begins. */
function toRegExp(step: string): RegExp {
  const text = step.replace(parts, (part, taken?: string, not?: string, set?: string) => {
    if (set !== undefined) return `[${not ? '^' : ''}${set.replace(/[\\\]^[]/g, '\\$&')}]`;
    if (part === '?') return '.';
    return part.startsWith('*') ? '.*' : (taken ?? part).replace(/[\\^$.|+()[\]{}*?]/g, '\\$&');
  });
  return new RegExp(`^${step.startsWith('.') ? '' : '(?!\\.)'}${text}$`, 's');
}
