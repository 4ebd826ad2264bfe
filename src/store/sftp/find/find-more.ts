/** What `find` on the other side tells of an entry and SFTP does not, of many in one run of it. */

import { inGroups } from '../../../work/in-groups.ts';
import type { Entry } from '../../entry.ts';
import type { Shell } from '../../shell.ts';
import type { Store } from '../../store.ts';
import { keyOf, namesOf } from '../shell/asked-names.ts';
import { type Found, FoundParser } from './found.ts';

const script = 'export LC_ALL=C; unset CDPATH; cd -P "$1" && exec xargs -0 sh -c "$2" sh 2>/dev/null';
const finding = Buffer.from(
  'exec find "$@" -maxdepth 0 -printf "%d %y %m %s %T@ %U %G %n %D:%i %C@ %H\\0%P\\0"',
);
const how = { atOnce: 4, most: { count: 1000, bytes: 1 }, bytesOf: () => 0 };

/** Which file it is, where it has other names, and its time with its fraction of a second. */
export function createFindMore({ run, root }: Shell): Required<Pick<Store, 'linkOf' | 'finelyOf'>> {
  const more = inGroups(async (group: readonly Pick<Entry, 'path'>[], signal) => {
    const all = new Map<string, Found>();
    await using far = await run(script, [root, finding], signal);
    far.stdin.on('error', () => undefined); // its end says why
    far.stdin.end(namesOf(group));
    const parser = new FoundParser();
    for await (const chunk of far.stdout as AsyncIterable<Buffer>)
      for (const found of parser.push(chunk)) all.set(found.start, found);
    await far.ended;
    return (entry) => all.get(keyOf(entry));
  }, how);
  return {
    linkOf: async (file, signal) => (await more(file, signal))?.linked,
    finelyOf: async (entry, signal) => (await more(entry, signal))?.entryAt(entry.path)?.finelyNs,
  };
}
