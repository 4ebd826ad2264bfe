/** Which names share a file, told by `find` on the other side, of many in one run of it. */

import { inGroups } from '../../../work/in-groups.ts';
import type { FileEntry } from '../../entry.ts';
import type { Shell } from '../../shell.ts';
import type { Store } from '../../store.ts';
import { keyOf, namesOf } from '../shell/asked-names.ts';
import { FoundParser } from './found.ts';

const script = 'export LC_ALL=C; unset CDPATH; cd -P "$1" && exec xargs -0 sh -c "$2" sh 2>/dev/null';
const finding = Buffer.from(
  'exec find "$@" -maxdepth 0 -printf "%d %y %m %s %T@ %U %G %n %D:%i %C@ %H\\0%P\\0"',
);
const how = { atOnce: 4, most: { count: 1000, bytes: 1 }, bytesOf: () => 0 };

export function createFindLinks({ run, root }: Shell): NonNullable<Store['linkOf']> {
  return inGroups(async (group: readonly Pick<FileEntry, 'path'>[], signal) => {
    const links = new Map<string, string | undefined>();
    await using far = await run(script, [root, finding], signal);
    far.stdin.on('error', () => undefined); // its end says why
    far.stdin.end(namesOf(group));
    const parser = new FoundParser();
    for await (const chunk of far.stdout as AsyncIterable<Buffer>)
      for (const { start, linked } of parser.push(chunk)) links.set(start, linked);
    await far.ended;
    return (file) => links.get(keyOf(file));
  }, how);
}
