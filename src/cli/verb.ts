import { Command } from 'commander';
import { operandText } from './usage/called.ts';
import { exitText } from './usage/exits.ts';
import { refuseHelpOfNone, wrongUse } from './usage/wrong.ts';

/** Called once with the exit code when a verb has done its work. */
export type Finish = (exitCode: number) => void;

type About = {
  /** beside others, in a few words */
  readonly summary: string;
  /** in its own help, in sentences */
  readonly description: string;
  /** Command lines without the program's name, and what each does. */
  readonly examples: readonly (readonly [line: string, does: string])[];
  readonly exits: readonly number[];
};

/** A verb whose help ends with examples and exit codes, and whose wrong use is one sentence of kind 'usage'. */
export function verb(name: string, { summary, description, examples, exits }: About): Command {
  const command = new Command(name);
  return command
    .summary(summary)
    .description(description)
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .commandsGroup('Verbs:')
    .configureHelp({ helpWidth: helpWidth(), minWidthToWrap: 20, subcommandTerm: termOf })
    .configureOutput({ writeErr: () => {}, outputError: () => {} })
    .exitOverride((error) => {
      throw wrongUse(error, command);
    })
    .on('beforeHelp', () => refuseHelpOfNone(command))
    .addHelpText('after', `\nExamples:\n${exampleText(examples)}\n\nExit codes:\n${exitText(exits)}`);
}

/** As wide as the terminal, but no wider than is good to read; in a pipe what fits the narrowest usual one. */
function helpWidth(): number {
  return Math.min(process.stdout.columns ?? 80, 100);
}

function termOf(command: Command): string {
  const operands = command.registeredArguments.map((operand) => ` ${operandText(operand)}`);
  return `${command.name()}${operands.join('')}`;
}

function exampleText(examples: About['examples']): string {
  const lines = examples.map(([line, does]) => `  # ${does}\n  difpipe ${line}`);
  return lines.join('\n');
}
