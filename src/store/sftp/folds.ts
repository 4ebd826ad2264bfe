/** Whether a directory of a host takes names that differ in nothing but case for one. */
import { randomBytes } from 'node:crypto';
import type { Shell } from '../shell.ts';
import { beginning } from './what-shell.ts';

/** The directory gets back the time that it had, where programs there can. */
const script =
  'cd -P -- "$1" && old=$(stat -c %y . 2>/dev/null); mkdir "./$2" || exit 1; ' +
  'if [ -d "./$3" ]; then echo folds; fi; rmdir "./$2"; if [ -n "$old" ]; then touch -d "$old" . 2>/dev/null; fi; exit 0';

/** Tried with a name of ours, which nobody else has; false where none can be made. */
export async function foldsCase(
  { run, root }: Pick<Shell, 'run' | 'root'>,
  signal: AbortSignal,
): Promise<boolean> {
  const name = `.difpipe-${randomBytes(6).toString('hex')}-case`;
  const names = [name, name.toUpperCase()].map((one) => Buffer.from(one));
  await using trying = await run(script, [root, ...names], signal, { readsNothing: true });
  return (await beginning(trying.stdout)).startsWith('folds');
}
