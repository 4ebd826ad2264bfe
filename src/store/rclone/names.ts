/**
 * Names as rclone writes them. It replaces what some remotes cannot hold, control characters among them, by symbols
 * that look like them, and quotes names that hold such a symbol: here that is done, and taken back.
 */
import { textOf } from '../../report/show.ts';

const quote = '\u201b';
const symbols = 0x2400; // of the control characters, in their order
const symbolOfDelete = '\u2421';
const dots = /^\uff0e\uff0e?$/; // its names for . and ..
const special = /[\u0001-\u001f\u007f\u201b\u2400-\u241f\u2421]/g;
const replaced = /\u201b([\u201b\u2400-\u241f\u2421])|([\u2401-\u241f])|\u2421/g;

/** A path for rclone; undefined where it is not valid UTF-8, and so none there. */
export function toRclone(path: Uint8Array): string | undefined {
  return textOf(path)?.split('/').map(encoded).join('/');
}

/** The name that rclone means; undefined where asking for it would ask for another. */
export function fromRclone(name: string): Uint8Array | undefined {
  const text = decoded(name);
  return encoded(text) === name ? Buffer.from(text) : undefined;
}

/** The path in what rclone says of an entry: its own words where they are no names that it could be asked for. */
export function pathIn(said: string): Uint8Array {
  return Buffer.from(said.split('/').map(nameIn).join('/'));
}

function nameIn(said: string): string {
  const text = decoded(said);
  return encoded(text) === said ? text : said;
}

function encoded(name: string): string {
  if (dots.test(name)) return [...name].map((dot) => quote + dot).join('');
  return name.replace(special, (found) => {
    if (found === '\u007f') return symbolOfDelete;
    return found < ' ' ? String.fromCharCode(symbols + found.charCodeAt(0)) : quote + found;
  });
}

function decoded(name: string): string {
  const plain = name.replaceAll(quote, '');
  if (dots.test(plain) && encoded(plain) === name) return plain;
  return name.replace(replaced, (_, quoted?: string, symbol?: string) => {
    if (quoted !== undefined) return quoted;
    return symbol === undefined ? '\u007f' : String.fromCharCode(symbol.charCodeAt(0) - symbols);
  });
}
