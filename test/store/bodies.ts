/** Paths, bodies and metadata as tests need them. */
import assert from 'node:assert/strict';
import type { Kind, TransferError } from '../../src/errors.ts';
import type { Body, Range } from '../../src/store/body.ts';
import { type Entry, type Listed, type Metadata, noMetadata, type Unkept } from '../../src/store/entry.ts';
import { type RelativePath, relativePath } from '../../src/store/path.ts';
import type { Store, WriteHow } from '../../src/store/store.ts';

export const { signal } = new AbortController();

export function at(path: string | Uint8Array): RelativePath {
  const checked = relativePath(Buffer.from(path as string));
  assert.ok(checked, `not a path: ${path}`);
  return checked;
}

/** Bytes that say where they are, so that a range out of place shows. */
export function counted(bytes: number): Buffer {
  const content = Buffer.alloc(Math.ceil(bytes / 4) * 4);
  for (let word = 0; word < content.length; word += 4) content.writeUInt32LE(word + 1, word);
  return content.subarray(0, bytes);
}

export function bodyOf(content: string | Uint8Array): Body {
  const bytes = Buffer.from(content as string);
  return {
    size: bytes.length,
    async *open({ offset, length }: Range) {
      for (let start = offset; start < offset + length; start += 100_000)
        yield bytes.subarray(start, Math.min(start + 100_000, offset + length));
    },
  };
}

export async function bytesOf(body: Body, range: Range = { offset: 0, length: body.size }): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(body.open(range, signal)));
}

let partials = 0;

/** To a free name, kept as the place likes, for as long as the test needs it. */
export function how(wishes: Partial<WriteHow> = {}): WriteHow {
  const partial = Buffer.from(`.partial-${partials++}`);
  return { metadata: noMetadata, replaces: undefined, partial, durable: false, ...wishes };
}

export async function put(
  store: Store,
  path: string | Uint8Array,
  content: string | Uint8Array,
  wishes: Partial<WriteHow> = {},
) {
  return (await store.write(at(path), bodyOf(content), how(wishes), signal)).entry;
}

/** What a file holds; undefined if there is none. */
export async function contentOf(store: Store, path: string | Uint8Array): Promise<string | undefined> {
  const entry = await store.stat(at(path), signal);
  return entry?.kind === 'file' ? (await bytesOf(store.read(entry))).toString('latin1') : undefined;
}

export async function namesIn(store: Store, dir = ''): Promise<string[]> {
  const listed: Listed[] = await Array.fromAsync(store.list(at(dir), signal));
  return listed.map(({ path }) => Buffer.from(path).toString('latin1')).sort();
}

export function isKind(...kinds: readonly Kind[]): (error: TransferError) => boolean {
  return (error) => {
    assert.ok(kinds.includes(error.kind), error.stack ?? error.message);
    return true;
  };
}

/** Fails where an entry has not what was given to it, but for what the store said it could not keep. */
export function keeps(entry: Entry, given: Metadata, unkept: Unkept): void {
  for (const key of Object.keys(given) as (keyof Metadata)[]) {
    if (given[key] !== undefined && !unkept.includes(key)) assert.deepEqual(entry[key], given[key], key);
  }
}
