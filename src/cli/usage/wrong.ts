import type { Command, CommanderError } from 'commander';
import { TransferError } from '../../errors.ts';
import { withoutSecret } from '../../location/secret.ts';
import { inWords } from '../../report/in-words.ts';
import { nearest } from '../../report/nearest.ts';
import { textOfWord } from '../words/values.ts';
import { operandText, wordsOf } from './called.ts';
import { peerHint, peerVerb } from './peers.ts';

/** What commander found wrong, as a sentence that says what was expected and the nearest right word. */
export function wrongUse(error: CommanderError, command: Command): Error {
  if (error.exitCode === 0) return error; // help was shown
  switch (error.code) {
    case 'commander.unknownOption':
      return unknownFlag(quoted(error), command);
    case 'commander.optionMissingArgument':
      return usage(`${flagName(quoted(error))} of ${wordsOf(command)} needs a value`, quoted(error));
    case 'commander.missingMandatoryOptionValue':
      return usage(`${wordsOf(command)} needs ${quoted(error)}`);
    case 'commander.missingArgument':
    case 'commander.excessArguments':
      return wrongOperands(command);
    case 'commander.unknownCommand':
      return unknownVerb(command, command.args[0]);
    case 'commander.conflictingOption':
      return usage(
        error.message
          .replace(/^error: option /, '')
          .replace(' option ', ' ')
          .replaceAll("'", '')
          .replaceAll(/-\w, --/g, '--'),
      );
    default: // no verb, or help about one that does not exist
      if (command.args[1] !== undefined) return unknownVerb(command, command.args[1]);
      return usage('a verb is missing', `expected ${inWords(verbsOf(command), 'or')}`);
  }
}

/** Throws where help is asked of a verb that does not exist. */
export function refuseHelpOfNone(command: Command): void {
  const [word = '-'] = command.args;
  const isHelp = command.parent === null && word === 'help';
  if (command.commands.length > 0 && !word.startsWith('-') && !isHelp) throw unknownVerb(command, word);
}

/** Throws where a flag names a file or a directory by nothing, as an empty variable of a script does. */
export function refuseEmptyNames(command: Command): void {
  for (const option of command.options) {
    const what = /<(file|dir)>$/.exec(option.flags)?.[1];
    if (!what || command.getOptionValue(option.attributeName()) !== '') continue;
    throw usage(`${option.long} is empty`, `name a ${what === 'dir' ? 'directory' : what}`);
  }
}

function unknownFlag(typed: string, command: Command): TransferError {
  const flag = textOfWord(typed).replace(/=.*$/s, '');
  const words = wordsOf(command);
  if (words === '') return usage(`unknown option ${flag} before the verb`, 'options come after the verb');
  const known = command.options.flatMap((option) => option.long ?? []);
  if (known.includes(flag)) return usage(`${flag} of ${words} takes no value`);
  const hint = peerHint(flag, known) ?? nearest(flag, known) ?? `difpipe ${words} --help lists them`;
  return usage(`unknown option ${flag} for ${words}`, hint);
}

function wrongOperands(command: Command): TransferError {
  if (command.commands.length > 0) return unknownVerb(command, command.args[0]);
  const digit = command.args.find((word) => /^-\d/.test(word)); // commander takes it for a number
  if (digit !== undefined) return unknownFlag(digit, command);
  const expected = command.registeredArguments.map(operandText).join(' ') || 'nothing';
  const count = command.args.length;
  const got = count === 0 ? 'nothing' : `${count} ${count === 1 ? 'word' : 'words'}`;
  return usage(`${wordsOf(command)} expects ${expected}, and was given ${got}`);
}

function unknownVerb(command: Command, word = ''): TransferError {
  const typed = withoutSecret(textOfWord(word));
  const verbs = verbsOf(command);
  const parent = wordsOf(command);
  const place = parent === '' && /[/:.]/.test(typed);
  const close = place
    ? 'did you mean difpipe transfer SRC DEST?'
    : (peerVerb(typed, parent) ?? nearest(typed, verbs, (word) => `${parent} ${word}`.trim()));
  const hint = close ?? `expected ${inWords(verbs, 'or')}`;
  return usage(`unknown verb ${typed}${parent ? ` for ${parent}` : ''}`, hint);
}

function verbsOf(command: Command): string[] {
  return command.commands.map((verb) => verb.name());
}

function flagName(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags;
}

/** What stands between the quotes of commander's message: a flag, as typed or as declared. */
function quoted(error: CommanderError): string {
  return /'(.*)'/s.exec(error.message.replace(/\n\(Did you mean .*\)$/s, ''))?.[1] ?? '';
}

function usage(message: string, hint?: string): TransferError {
  return new TransferError('usage', message, hint === undefined ? {} : { hint });
}
