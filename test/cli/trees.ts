import * as fs from 'node:fs';
import { join } from 'node:path';

/** A tree made of names and contents; a name that ends in a slash is a directory. */
export function tree(root: string, entries: Readonly<Record<string, string | Buffer>>): string {
  fs.mkdirSync(root, { recursive: true });
  for (const [name, content] of Object.entries(entries)) {
    const path = join(root, name);
    fs.mkdirSync(name.endsWith('/') ? path : join(path, '..'), { recursive: true });
    if (!name.endsWith('/')) fs.writeFileSync(path, content);
  }
  return root;
}

/** Names of everything below a directory, in order. */
export function names(root: string): string[] {
  return fs.existsSync(root) ? (fs.readdirSync(root, { recursive: true }) as string[]).sort() : [];
}
