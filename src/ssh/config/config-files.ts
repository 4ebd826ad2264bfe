import { isAbsolute, join } from 'node:path';
import { TransferError } from '../../errors.ts';
import { show } from '../../report/show.ts';
import { reasonOf } from '../../work/posix/errno.ts';
import { readSmall } from '../../work/read-small.ts';
import { pathsLike } from './paths-like.ts';
import type { ConfigText } from './settings.ts';

const systemDirectory = '/etc/ssh';

/** The person's ssh_config and the system's, in the order in which they count; what is not there says nothing. */
export function configFiles(home: string): readonly ConfigText[] {
  const own = join(home, '.ssh');
  return [
    ...open(join(own, 'config'), own, home),
    ...open(join(systemDirectory, 'ssh_config'), systemDirectory, home),
  ];
}

/** Relative Includes start from `base`. */
function open(path: string, base: string, home: string): readonly ConfigText[] {
  const text = read(path);
  if (text === undefined) return [];
  const include = (pattern: string): readonly ConfigText[] => {
    const from = pattern.replace(/^~(?=\/)/, home);
    const paths = pathsLike(isAbsolute(from) ? from : join(base, from));
    return paths.flatMap((found) => open(found, base, home));
  };
  return [{ text, include }];
}

function read(path: string): string | undefined {
  try {
    return readSmall(path).toString();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR') return undefined;
    throw new TransferError('denied', `cannot read ${show(Buffer.from(path))}: ${reasonOf(cause)}`, {
      cause,
    });
  }
}
