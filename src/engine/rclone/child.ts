/**
 * One `rclone copy` of a list of files. Where it goes from and to is in its environment, the names on its standard
 * input: its command line holds words of ours alone.
 */
import { createInterface } from 'node:readline';
import { TransferError } from '../../errors.ts';
import { leashed } from '../../work/leashed.ts';
import { readCopied } from './copied.ts';

export type Errand = {
  readonly program: string;
  readonly env: NodeJS.ProcessEnv;
  readonly from: string;
  readonly to: string;
  /** names at both ends, as rclone writes them */
  readonly names: readonly string[];
  readonly words: readonly string[];
};

const words = [
  'copy',
  'difpipe_from:',
  'difpipe_to:',
  '--files-from-raw=-',
  '--use-json-log',
  '--log-level=INFO',
  '--stats=0',
  '--ask-password=false',
  '--retries=1',
  '--low-level-retries=3',
  '--contimeout=20s',
  '--timeout=60s',
  '--no-update-dir-modtime',
  '--transfers=8',
] as const;

/** What it exits with when single files failed, or were not there. */
const mostExit = 9;

/**
 * Names each file when it is in its place. Resolves when it has ended by itself, whatever it could not do; rejects 'transient'
 * where it was killed, and with the signal's reason.
 */
export async function runCopy(
  errand: Errand,
  copied: (name: string) => void,
  signal: AbortSignal,
): Promise<void> {
  signal.throwIfAborted();
  const { program, env, from, to, names } = errand;
  const list = names.map((name) => `${name}\n`).join('');
  const places = { ...aliasOf('FROM', from), ...aliasOf('TO', to) };
  await using child = leashed([program, ...words, ...errand.words], { ...env, ...places }, list);
  const stop = () => void child.code();
  signal.addEventListener('abort', stop, { once: true });
  try {
    for await (const line of createInterface({ input: child.stderr })) {
      const name = readCopied(line);
      if (name !== undefined) copied(name);
    }
  } catch {
    signal.throwIfAborted(); // what it says was cut off: its exit code tells the rest
  } finally {
    signal.removeEventListener('abort', stop);
  }
  const code = await child.code();
  signal.throwIfAborted();
  if (code === undefined || code > mostExit)
    throw new TransferError('transient', 'rclone was ended while it copied');
}

function aliasOf(end: 'FROM' | 'TO', target: string): NodeJS.ProcessEnv {
  const name = `RCLONE_CONFIG_DIFPIPE_${end}`;
  return { [`${name}_TYPE`]: 'alias', [`${name}_REMOTE`]: target };
}
