/** Where the settings for places are, and what they may say of one. */
import { join } from 'node:path';
import { TransferError } from '../../errors.ts';
import type { Keys } from '../../store/s3/access.ts';
import { reasonOf } from '../../work/posix/errno.ts';
import { readSmall } from '../../work/read-small.ts';
import type { WishFlags } from '../access/s3-wishes.ts';
import { homeOfUser } from '../surroundings/user.ts';
import { jsonIn } from '../words/json.ts';
import { textOfWord } from '../words/values.ts';

export type Configured = {
  /** as flags would say it */
  readonly flags: WishFlags & {
    readonly s3Endpoint?: string;
    readonly s3Region?: string;
    readonly s3Profile?: string;
    readonly s3SseCKeyFile?: string;
  };
  readonly keys: Keys | undefined;
};

export const unconfigured: Configured = { flags: {}, keys: undefined };

export type ConfigFile = { readonly path: string; readonly text: string };

/** Undefined where none was named and the usual one is not there. Throws 'usage'. */
export function configFile(flag: string | undefined): ConfigFile | undefined {
  const given = flag === undefined ? process.env.DIFPIPE_CONFIG || undefined : textOfWord(flag);
  const path = given ?? usualPath();
  const text = read(path, given !== undefined);
  return text === undefined ? undefined : { path, text };
}

/** What else it has to be is checked where it is for a place. Throws 'usage'. */
export function mustBeJson({ path, text }: ConfigFile): void {
  if (jsonIn(text) !== undefined) return;
  throw new TransferError('usage', `the configuration in ${path} is no JSON`, { hint: expected });
}

/** What one looks like, for who wrote something else. */
export const expected = 'expected {"places": {"s3://bucket/": {"s3Endpoint": "https://host", …}}}';

function usualPath(): string {
  const { XDG_CONFIG_HOME: home } = process.env;
  return join(home?.startsWith('/') ? home : join(homeOfUser(), '.config'), 'difpipe/config.json');
}

function read(path: string, isNamed: boolean): string | undefined {
  try {
    return readSmall(path).toString();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' && !isNamed) return undefined;
    throw new TransferError('usage', `cannot read the configuration in ${path}: ${reasonOf(cause)}`, {
      cause,
    });
  }
}
