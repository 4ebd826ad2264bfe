/** What the scripts for bash and zsh have in common: the branches of a `case` over a verb and the word behind it. */
import { inQuotes as quoted } from '../../work/sh.ts';
import type { Flag, Verb } from './model.ts';

/** Finds the verb of a verb. */
export function verbCases({ words, verbs }: Verb): string[] {
  return verbs.map((verb) => `      ${quoted(`${words} ${verb.name}`)}) verb=${quoted(verb.words)} ;;`);
}

/** Offers values behind the flags that take one, by what `offered` says in the shell's words. */
export function valueCases(
  { words, flags }: Verb,
  offered: (value: NonNullable<Flag['value']>) => string,
): string[] {
  return flags.flatMap(({ names, value }) => {
    if (value === undefined) return [];
    const patterns = names.map((name) => quoted(`${words} ${name}`)).join('|');
    return [`    ${patterns}) ${offered(value)}return ;;`];
  });
}
