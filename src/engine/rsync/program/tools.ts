/** Which rsync is here and at the far end, asked of itself before anything is moved. */
import { execFile } from 'node:child_process';
import { TransferError } from '../../../errors.ts';
import { printable } from '../../../report/show.ts';
import type { Shell } from '../../../store/shell.ts';
import type { RunFar } from '../../../work/far-process.ts';
import { environment } from './environment.ts';

/** What both can do. */
type Able = { readonly xattrs: boolean; readonly acls: boolean; readonly isOpen: boolean };

/** `uid` is who writes at the destination: only root gives files away. `isOpen`: a peer may do more than it should. */
export type Tools = Able & { readonly uid: number };

type Where = 'on this machine' | 'at the far end';

const least = [3, 1, 3] as const;
/** Before, a hostile peer can run code and read files (CVE-2024-12084 to 12088), if nobody has mended it. */
const safe = [3, 4, 0] as const;
const hint = 'install rsync 3.1.3 or later there, or choose another --strategy';

/**
 * Throws 'unsupported' where there is none, an old one, or another program of that name. `asked` is what `askFar`
 * answers, where it was asked before.
 */
export async function findTools(
  searchPath: string,
  { from, to }: { readonly from: Shell | undefined; readonly to: Shell | undefined },
  signal: AbortSignal,
  asked?: Promise<string>,
): Promise<Tools> {
  const far = from ?? to;
  const here = read(await askHere(searchPath), 'on this machine');
  const said = far ? await (asked ?? askFar(far.run, signal)) : undefined;
  const there = said === undefined ? here : read(said, 'at the far end');
  const uid = to ? Number(/^uid (\d+)$/m.exec(said!)?.[1] ?? 0) : process.geteuid!();
  const isOpen = far !== undefined && (here.isOpen || there.isOpen);
  return { xattrs: here.xattrs && there.xattrs, acls: here.acls && there.acls, isOpen, uid };
}

function askHere(searchPath: string): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const how = { env: environment(searchPath), timeout: 10_000 };
  execFile('rsync', ['--version'], how, (_, stdout, stderr) => resolve(stdout || stderr));
  return promise;
}

const mostBytes = 64 * 1024;

/** What the far end says of itself, and who we are there. */
export async function askFar(run: RunFar, signal: AbortSignal): Promise<string> {
  await using asked = await run('echo "uid $(id -u)"; rsync --version 2>&1', [], signal, {
    readsNothing: true,
  });
  let said = '';
  for await (const chunk of asked.stdout) {
    said += (chunk as Buffer).toString('latin1');
    if (said.length > mostBytes) break;
  }
  return said;
}

/** What `rsync --version` said; exported for its tests. */
export function read(said: string, where: Where): Able {
  const [, ...numbers] = /^rsync\s+version v?(\d+)\.(\d+)\.(\d+)/m.exec(said) ?? [];
  if (numbers.length === 0 || isOther.test(said)) throw noRsync(said, where);
  const version = numbers.map(Number);
  if (isOlder(version, least))
    throw new TransferError('unsupported', `rsync ${where} is ${numbers.join('.')}, which is too old`, {
      hint,
    });
  const has = (what: string) => !new RegExp(`\\bno ${what}\\b`).test(said);
  return { xattrs: has('xattrs'), acls: has('ACLs'), isOpen: isOlder(version, safe) };
}

const isOther = /^openrsync\b/m;

function noRsync(said: string, where: Where): TransferError {
  const other = isOther.test(said) ? 'openrsync' : undefined;
  const line =
    other ??
    printable(
      said
        .replace(/^uid .*\n/, '')
        .trim()
        .split('\n')[0]!
        .slice(0, 200),
    );
  const why = line === '' || /not found/.test(line) ? 'is not there' : `is another program: ${line}`;
  return new TransferError('unsupported', `rsync ${where} ${why}`, { hint });
}

function isOlder(numbers: readonly number[], least: readonly number[]): boolean {
  const at = least.findIndex((part, index) => part !== numbers[index]);
  return at >= 0 && numbers[at]! < least[at]!;
}
