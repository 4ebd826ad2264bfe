import { type Command, Option } from 'commander';
import { TransferError } from '../../errors.ts';
import { absolutePath, currentDirectory } from '../../location/absolute.ts';
import type { Rule } from '../../profile/filter.ts';
import { show } from '../../report/show.ts';
import type { FilesFrom, Selection } from '../../request.ts';
import { reasonOf } from '../../work/posix/errno.ts';
import { readSmall } from '../../work/read-small.ts';
import { bytesOfWord, textOfWord } from '../words/values.ts';

type Asked = { readonly flag: 'include' | 'exclude' | 'filter-from'; readonly word: string };

export type RuleFlags = {
  readonly include?: readonly Asked[];
  readonly exclude?: readonly Asked[];
  readonly filterFrom?: readonly Asked[];
};

export type SelectFlags = RuleFlags & {
  readonly filesFrom?: string;
  readonly filesFrom0?: string;
  readonly reuse?: string;
  readonly oneFileSystem?: boolean;
};

/** The rules that say which entries, in the order of the command line across their three flags. */
export function ruleFlags(command: Command): Command {
  const asked: Asked[] = [];
  const note = (flag: Asked['flag']) => (word: string) => {
    if (word === '') throw new TransferError('usage', `--${flag} is empty`);
    asked.push({ flag, word });
    return asked;
  };
  return command
    .optionsGroup('Which entries:')
    .addOption(new Option('--include <pattern>', 'keep what matches').argParser(note('include')))
    .addOption(new Option('--exclude <pattern>', 'leave out what matches').argParser(note('exclude')))
    .addOption(
      new Option('--filter-from <file>', 'rules from a file: lines of + PATTERN and - PATTERN').argParser(
        note('filter-from'),
      ),
    );
}

/** All flags that say which entries. */
export function selectFlags(command: Command): Command {
  return ruleFlags(command)
    .addOption(
      new Option(
        '--files-from <file>',
        'only the paths in this list, a directory without what is in it; - is standard input',
      ).conflicts(['filesFrom0']),
    )
    .addOption(new Option('--files-from0 <file>', 'the same, each path ended by NUL'))
    .addOption(
      new Option(
        '--reuse <dir>',
        'only what is in the lists that split wrote, which must all be there',
      ).conflicts(['filesFrom', 'filesFrom0']),
    )
    .addOption(new Option('-x, --one-file-system', 'do not enter other file systems'));
}

/** Reads the rule files, as `rulesOf` does. */
export async function selectionOf(flags: SelectFlags): Promise<Selection> {
  return {
    rules: await rulesOf(flags),
    filesFrom: filesFromOf(flags),
    oneFileSystem: flags.oneFileSystem ?? false,
  };
}

/** Throws kind 'usage' for a pattern or a file that is wrong. */
export async function rulesOf(flags: RuleFlags): Promise<Rule[]> {
  const asked = flags.include ?? flags.exclude ?? flags.filterFrom ?? [];
  if (asked.length === 0) return [];
  const { parseFilterFile, parsePattern } = await import('../../profile/filter-file.ts');
  return asked.flatMap(({ flag, word }) => {
    if (flag !== 'filter-from') return parsePattern(flag, textOfWord(word));
    return parseFilterFile(readText(word), show(bytesOfWord(word)));
  });
}

function readText(word: string): string {
  try {
    return readSmall(word === '-' ? 0 : bytesOfWord(word)).toString();
  } catch (cause) {
    const path = show(bytesOfWord(word));
    throw new TransferError('usage', `cannot read ${path}: ${reasonOf(cause)}`, { cause });
  }
}

function filesFromOf({ filesFrom, filesFrom0, reuse }: SelectFlags): FilesFrom | undefined {
  if (reuse !== undefined) return { kind: 'lists', path: fromRoot(reuse) };
  const word = filesFrom ?? filesFrom0;
  if (word === undefined) return undefined;
  const separator = filesFrom === undefined ? 'nul' : 'newline';
  return { kind: 'file', path: word === '-' ? word : fromRoot(word), separator };
}

function fromRoot(word: string): string {
  return Buffer.from(absolutePath(bytesOfWord(word), currentDirectory())).toString('latin1');
}
