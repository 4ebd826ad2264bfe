/**
 * A line from one host to another, made by the first one's own ssh: it gets in as we did, by a key that we lend for this
 * one connection, and it trusts the host key that we know, and no other. The line lasts as long as its program's input,
 * which ends with us however we end; then nothing of it is left on either host.
 *
 * On it, blocks of a file go from one to the other without coming here. Not promised: that nobody with the rights of
 * that user on the first host can use the line while it is there.
 */
import { randomBytes } from 'node:crypto';
import type { Readable } from 'node:stream';
import { TransferError } from '../../errors.ts';
import { printable } from '../../report/show.ts';
import { orAborted } from '../../work/abort.ts';
import type { FarProcess } from '../../work/far-process.ts';
import type { SshHost } from '../host.ts';
import { farCommand } from '../programs/far-command.ts';
import { type Entrance, lendKey } from './lent-key.ts';

/** What a host gives for it. */
export type Peer = Pick<SshHost, 'name' | 'run' | 'runLending' | 'entrance'>;

export type StraightLine = AsyncDisposable & {
  /** Copies blocks of a file into one that is there; both are names in directories on the way to which is no symlink. */
  readonly copy: (from: FarFile, to: FarFile, blocks: Blocks, signal: AbortSignal) => Promise<void>;
};

/** A directory from the top, and a name in it. */
export type FarFile = { readonly dir: Uint8Array; readonly name: Uint8Array };

export type Blocks = {
  /** whole blocks before it */
  readonly offset: number;
  /** of whole blocks, but for the last ones of the file */
  readonly length: number;
};

export const blockBytes = 1024 * 1024;

const alias = 'difpipe-destination';
const readyMs = 20_000;

/** No configuration and no key of that host's user has a say; a slow cipher is not taken. */
const options = [
  '-F none -T -a -x',
  ...[
    'BatchMode=yes',
    'StrictHostKeyChecking=yes',
    'GlobalKnownHostsFile=none',
    `HostKeyAlias=${alias}`,
    'CheckHostIP=no',
    'UpdateHostKeys=no',
    'VerifyHostKeyDNS=no',
    'IdentityFile=none',
    'PreferredAuthentications=publickey',
    'ConnectTimeout=5',
    'ServerAliveInterval=5',
    'ServerAliveCountMax=3',
    'Ciphers=^aes128-gcm@openssh.com',
    'ControlMaster=yes',
  ].map((option) => `-o ${option}`),
].join(' ');

/** Says where its files are; $1 is the line of known_hosts, then port, user, host, what is run there. */
const lineScript =
  'umask 077; command -v ssh >/dev/null || { echo no ssh there >&2; exit 1; }; ' +
  'd=$(mktemp -d /tmp/difpipe-line-XXXXXXXXXX) || exit 1; trap "rm -rf $d" EXIT; trap "exit 1" HUP INT TERM PIPE; ' +
  'echo "$1" >"$d/known" || exit 1; echo "$d"; ' +
  `ssh ${options} -o "UserKnownHostsFile=$d/known" -o "ControlPath=$d/line" -p "$2" -l "$3" -- "$4" "$5"`;

/** Throws why it cannot be, in a sentence: 'unsupported', 'transient', 'io'. */
export async function openLine(from: Peer, to: Peer, signal: AbortSignal): Promise<StraightLine> {
  const entrance = to.entrance();
  if (!entrance) throw unable(from, to, 'no key lets us into the destination');
  const lent = lendKey(entrance, 1);
  const marker = `line-${randomBytes(9).toString('hex')}`;
  const { port, user, host } = entrance;
  const there = `echo ${marker}; exec cat >/dev/null`;
  const args = [knownLine(entrance), `${port}`, user, host, there].map((text) => Buffer.from(text));
  await using stack = new AsyncDisposableStack();
  const process = stack.use(await from.runLending(lent.open, lineScript, args, signal));
  process.stdin.on('error', () => undefined);
  try {
    const late = AbortSignal.any([signal, AbortSignal.timeout(readyMs)]);
    const dir = await orAborted(readyDir(process.stdout, marker), late);
    if (dir === undefined) throw unable(from, to, await complaintOf(process));
    const kept = stack.move();
    return {
      copy: (source, dest, blocks, on) => copy({ from, to, dir, host }, source, dest, blocks, on),
      [Symbol.asyncDispose]: () => kept.disposeAsync(),
    };
  } catch (error) {
    signal.throwIfAborted();
    if (lent.wasUnbound())
      throw unable(from, to, 'the ssh there is older than 8.9, and does not say where it goes');
    throw error instanceof TransferError ? error : unable(from, to, 'it took too long', error);
  } finally {
    lent.withdraw();
  }
}

function knownLine({ hostKey }: Entrance): string {
  const bytes = Buffer.from(hostKey);
  const type = bytes.subarray(4, 4 + bytes.readUInt32BE()).toString('latin1');
  return `${alias} ${type} ${bytes.toString('base64')}`;
}

/** The first line, when the line with the marker has come; undefined where it ends before. */
async function readyDir(stdout: Readable, marker: string): Promise<string | undefined> {
  let said = '';
  stdout.setEncoding('latin1');
  for await (const chunk of stdout.iterator({ destroyOnReturn: false })) {
    said = (said + chunk).slice(0, mostSaid);
    const lines = said.split('\n');
    if (lines.slice(0, -1).includes(marker)) {
      stdout.resume();
      return lines[0];
    }
  }
  return undefined;
}

const mostSaid = 64 * 1024;

async function complaintOf({ complaint, ended }: FarProcess): Promise<string> {
  await ended;
  const lines = complaint().trim().split('\n');
  return printable(lines.at(-1)!.trim()) || 'its ssh ended at once';
}

function unable(from: Peer, to: Peer, why: string, cause?: unknown): TransferError {
  return new TransferError('unsupported', `${from.name} cannot reach ${to.name} by itself: ${why}`, {
    cause,
  });
}

type Ends = { readonly from: Peer; readonly to: Peer; readonly dir: string; readonly host: string };

/** Where a file of that name is, and nothing leads elsewhere. */
const enter =
  '{ cd -P -- "$1" && [ "$(pwd -P)" = "$1" ] && [ -f "./$2" ]; } || exit 65; [ -L "./$2" ] && exit 65; ';
const giveScript =
  `${enter}dd if="./$2" bs=${blockBytes} skip="$3" count="$4" 2>/dev/null | ` +
  'ssh -F none -T -o BatchMode=yes -o ControlMaster=no -o ProxyCommand=false -o "ControlPath=$5/line" -- "$6" "$7"';
const takeScript = `${enter}exec dd of="./$2" bs=${blockBytes} seek="$3" conv=notrunc 2>&1`;

async function copy(
  { from, to, dir, host }: Ends,
  source: FarFile,
  dest: FarFile,
  { offset, length }: Blocks,
  signal: AbortSignal,
): Promise<void> {
  const first = Buffer.from(`${offset / blockBytes}`);
  const count = Buffer.from(`${Math.ceil(length / blockBytes)}`);
  const marker = `take-${randomBytes(9).toString('hex')}`;
  const take = farCommand(takeScript, [dest.dir, dest.name, first], marker).text;
  const rest = [first, count, ...[dir, host, take].map((text) => Buffer.from(text))];
  await using giving = await from.run(giveScript, [source.dir, source.name, ...rest], signal, {
    readsNothing: true,
  });
  let said = '';
  for await (const chunk of giving.stdout) said = (said + chunk).slice(-mostSaid);
  const { code } = await giving.ended;
  const arrived = /^(\d+) bytes/m.exec(said)?.[1];
  if (code === 0 && Number(arrived) === length) return;
  const why =
    giving.complaint().trim().split('\n').at(-1) || said.trim().split('\n').at(-1) || `exit ${code}`;
  throw new TransferError(
    'transient',
    `cannot copy straight from ${from.name} to ${to.name}: ${printable(why)}`,
  );
}
