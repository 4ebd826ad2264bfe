/** The machine and the programs a measurement is about. */
import { execFileSync } from 'node:child_process';
import * as os from 'node:os';
import { compilerVersion, peers, root, versionOf } from './tools.ts';

export function machine(dir: string): string[] {
  const gib = (bytes: number) => `${Math.round(bytes / 2 ** 30)} GiB`;
  const programs = peers.map((name) => `${name} ${versionOf(name) ?? 'missing'}`);
  return [
    `${os.availableParallelism()} cores of ${os.cpus()[0]?.model ?? 'an unknown processor'}, ` +
      `${gib(os.totalmem())} of memory, ${os.type()} ${/^[\d.]+/.exec(os.release())?.[0]}, trees on ${kindOf(dir)}`,
    [`Node ${process.version.slice(1)}`, ...programs, compilerVersion()].join(', '),
    `difpipe at ${commit()}, ${new Date().toISOString().slice(0, 16).replace('T', ' ')} UTC`,
  ];
}

/** With a mark where what was measured is not what was committed. */
export function commit(): string {
  const git = (...args: string[]) => execFileSync('git', ['-C', root, ...args], { encoding: 'utf8' }).trim();
  const changed = git('status', '--porcelain', '--', 'src', 'scripts/build.ts', 'package-lock.json');
  return `${git('rev-parse', '--short=7', 'HEAD')}${changed === '' ? '' : ' with changes'}`;
}

export function kindOf(dir: string): string {
  return execFileSync('stat', ['-f', '-c', '%T', dir], { encoding: 'utf8' }).trim();
}

/** The load of the last minute: above the number of cores nothing that was measured is worth much. */
export function load(): string {
  return os.loadavg()[0]!.toFixed(1);
}
