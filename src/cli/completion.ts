import { Argument, type Command } from 'commander';
import { exitCodes } from '../errors.ts';
import { bashScript } from './completion/bash.ts';
import { fishScript } from './completion/fish.ts';
import { type Verb, verbsOf } from './completion/model.ts';
import { zshScript } from './completion/zsh.ts';
import { type Finish, verb } from './verb.ts';
import { oneOf } from './words/values.ts';

const scripts = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
} satisfies Record<string, (verbs: readonly Verb[]) => string>;

type Shell = keyof typeof scripts;
const shells = Object.keys(scripts) as Shell[];

/** Prints a shell's completion script, made from the program itself. */
export function completionVerb(finish: Finish, program: Command): Command {
  const command = verb('completion', {
    summary: 'print the completion script of a shell',
    description:
      'Prints the completion script of a shell, made of the verbs and options of this build: to be put where that ' +
      'shell looks for it.',
    examples: [
      ['completion bash > ~/.local/share/bash-completion/completions/difpipe', 'for bash'],
      ['completion zsh > ~/.zfunc/_difpipe', 'for zsh, with ~/.zfunc in fpath'],
      ['completion fish > ~/.config/fish/completions/difpipe.fish', 'for fish'],
    ],
    exits: [0, 2],
  });
  const shell = new Argument('SHELL', 'bash, zsh or fish').choices(shells).argParser(oneOf('SHELL', shells));
  return command.addArgument(shell).action((name: Shell) => {
    process.stdout.write(scripts[name](verbsOf(program)));
    finish(exitCodes.done);
  });
}
