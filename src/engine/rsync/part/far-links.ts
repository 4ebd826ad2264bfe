/** Which files of a far source share one: SFTP does not tell, a program there may. */
import { pipeline } from 'node:stream/promises';
import { linkKeyOf } from '../../../conduct/links/link-key.ts';
import { tallyLinked } from '../../../profile/profile.ts';
import { splitPath } from '../../../store/path.ts';
import type { Shell } from '../../../store/shell.ts';
import { pathKey } from '../../../work/posix/path.ts';
import type { Hand } from '../hand.ts';
import type { Part } from './part.ts';

/** GNU's; another one says nothing that is read here. */
const script = 'unset CDPATH; cd -P "$1" && xargs -0 stat --printf="$2" -- 2>/dev/null';
const format = Buffer.from('%h %d:%i %n\\0');
const line = /^(\d+) (\d+:\d+) \.\/(.*)$/s;
const mostBytes = 64 * 1024 * 1024;

/** Takes names of what has several out of the Part, to be joined when all are known. */
export async function leaveLinked(hand: Hand, shell: Shell, part: Part): Promise<void> {
  const { out } = hand.ledger;
  const isThere = [...part.entries.values()].some(({ kind }) => kind !== 'directory');
  if (!isThere) return;
  for (const text of (await ask(shell, part.names, hand.signal)).split('\0')) {
    const [, links, file, key] = line.exec(text) ?? [];
    const entry = key === undefined ? undefined : part.entries.get(key);
    if (!entry || entry.kind === 'directory' || Number(links) < 2) continue;
    part.entries.delete(pathKey(entry.path));
    out.links.push({ ...linkKeyOf(file!), ...splitPath(entry.path) });
    if (entry.kind === 'file') tallyLinked(out.profile, entry.size);
  }
}

async function ask({ run, root }: Shell, names: Uint8Array, signal: AbortSignal): Promise<string> {
  await using asked = await run(script, [root, format], signal);
  const told = pipeline([names], asked.stdin).catch(() => undefined); // who ends before has nothing to say
  let said = '';
  for await (const chunk of asked.stdout) {
    said += (chunk as Buffer).toString('latin1');
    if (said.length > mostBytes) break;
  }
  await told;
  return said;
}
