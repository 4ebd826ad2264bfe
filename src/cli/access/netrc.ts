/** What a .netrc says of a host. Pure. */
export type Login = { readonly user: string; readonly password: string };

/** Of the host itself, else the default; undefined where it names no user for it. */
export function loginIn(text: string, host: string): Login | undefined {
  const entries = [...entriesIn(withoutMacros(text))];
  const found =
    entries.find(({ machine }) => machine.toLowerCase() === host.toLowerCase()) ??
    entries.find(({ machine }) => machine === '');
  return found?.user === undefined ? undefined : { user: found.user, password: found.password ?? '' };
}

type Entry = { machine: string; user?: string; password?: string };

function* entriesIn(text: string): Generator<Entry> {
  const words = wordsIn(text);
  let entry: Entry | undefined;
  for (const word of words) {
    if (word === 'machine' || word === 'default') {
      if (entry) yield entry;
      entry = { machine: word === 'machine' ? next(words) : '' };
    } else if (word === 'login' && entry) entry.user = next(words);
    else if (word === 'password' && entry) entry.password = next(words);
    else if (word === 'account') next(words);
  }
  if (entry) yield entry;
}

function next(words: Iterator<string>): string {
  return (words.next().value as string | undefined) ?? '';
}

/** A word in quotes may hold blanks, and what follows a backslash; a # begins a comment where a word would. */
function* wordsIn(text: string): Generator<string, undefined> {
  const word = /#[^\n]*|"((?:[^"\\]|\\.)*)"|(\S+)/gs;
  for (const [, quoted, plain] of text.matchAll(word)) {
    if (quoted !== undefined) yield quoted.replace(/\\(.)/gs, '$1');
    else if (plain !== undefined) yield plain;
  }
  return undefined;
}

/** A macro ends with an empty line. */
function withoutMacros(text: string): string {
  return text.replace(/^[ \t]*macdef\b[^\n]*\n(?:[^\n]+\n)*\n?/gm, '');
}
