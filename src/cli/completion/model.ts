import type { Command, Option } from 'commander';
import { wordsOf } from '../usage/called.ts';

/** What a shell needs to know about one verb: the words so far, and what may follow. */
export type Verb = {
  readonly words: string; // '' for the program itself, ' runs show' for a verb of a verb
  readonly verbs: readonly Name[];
  readonly flags: readonly Flag[];
  /** Words that may stand for the operand, the names of files, or ids of runs, which the program tells. */
  readonly operand: readonly string[] | 'file' | 'run' | 'none';
};

/** A verb of a verb; `words` are those its aliases stand for. */
export type Name = { readonly name: string; readonly words: string; readonly summary: string };

export type Flag = {
  readonly names: readonly string[];
  readonly summary: string;
  /** undefined: takes no value. */
  readonly value: readonly string[] | 'file' | 'any' | undefined;
};

const help: Name = { name: 'help', words: ' help', summary: 'show the help of a verb' };

/** Every verb of a program, the program first, read from what parses its command line. */
export function verbsOf(program: Command): Verb[] {
  const [own, ...others] = allOf(program) as [Verb, ...Verb[]];
  return [{ ...own, verbs: [...own.verbs, help] }, ...others, ...[own, ...others].map(helpOf)];
}

/** The verb behind `help`, to which no more is said than the verbs that it has. */
function helpOf({ words, verbs }: Verb): Verb {
  const behind = verbs.map((verb) => ({ ...verb, words: `${help.words}${verb.words}` }));
  return { words: `${help.words}${words}`, verbs: behind, flags: [], operand: 'none' };
}

function allOf(command: Command): Verb[] {
  return [verbOf(command), ...command.commands.flatMap(allOf)];
}

function verbOf(command: Command): Verb {
  return {
    words: spaced(command),
    verbs: command.commands.flatMap(namesOf),
    flags: command.createHelp().visibleOptions(command).map(flagOf),
    operand: operandOf(command),
  };
}

function namesOf(verb: Command): Name[] {
  const names = [verb.name(), ...verb.aliases()];
  return names.map((name) => ({ name, words: spaced(verb), summary: verb.summary() }));
}

function spaced(command: Command): string {
  const words = wordsOf(command);
  return words === '' ? '' : ` ${words}`;
}

function flagOf(option: Option): Flag {
  return {
    names: [option.short, option.long].filter((name) => name !== undefined),
    summary: option.description,
    value: valueKind(option),
  };
}

function valueKind(option: Option): Flag['value'] {
  if (!option.required && !option.optional) return undefined;
  if (option.argChoices) return option.argChoices;
  return /[<[](file|dir)[>\]]/.test(option.flags) ? 'file' : 'any';
}

function operandOf(command: Command): Verb['operand'] {
  const [first] = command.registeredArguments;
  if (!first) return 'none';
  if (first.argChoices) return first.argChoices;
  if (first.name() === 'ID') return 'run';
  return ['SRC', 'LOCATION'].includes(first.name()) ? 'file' : 'none';
}
