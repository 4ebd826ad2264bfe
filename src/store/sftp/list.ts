/** What is in a directory. Names come from the server: what is no name is never used as one. */
import { heardLater } from '../../work/heard-later.ts';
import { join } from '../../work/posix/path.ts';
import type { Listed, Unlisted } from '../entry.ts';
import { below, type RelativePath } from '../path.ts';
import type { Contact } from './contact.ts';
import { entryOf } from './entry.ts';
import { must, mustAll, type Reach, trouble } from './fault.ts';
import { mustBeFirmIn } from './ground.ts';
import { opened } from './opened.ts';
import { status } from './protocol/numbers.ts';
import { type Handle, lookAt, type Named, openDirectory, readDirectory } from './protocol/requests.ts';
import { isRefusal } from './protocol/status.ts';

const mostAhead = 16;
const dots = new Set(['.', '..']);
const here = Buffer.from('.');

export async function* list(
  contact: Contact,
  dir: RelativePath,
  signal: AbortSignal,
): AsyncGenerator<Listed> {
  const reach = await contact.reach(signal);
  await mustBeFirmIn(reach, dir, 'list', signal);
  const ask = () => openDirectory(reach.sftp.client, reach.root.whole(dir), signal);
  using directory = await must(opened(reach.sftp, undefined, ask, signal), reach, dir, 'list');
  let isBare = true;
  for await (const names of mustAll(batches(reach, directory.handle, signal), reach, dir, 'list')) {
    for (const named of names) {
      isBare = false;
      signal.throwIfAborted();
      if (!dots.has(named.name.toString('latin1'))) yield listed(reach, dir, named);
    }
  }
  if (isBare) await mustLookIn(reach, dir, signal);
}

/** OpenSSH leaves out what it may not look at: all, and `.` too, where names may be read and no more. */
async function mustLookIn(reach: Reach, dir: RelativePath, signal: AbortSignal): Promise<void> {
  const { sftp, root } = reach;
  const look = lookAt(sftp.client, join(root.whole(dir), here), signal).catch((error: unknown) => {
    if (!isRefusal(error) || isRefusal(error, status.PERMISSION_DENIED)) throw error; // others may not know `.`
  });
  await must(look, reach, dir, 'list');
}

/** More and more requests ahead, so that a small directory costs few and a large one little time. */
async function* batches(
  { sftp }: Reach,
  handle: Handle,
  signal: AbortSignal,
): AsyncGenerator<readonly Named[]> {
  const ahead: Promise<Named[] | undefined>[] = [];
  for (let depth = 2; ; depth = Math.min(depth * 2, mostAhead)) {
    while (ahead.length < depth) {
      const asked = heardLater(readDirectory(sftp.client, handle, signal));
      ahead.push(asked);
    }
    const names = await ahead.shift()!;
    if (!names) return;
    yield names;
  }
}

function listed(reach: Reach, dir: RelativePath, { name, attributes }: Named): Listed {
  const path = below(dir, name);
  if (!path) return unlisted(reach, join(dir, name), 'the server gives a name that no path can hold');
  return entryOf(path, attributes) ?? unlisted(reach, path, 'the server does not say what it is');
}

function unlisted({ root }: Reach, path: Uint8Array, why: string): Unlisted {
  return { kind: 'unlisted', path, error: trouble('look at', root.show(path), 'unsupported', why) };
}
