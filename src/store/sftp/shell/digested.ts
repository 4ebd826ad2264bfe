/** What the other side says of files that it made digests of, line by line. */
import type { Readable } from 'node:stream';
import { TransferError } from '../../../errors.ts';

export type Digested = {
  readonly value: Buffer;
  /** it looked the same before and after, and was a regular file */
  readonly isSteady: boolean;
  readonly bytes: number;
  /** of its time, since 1970 */
  readonly seconds: bigint;
};

const lookLine = /^(before|after) ([0-9a-fA-F]+) (\d+) (-?\d+) ([^/]*)\/(\.\/.*)$/;
const digestLine = /^([0-9a-f]{64}) [ *]?(\.\/.*)$/;

type Look = {
  readonly text: string;
  readonly mode: number;
  readonly bytes: number;
  readonly seconds: bigint;
};
type Lines = {
  readonly before: Map<string, Look>;
  readonly after: Map<string, Look>;
  readonly digests: Map<string, Buffer>;
};

/** By name, those of which all was said; 'none' where nothing there makes digests. */
export async function readDigests(stdout: Readable): Promise<ReadonlyMap<string, Digested> | 'none'> {
  const lines: Lines = { before: new Map(), after: new Map(), digests: new Map() };
  const said = (await textOf(stdout)).split('\n');
  for (const line of said) take(line, lines);
  return said.includes('none') ? 'none' : joined(lines);
}

const mostBytes = 16 * 1024 * 1024;

async function textOf(stdout: Readable): Promise<string> {
  let text = '';
  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    text += chunk.toString('latin1');
    if (text.length > mostBytes) throw new TransferError('corrupt', 'the other side answers without end');
  }
  return text;
}

function take(line: string, lines: Lines): void {
  const [, hex, of] = digestLine.exec(line) ?? [];
  if (hex !== undefined) return void lines.digests.set(of!, Buffer.from(hex, 'hex'));
  const [, when, mode, bytes, seconds, rest, name] = lookLine.exec(line) ?? [];
  if (name === undefined) return;
  const look = {
    text: `${mode} ${bytes} ${seconds} ${rest}`,
    mode: Number.parseInt(mode!, 16),
    bytes: Number(bytes),
    seconds: BigInt(seconds!),
  };
  lines[when as 'before' | 'after'].set(name, look);
}

const [typeBits, regular] = [0o170000, 0o100000];

function joined({ before, after, digests }: Lines): ReadonlyMap<string, Digested> {
  const found = new Map<string, Digested>();
  for (const [name, value] of digests) {
    const [first, last] = [before.get(name), after.get(name)];
    if (!first || !last) continue;
    const isSteady = first.text === last.text && (first.mode & typeBits) === regular;
    found.set(name, { value, isSteady, bytes: first.bytes, seconds: first.seconds });
  }
  return found;
}
