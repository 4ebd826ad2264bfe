/** What the shell of a host can do for a place there, asked in one run of it. */
import { TransferError } from '../../../errors.ts';
import type { SshHost } from '../../../ssh/host.ts';
import { mayFold, sayDisk } from './disk.ts';
import { type FarClock, farClock } from './far-clock.ts';
import { lineageIn, sayLineage } from './lineage.ts';
import { sayView, type View, viewIn, viewWords } from './view.ts';

export type ShellDoes = {
  readonly finds: boolean;
  readonly bootId: string | undefined;
  readonly lineage: readonly string[] | undefined;
  readonly clock: FarClock | undefined;
  /** the place is a directory that may be listed */
  readonly isOpen: boolean;
  /** its file system may take names that differ in case alone for one */
  readonly mayFold: boolean;
  /** the place has an ACL, or the directory that it would be in */
  readonly hasAcl: boolean;
  /** undefined where it sees neither the place nor the directory that it is in */
  readonly view: View | undefined;
};

/** One line, another one whenever the host was started again. */
export const sayBoot =
  '{ cat /proc/sys/kernel/random/boot_id || sysctl -n kern.bootsessionuuid || sysctl -n kern.boottime || who -b; ' +
  '} 2>/dev/null';

/**
 * Whether there is a `sync`, and a find that prints what is asked for and is handed any name; since when it runs; the time;
 * whether a place may be listed; what it sees of that.
 */
const tryScript =
  `command -v sync >/dev/null || exit 1; ${sayBoot}; echo "now $(date +%s.%N 2>/dev/null)"; ` +
  'if [ -d "$2" ] && [ -r "$2" ] && [ -x "$2" ]; then echo open; fi; ' +
  `code=0; echo / | xargs -0 sh -c "$1" sh >/dev/null 2>&1 || code=2; ${sayDisk}; ${sayLineage}; ${sayView}; exit $code`;
const lookScript = `${sayLineage}; ${sayView}`;
const tryFind = Buffer.from('exec find / -maxdepth 0 -printf %T@%C@%D%P');

/** Undefined where the host runs nothing for us; what fails for another reason is thrown. */
export async function whatShell(
  { run }: SshHost,
  path: Uint8Array,
  signal: AbortSignal,
): Promise<ShellDoes | undefined> {
  try {
    await using tried = await run(tryScript, [tryFind, ...viewWords(path)], signal, { readsNothing: true });
    const said = await beginning(tried.stdout);
    const { code } = await tried.ended;
    const now = /^now (\d+(\.\d+)?)/m.exec(said);
    const clock = now ? farClock(Number(now[1])) : undefined;
    const bootId = firstLine(said.slice(0, now?.index));
    const isOpen = /^open$/m.test(said);
    const hasAcl = /^acl$/m.test(said);
    const view = viewIn(said);
    const lineage = lineageIn(said);
    return code === 0 || code === 2
      ? { finds: code === 0, bootId, lineage, clock, isOpen, hasAcl, view, mayFold: mayFold(said) }
      : undefined;
  } catch (error) {
    if (error instanceof TransferError && error.kind === 'unsupported') return undefined;
    throw error;
  }
}

/** What the shell sees of a place. */
export type Seen = Pick<ShellDoes, 'view' | 'lineage'>;

export async function lookByShell(
  { run }: Pick<SshHost, 'run'>,
  path: Uint8Array,
  signal: AbortSignal,
): Promise<Seen> {
  const nothing = new Uint8Array(0);
  await using looking = await run(lookScript, [nothing, ...viewWords(path)], signal, { readsNothing: true });
  const said = await beginning(looking.stdout);
  return { view: viewIn(said), lineage: lineageIn(said) };
}

const mostSaid = 8192; // a path is among it

/** What is beyond it is read and forgotten. */
export async function beginning(stdout: AsyncIterable<Buffer>, most = mostSaid): Promise<string> {
  let said = '';
  for await (const chunk of stdout) if (said.length < most) said += chunk.toString('latin1');
  return said;
}

/** Undefined where nothing is said. */
export function firstLine(said: string): string | undefined {
  return said.split('\n')[0]!.trim().slice(0, 200) || undefined;
}
