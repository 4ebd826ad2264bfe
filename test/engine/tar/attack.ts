/** A destination that somebody attacks with a stream, and what came of it. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { Parser } from '../../../src/engine/tar/stream/parser.ts';
import { type Expected, type Unpacked, Unpacking } from '../../../src/engine/tar/unpack/unpacking.ts';
import type { TransferError } from '../../../src/errors.ts';
import * as c from '../../../src/work/posix/constants.ts';
import { Opened } from '../../../src/work/posix/opened.ts';
import { listing } from '../../judge.ts';
import { workspace } from '../run.ts';
import { unpackHow } from './unpack.ts';

export const file = (size: number): Expected => ({
  kind: 'file',
  size,
  mtimeNs: undefined,
  replaces: undefined,
});
export const directory: Expected = { kind: 'directory', size: 0, mtimeNs: undefined, replaces: undefined };
export const symlink: Expected = { ...directory, kind: 'symlink' };

export type Attacked = {
  readonly dest: string;
  readonly outside: string;
  readonly error: TransferError | undefined;
  readonly unpacked: Unpacked | undefined;
  /** all there is afterwards, below the destination and beside it */
  readonly there: readonly string[];
};

/** Unpacks the stream, in pieces of so many bytes, where `expected` was asked for; `prepare` gets the destination. */
export async function attack(
  expected: Readonly<Record<string, Expected>>,
  stream: readonly Buffer[],
  { prepare = (_dest: string) => {}, pieceBytes = 10_000, meanwhile = (_dest: string) => {} } = {},
): Promise<Attacked> {
  const here = workspace();
  const [dest, outside] = [join(here, 'dest'), join(here, 'outside')];
  for (const path of [dest, outside]) fs.mkdirSync(path);
  prepare(dest);
  const told = unpack(dest, new Map(Object.entries(expected)), Buffer.concat(stream), pieceBytes, meanwhile);
  const there = (await listing(here, '%y %s')).filter((line) => !/^\.( |\/dest |\/outside )/.test(line));
  return { dest, outside, ...told, there };
}

function unpack(
  dest: string,
  expected: ReadonlyMap<string, Expected>,
  stream: Buffer,
  pieceBytes: number,
  meanwhile: (dest: string) => void,
): Pick<Attacked, 'error' | 'unpacked'> {
  using root = new Opened(fs.openSync(dest, c.O_RDONLY | c.O_DIRECTORY));
  using unpacking = new Unpacking(root.fd, expected, unpackHow(dest));
  try {
    const parser = new Parser(unpacking);
    for (let at = 0; at < stream.length; at += pieceBytes) parser.push(stream.subarray(at, at + pieceBytes));
    parser.finish();
    meanwhile(dest);
    return { error: undefined, unpacked: unpacking.commit(new Set()) };
  } catch (error) {
    return { error: error as TransferError, unpacked: undefined };
  }
}
