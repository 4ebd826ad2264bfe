import { join } from 'node:path';
import { readSmall } from '../../work/read-small.ts';
import { homeOfUser } from '../surroundings/user.ts';

/**
 * The names that rclone's configuration has, as far as they show without running it: from the environment and from
 * its file. Undefined where the file is encrypted, so that any name may be one.
 */
export function remoteNames(env: NodeJS.ProcessEnv): readonly string[] | undefined {
  const file =
    files(env)
      .map(textOf)
      .find((text) => text !== undefined) ?? '';
  if (/^RCLONE_ENCRYPT_V\d+:/m.test(file)) return undefined;
  const inFile = [...file.matchAll(/^\[(.+)\][ \t]*\r?$/gm)].map(([, name]) => name!);
  return [...inFile, ...Object.keys(env).flatMap(inEnvironment)];
}

/** Where rclone looks for it, in its order. */
function files({ RCLONE_CONFIG, XDG_CONFIG_HOME }: NodeJS.ProcessEnv): string[] {
  if (RCLONE_CONFIG) return [RCLONE_CONFIG];
  const home = homeOfUser();
  const below = XDG_CONFIG_HOME ? [XDG_CONFIG_HOME] : [];
  return [
    ...[...below, join(home, '.config')].map((dir) => join(dir, 'rclone/rclone.conf')),
    join(home, '.rclone.conf'),
  ];
}

/** rclone takes RCLONE_CONFIG_NAME_TYPE for a remote called name. */
function inEnvironment(variable: string): string[] {
  const name = /^RCLONE_CONFIG_(.+)_TYPE$/.exec(variable)?.[1];
  return name === undefined ? [] : [name.toLowerCase(), name];
}

function textOf(path: string): string | undefined {
  try {
    return readSmall(path).toString();
  } catch {
    return undefined; // rclone says why, when it is asked
  }
}
