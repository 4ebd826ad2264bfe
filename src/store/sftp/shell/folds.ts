/** Whether a directory of a host takes names that differ in nothing but case for one. */
import { randomBytes } from 'node:crypto';
import type { Shell } from '../../shell.ts';
import { beginning } from './what-shell.ts';

/** A name there is looked for in the other case, in which nothing is listed: that changes nothing. */
const look =
  'ls -f . 2>/dev/null | head -n 1000 | grep "[A-Za-z]" | head -n 20 | while IFS= read -r name; do ' +
  '[ -e "./$name" ] || continue; other=$(printf "%s" "$name" | tr A-Za-z a-zA-Z); ' +
  'if [ -e "./$other" ] && ! ls -f . | grep -qFx -e "$other"; then echo folds; else echo tells; fi; break; done';

/** Where no name has a letter one is made, if nothing is there yet or programs there can give the directory its time back. */
const script =
  `cd -P -- "$1" || exit 1; said=$(${look}); if [ -n "$said" ]; then echo "$said"; exit 0; fi; ` +
  'old=$(stat -c %y . 2>/dev/null); back() { [ -n "$old" ] && touch -d "$old" . 2>/dev/null; }; ' +
  'back || [ -z "$(ls -A . | head -n 1)" ] || exit 1; ' +
  'mkdir "./$2" || exit 1; if [ -d "./$3" ]; then echo folds; fi; rmdir "./$2"; back; exit 0';

/** What is made is a name of ours, which nobody else has. False also where it cannot be told. */
export async function foldsCase(
  { run, root }: Pick<Shell, 'run' | 'root'>,
  signal: AbortSignal,
): Promise<boolean> {
  const name = `.difpipe-${randomBytes(6).toString('hex')}-case`;
  const names = [name, name.toUpperCase()].map((one) => Buffer.from(one));
  await using trying = await run(script, [root, ...names], signal, { readsNothing: true });
  return (await beginning(trying.stdout)).startsWith('folds');
}
