import { inQuotes } from '../work/sh.ts';
import { isPlain, show } from './show.ts';

/** A command of this program as a person types it; the state directory where they had to name it. */
export function typed(words: string, stateDir: string | undefined): string {
  return `difpipe ${words}${stateDir === undefined ? '' : ` --state-dir ${quoted(stateDir)}`}`;
}

/** As a shell takes it back, and a terminal bears it. */
export function quoted(word: string): string {
  if (!isPlain(word)) return show(Buffer.from(word));
  return /^[\w@%+=:,./-]+$/.test(word) ? word : inQuotes(word);
}
