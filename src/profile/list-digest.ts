/** What tells two lists apart that have one name, as those of two nights, or what came through standard input twice. */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, statSync } from 'node:fs';
import type { FilesFrom } from '../request.ts';
import { listsIn } from './lists.ts';

/** The same, with the digest of what is in the list. One that can be read only once is like no other. */
export async function withDigest(filesFrom: FilesFrom): Promise<FilesFrom> {
  if (filesFrom.kind === 'failed') return filesFrom;
  const paths = filesFrom.kind === 'file' ? [filesFrom.path] : listsIn(filesFrom.path);
  return { ...filesFrom, digest: (await digestOf(paths)) ?? randomUUID() };
}

async function digestOf(paths: readonly string[]): Promise<string | undefined> {
  const sum = createHash('sha256');
  for (const path of paths) {
    const file = Buffer.from(path, 'latin1');
    if (path === '-' || !statSync(file, { throwIfNoEntry: false })?.isFile()) return undefined;
    sum.update(`${path}\0`);
    try {
      for await (const chunk of createReadStream(file)) sum.update(chunk as Buffer);
    } catch {
      return undefined; // whoever reads it for its paths says why that cannot be done
    }
  }
  return sum.digest('hex');
}
