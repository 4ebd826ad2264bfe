import { setImmediate as turn } from 'node:timers/promises';
import { type Command, CommanderError } from 'commander';
import { exitCodes, TransferError } from '../errors.ts';
import { jsonLine } from '../report/json.ts';
import { printable } from '../report/show.ts';
import { reasonOf } from '../work/posix/errno.ts';
import { buildProgram } from './program.ts';
import { explain, sayExplained } from './voice/reason.ts';
import { brokenPipe } from './voice/signals.ts';
import { readWords } from './words/argv.ts';

/** Does what the command line asks, and returns the exit code. Every error has been said. */
export async function run(): Promise<number> {
  const lost = watchOutput();
  const exitCode = await runVerb();
  await turn(); // write errors arrive a turn late
  const error = lost();
  if (error === undefined) return exitCode;
  const code = crash(new TransferError('io', `cannot write results: ${reasonOf(error)}`, { cause: error }));
  return exitCode === exitCodes.done || exitCode === brokenPipe ? code : exitCode;
}

/** Says what went wrong in one line, and returns the exit code. */
export function crash(error: unknown): number {
  const explained = explain(error);
  sayExplained(explained, error, (line) => void process.stderr.write(`${printable(line)}\n`));
  return explained.exitCode;
}

async function runVerb(): Promise<number> {
  const words = readWords();
  let exitCode: number = exitCodes.done; // help and version call no verb
  const program = buildProgram((code) => {
    exitCode = code;
  });
  try {
    await program.parseAsync(helpLast(words, program), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode;
    if (asksForJson(words)) process.stdout.write(`${jsonLine('error', explain(error))}\n`);
    return crash(error);
  }
}

/**
 * `help runs resume` is `runs resume --help`, since commander looks at the first of the two words alone, and says which is no
 * verb; help of help itself is that of the program.
 */
function helpLast(words: readonly string[], { commands }: Command): readonly string[] {
  const [help, verb = '', ...rest] = words;
  if (help !== 'help') return words;
  if (['help', '-h', '--help'].includes(verb)) return ['--help'];
  const hasVerbs = commands.some((known) => known.name() === verb && known.commands.length > 0);
  return hasVerbs ? [verb, ...rest, '--help'] : words;
}

/** Also where the words make no sense otherwise. */
function asksForJson(words: readonly string[]): boolean {
  const end = words.indexOf('--');
  return words.slice(0, end < 0 ? undefined : end).includes('--json');
}

/** From now on a write error is not thrown but kept; a reader that went away is none. */
function watchOutput(): () => Error | undefined {
  let lost: Error | undefined;
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') lost ??= error;
  });
  process.stderr.on('error', () => undefined); // nowhere is left to say it
  return () => lost;
}
