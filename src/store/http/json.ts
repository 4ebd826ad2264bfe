/** A directory listed as JSON, as nginx and Caddy do. */
import type { Named } from './href.ts';

const mostBytes = 64 * 1024 * 1024;

/** Throws `noListing()` where it is none, or longer than anybody can hold. */
export async function namesIn(page: AsyncIterable<Uint8Array>, noListing: () => Error): Promise<Named[]> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of page) {
    bytes += chunk.length;
    if (bytes > mostBytes) throw noListing();
    chunks.push(chunk);
  }
  const named = parsed(Buffer.concat(chunks));
  if (!named) throw noListing();
  return named;
}

/** Names are UTF-8, or bytes where one of them is not. */
function parsed(bytes: Buffer): Named[] | undefined {
  const text = bytes.toString('utf8');
  const encoding = Buffer.from(text).equals(bytes) ? 'utf8' : 'latin1';
  try {
    const list: unknown = JSON.parse(bytes.toString(encoding));
    return Array.isArray(list) && list.every(isNamed) ? list.map((one) => namedBy(one, encoding)) : undefined;
  } catch {
    return undefined;
  }
}

type Item = { readonly name: string; readonly type?: unknown; readonly is_dir?: unknown };

function isNamed(item: unknown): item is Item {
  return typeof item === 'object' && item !== null && 'name' in item && typeof item.name === 'string';
}

function namedBy({ name, type, is_dir }: Item, encoding: 'utf8' | 'latin1'): Named {
  const isDirectory = type === 'directory' || is_dir === true;
  const bytes = Buffer.from(isDirectory ? name.replace(/\/$/, '') : name, encoding);
  return { name: bytes, isDirectory, href: name };
}
