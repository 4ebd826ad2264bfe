/** How a tree or a file is moved over SSH: by difpipe, and as a person would type it. */
import { join } from 'node:path';
import { transfer } from './contenders.ts';
import type { Host } from './host.ts';
import type { Bench } from './row.ts';

export type Way = readonly { readonly name: string; readonly argv: readonly string[] }[];

/** From this machine to the host. */
export function thither(bench: Bench, source: string, { env, under, login, place, ssh: shell }: Host): Way {
  const dest = join(bench.work, 'copy');
  const state = join(bench.work, 'state');
  return [
    { name: 'difpipe', argv: [...env, ...transfer({ source, dest: place(dest) }, state)] },
    { name: 'rsync -a', argv: [...under, 'rsync', '-a', '-e', shell, `${source}/`, `${login}:${dest}/`] },
    {
      name: 'tar to ssh tar',
      argv: piped(under, `tar -C ${source} -c . | ${shell} ${login} "mkdir ${dest} && tar -C ${dest} -xp"`),
    },
  ];
}

/** From the host to this machine. */
export function hither(bench: Bench, source: string, { env, under, login, place, ssh: shell }: Host): Way {
  const dest = join(bench.work, 'copy');
  const state = join(bench.work, 'state');
  return [
    { name: 'difpipe', argv: [...env, ...transfer({ source: place(source), dest }, state)] },
    { name: 'rsync -a', argv: [...under, 'rsync', '-a', '-e', shell, `${login}:${source}/`, `${dest}/`] },
    {
      name: 'ssh tar to tar',
      argv: piped(under, `mkdir ${dest} && ${shell} ${login} tar -C ${source} -c . | tar -C ${dest} -xp`),
    },
  ];
}

/** From one host to another, through this machine. */
export function between(bench: Bench, source: string, [from, to]: readonly [Host, Host]): Way {
  const dest = join(bench.work, 'copy');
  const state = join(bench.work, 'state');
  return [
    {
      name: 'difpipe',
      argv: [...from.env, ...transfer({ source: from.place(source), dest: to.place(dest) }, state)],
    },
    {
      name: 'ssh tar to ssh tar',
      argv: piped(
        from.under,
        `${from.ssh} ${from.login} tar -C ${source} -c . | ${to.ssh} ${to.login} "mkdir ${dest} && tar -C ${dest} -xp"`,
      ),
    },
  ];
}

function piped(under: readonly string[], script: string): string[] {
  return [...under, 'bash', '-c', `set -o pipefail; ${script}`];
}
