import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { isKind, TransferError } from '../../errors.ts';
import { homeOfUser } from '../surroundings/user.ts';
import { textOfWord } from '../words/values.ts';

export type StateFlags = { readonly stateDir?: string };

export function stateFlags(command: Command): Command {
  return command.addOption(
    new Option('--state-dir <dir>', 'where runs are remembered (also DIFPIPE_STATE_DIR)'),
  );
}

/** Where runs are remembered: --state-dir, else DIFPIPE_STATE_DIR, else the place that XDG gives to state. */
export function stateDirOf(flag: string | undefined): string {
  const { DIFPIPE_STATE_DIR: own, XDG_STATE_HOME: state } = process.env;
  if (flag !== undefined) return checked(textOfWord(flag), '--state-dir');
  if (own) return checked(own, 'DIFPIPE_STATE_DIR');
  if (state?.startsWith('/')) return checked(`${state}/difpipe`, 'XDG_STATE_HOME');
  return checked(`${homeOfUser('set HOME, or give --state-dir')}/.local/state/difpipe`, 'HOME');
}

/** The same for who needs none; undefined where nobody can say where it is. */
export function stateDirKnown(flag: string | undefined): string | undefined {
  try {
    return stateDirOf(flag);
  } catch (error) {
    if (isKind(error, 'usage')) return undefined;
    throw error;
  }
}

/** And whether a flag named it: what is printed to go on has to name it, too. */
export function stateDirs(flag: string | undefined) {
  const stateDir = stateDirOf(flag);
  return { stateDir, namedStateDir: flag === undefined ? undefined : stateDir };
}

function checked(dir: string, from: string): string {
  if (!dir.includes('\ufffd')) return resolve(dir);
  throw new TransferError('usage', `${from} is not valid UTF-8`, {
    hint: 'name a directory for the state of runs',
  });
}
