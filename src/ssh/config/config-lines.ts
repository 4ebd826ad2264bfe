/** The text of an ssh_config as lines of a keyword, in small letters, and its arguments. */
export type ConfigLine = { readonly keyword: string; readonly args: readonly string[] };

/** What is commented out or empty is left out; nothing is rejected: ssh itself says what it cannot read. */
export function configLines(text: string): readonly ConfigLine[] {
  return text.split(/\r?\n/).flatMap((line) => {
    const [, keyword, rest] = /^\s*([^\s=#"]+)(?:\s*=\s*|\s+)(.*?)\s*$/s.exec(line) ?? [];
    if (keyword === undefined || rest === undefined) return [];
    return [{ keyword: keyword.toLowerCase(), args: argumentsOf(keyword.toLowerCase(), rest) }];
  });
}

/** A command is the rest of its line, with its own quotes. */
function argumentsOf(keyword: string, rest: string): readonly string[] {
  if (keyword === 'proxycommand') return [rest];
  const words = rest.match(/#.*|(?:\\.|"(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'|[^\s"'\\]|\\$)+/gs) ?? [];
  const comment = words.findIndex((word) => word.startsWith('#'));
  return (comment === -1 ? words : words.slice(0, comment)).map(unquote);
}

function unquote(word: string): string {
  return word.replace(
    /"((?:\\.|[^"\\])*)"|'((?:\\.|[^'\\])*)'|\\(["'\\ ])/gs,
    (_, double?: string, single?: string, escaped?: string) =>
      escaped ?? (double ?? single ?? '').replace(/\\(["'\\])/g, '$1'),
  );
}
