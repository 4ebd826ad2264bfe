import { TransferError } from '../errors.ts';
import type { Rule } from './filter.ts';

type Action = 'include' | 'exclude';

const actions: Readonly<Record<string, Action>> = {
  '+': 'include',
  include: 'include',
  '-': 'exclude',
  exclude: 'exclude',
};

const line =
  /^(?:(include|exclude|merge|dir-merge|hide|show|protect|risk)(?=[ _,]|$)|([-+.:HSPR])),?([^ _]*)[ _]?(.*)$/s;

/**
 * The rules of a file, as rsync's `--filter='merge FILE'` reads it: `+ pattern`, `- pattern`, `include`,
 * `exclude`, and `!` or `clear`, which also forgets what the command line gave before the file. Empty lines
 * and lines that begin with `#` or `;` are passed over; spaces at the end belong to the pattern.
 * Throws `usage`, naming file and line, for anything else: a bare pattern, a modifier, a rule about
 * deletion, a file to merge.
 */
export function parseFilterFile(text: string, name: string): Rule[] {
  const rules: Rule[] = [];
  for (const [i, content] of text.split(/\r\n|\r|\n/).entries()) {
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue;
    rules.push(parseLine(content, `${name} line ${i + 1}`));
  }
  return rules;
}

/**
 * The rule that `--include PATTERN` or `--exclude PATTERN` asks for. As with rsync, `+ ` or `- ` in front of
 * the pattern overrules the flag, and `!` alone forgets the rules before it. Throws `usage`.
 */
export function parsePattern(action: Action, text: string): Rule {
  if (text === '!') return { action: 'clear', pattern: '' };
  const overruled = /^([-+]) (.*)$/s.exec(text);
  if (overruled) return ruleOf(actions[overruled[1]!]!, overruled[2]!, `--${action}`);
  return ruleOf(action, text, `--${action}`);
}

function parseLine(content: string, where: string): Rule {
  if (/^(!|clear),?$/.test(content)) return { action: 'clear', pattern: '' };
  const [, word, sign, modifiers, pattern] =
    line.exec(content) ?? fail(where, 'it does not begin with + or -');
  const action = actions[word ?? sign!];
  if (action === undefined) fail(where, `'${word ?? sign}' rules are not supported`);
  if (modifiers !== '') fail(where, `the modifier ${JSON.stringify(modifiers)} is not supported`);
  return ruleOf(action, pattern!, where);
}

function ruleOf(action: Action, pattern: string, where: string): Rule {
  if (pattern === '') fail(where, 'the pattern is missing');
  if (pattern.includes('\ufffd')) fail(where, 'it is not UTF-8', "write '?' for each byte that is not");
  return { action, pattern };
}

function fail(
  where: string,
  why: string,
  hint = "write '- PATTERN' to exclude, '+ PATTERN' to include",
): never {
  throw new TransferError('usage', `cannot use ${where}: ${why}`, { hint });
}
