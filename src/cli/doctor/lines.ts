import { printable } from '../../report/show.ts';
import { counted, formatBytes, formatCount } from '../../report/size.ts';
import type { Build } from './build.ts';
import type { Findings } from './examine.ts';
import type { Limits } from './limits.ts';
import type { State } from './state.ts';
import type { Tool } from './tools.ts';

/** What was found, for a person. */
export function findingLines({ tools, remotes, limits, state, build }: Findings): string[] {
  return [
    'tools',
    ...tools.flatMap(toolLines),
    ...remoteLines(remotes),
    'limits',
    ...limitLines(limits),
    'state',
    ...stateLines(state),
    'program',
    ...buildLines(build),
  ].map(printable);
}

function toolLines({ name, path, version, package: packaged, verdicts }: Tool): string[] {
  if (path === undefined) return [row(name, 'not found')];
  const from = packaged === undefined ? '' : `, package ${packaged}`;
  const patched = (hole: boolean) =>
    hole && packaged !== undefined ? '; the distribution may have patched it' : '';
  return [
    row(name, `${version ?? 'version unknown'} in ${path}${from}`),
    ...verdicts.map(({ level, before, hole, reason }) =>
      row('', `${level}: before ${before} ${reason}${patched(hole)}`),
    ),
  ];
}

function remoteLines(remotes: Findings['remotes']): string[] {
  if (remotes.length === 0) return [];
  return ['remotes of rclone', ...remotes.map(({ name, type }) => row(`${name}:`, type))];
}

function limitLines({ openFiles: { soft, hard }, cores, ...limits }: Limits): string[] {
  const files = (count: number | undefined) => (count === undefined ? 'unlimited' : formatCount(count));
  const allowed =
    limits.coresAllowed === undefined ? '' : `, the control group allows ${limits.coresAllowed}`;
  const memory =
    limits.memoryAllowedBytes === undefined
      ? ''
      : `, the control group allows ${formatBytes(limits.memoryAllowedBytes)}`;
  return [
    row('files', `${files(soft)} open at once, at most ${files(hard)}`),
    row('cores', `${counted(cores, 'core')}${allowed}`),
    row('memory', `${formatBytes(limits.memoryBytes)}, ${formatBytes(limits.memoryFreeBytes)} free${memory}`),
  ];
}

function stateLines({ dir, exists, problem, warning, fileSystem, freeBytes }: State): string[] {
  const there = exists ? 'writable' : 'not there yet, can be made';
  return [
    row('where', dir),
    row('', problem === undefined ? there : `problem: ${problem}`),
    row('', `${fileSystem}, ${formatBytes(freeBytes)} free`),
    ...(warning === undefined ? [] : [row('', `warning: ${warning}`)]),
  ];
}

function buildLines({ version, node, sqlite, problem, kernel, copyFileRange }: Build): string[] {
  return [
    row('difpipe', version),
    row('node', node),
    row('sqlite', sqlite ?? `problem: ${problem}`),
    row(
      'kernel',
      `${kernel}, ${copyFileRange ? 'copies' : 'cannot copy'} inside the kernel (copy_file_range)`,
    ),
  ];
}

function row(name: string, text: string): string {
  return `  ${name.padEnd(8)} ${text}`;
}
