/**
 * SHA-256 digests of files, made where they are: many in one run of whatever prints them there, several runs side by
 * side.
 */

import { isKind } from '../../../errors.ts';
import { show } from '../../../report/show.ts';
import { inGroups } from '../../../work/in-groups.ts';
import { join } from '../../../work/posix/path.ts';
import type { Digest } from '../../body.ts';
import { changed } from '../../body-faults.ts';
import type { FileEntry } from '../../entry.ts';
import type { Shell } from '../../shell.ts';
import type { Store } from '../../store.ts';
import { keyOf, namesOf } from './asked-names.ts';
import { type Digested, readDigests } from './digested.ts';

const script = 'export LC_ALL=C; unset CDPATH; cd -P "$1" && exec xargs -0 sh -c "$2" sh';
/** What a file looks like before and after, each on a line with its name, and its digest between. */
const hashing = Buffer.from(`exec 2>/dev/null
hash() {
  if command -v sha256sum >/dev/null; then sha256sum "$@"
  elif command -v shasum >/dev/null; then shasum -a 256 "$@"
  elif command -v sha256 >/dev/null; then sha256 -r "$@"
  elif command -v openssl >/dev/null; then openssl dgst -sha256 -r "$@"
  else echo none
  fi
}
look() {
  when=$1; shift
  if stat -c %i / >/dev/null; then stat -c "$when %f %s %Y %i %y %z/%n" "$@"
  else stat -f "$when %Xp %z %m %i %Fm %Fc/%N" "$@"
  fi
}
look before "$@"; hash "$@"; look after "$@"; exit 0`);

const how = {
  atOnce: 4,
  most: { count: 256, bytes: 64 * 1024 * 1024 },
  bytesOf: ({ size }: FileEntry) => size,
};

/**
 * Undefined for what the host cannot tell: then reading says why. Throws 'changed' for a file that is not what it was
 * when it was listed, or does not stay it; what running programs there throws, for all that were asked together.
 */
export function createDigests(shell: Shell, name: string): NonNullable<Store['digest']> {
  let hasTool = true;
  const digest = inGroups(async (group: readonly FileEntry[], signal) => {
    const told = await digestAll(shell, group, signal);
    if (told === 'none') hasTool = false;
    return (file) => answerOf(file, told === 'none' ? undefined : told.get(keyOf(file)), { shell, name });
  }, how);
  return async (file, signal) => {
    if (!hasTool || file.path.some((byte) => strange.has(byte))) return undefined;
    return digest(file, signal);
  };
}

/** What some programs write in another way in a name, and others as it is. */
const strange: ReadonlySet<number> = new Set(Buffer.from('\n\r\\'));

async function digestAll(
  { run, root }: Shell,
  group: readonly FileEntry[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Digested> | 'none'> {
  try {
    await using far = await run(script, [root, hashing], signal);
    far.stdin.on('error', () => undefined); // its end says why
    far.stdin.end(namesOf(group));
    const told = await readDigests(far.stdout);
    await far.ended;
    return told;
  } catch (error) {
    signal.throwIfAborted();
    if (!isKind(error, 'unsupported')) throw error;
    return 'none';
  }
}

type Where = { readonly shell: Shell; readonly name: string };

function answerOf(file: FileEntry, told: Digested | undefined, { shell, name }: Where): Digest | undefined {
  if (!told) return undefined;
  if (isAsListed(file, told)) return { algorithm: 'sha256', value: told.value };
  throw changed(`${name}:${show(join(shell.root, file.path))}`);
}

const second = 1_000_000_000n;

function isAsListed({ size, mtimeNs }: FileEntry, { isSteady, bytes, seconds }: Digested): boolean {
  if (!isSteady || bytes !== size) return false;
  return mtimeNs === undefined || BigInt.asUintN(32, mtimeNs / second) === BigInt.asUintN(32, seconds);
}
