/** Patterns as ssh writes them: `*` is any text, `?` any one character. */
function matches(name: string, pattern: string): boolean {
  return toRegExp(pattern).test(name);
}

/** Whether a list means this name: one pattern does, and none that begins with `!` does. */
export function matchesList(name: string, patterns: readonly string[]): boolean {
  const negated = patterns.filter((pattern) => pattern.startsWith('!'));
  if (negated.some((pattern) => matches(name, pattern.slice(1)))) return false;
  return patterns.some((pattern) => !pattern.startsWith('!') && matches(name, pattern));
}

function toRegExp(pattern: string): RegExp {
  const parts = pattern.replace(/\*+/g, '*').replace(/[\\^$.|+()[\]{}]/g, '\\$&');
  return new RegExp(`^${parts.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}
