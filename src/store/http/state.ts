/** What the headers of an answer say of a file, and whether it is still the same one. */
import type { IncomingHttpHeaders } from 'node:http';

/** As far as the server tells: a tag in quotes, perhaps weak; when it was changed, as the header says it. */
export type State = {
  readonly tag: string | undefined;
  readonly modified: string | undefined;
  readonly size: number | undefined;
};

/** `size` is that of the whole file, where the answer is about a part of it. */
export function stateOf(headers: IncomingHttpHeaders, size = lengthOf(headers)): State {
  const modified = headers['last-modified'];
  return {
    tag: headers.etag || undefined,
    modified: modified !== undefined && !Number.isNaN(Date.parse(modified)) ? modified : undefined,
    size,
  };
}

export function lengthOf(headers: IncomingHttpHeaders): number | undefined {
  const length = headers['content-length'];
  return length !== undefined && /^\d{1,15}$/.test(length) ? Number(length) : undefined;
}

/** Undefined where a file could become another without a sign of it. */
export function printOf(state: State): string | undefined {
  const { tag, modified, size } = state;
  return tag === undefined && modified === undefined ? undefined : JSON.stringify([tag, modified, size]);
}

export function stateIn(print: string | undefined, size: number): State {
  if (!print?.startsWith('[')) return { tag: undefined, modified: undefined, size };
  const [tag, modified] = JSON.parse(print) as (string | null)[];
  return { tag: tag ?? undefined, modified: modified ?? undefined, size };
}

/** A tag that is the same only if every byte is. */
export function strongTag({ tag }: State): string | undefined {
  return tag?.startsWith('"') ? tag : undefined;
}

/** What one of them does not tell differs from nothing. */
export function isSame(a: State, b: State): boolean {
  return same(opaque(a), opaque(b)) && same(a.modified, b.modified) && same(a.size, b.size);
}

function opaque({ tag }: State): string | undefined {
  return tag?.replace(/^W\//, '');
}

function same<T>(a: T | undefined, b: T | undefined): boolean {
  return a === undefined || b === undefined || a === b;
}
