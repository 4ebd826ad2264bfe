/**
 * Names and messages as a person may safely read them: no control byte, no invalid UTF-8, no character that
 * hides or reorders others. What cannot be shown as it is becomes `$'…'` with octal escapes, the form that bash,
 * zsh and POSIX shells take back: `$'caf\351'`.
 */

/** Controls, formats (bidirectional overrides, zero-width), private use, lone surrogates, line separators. */
const unsafe = /[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/u;
const eachUnsafe = new RegExp(unsafe, 'gu');

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** The text these bytes are, or undefined where they are not valid UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return strict.decode(bytes);
  } catch {
    return undefined;
  }
}

/** A name for a person: as it is where every character can be seen, else as `$'…'`; a root's empty path is `.` */
export function show(path: Uint8Array): string {
  if (path.length === 0) return '.';
  const text = textOf(path);
  if (text !== undefined && isPlain(text)) return text;
  return `$'${text === undefined ? escapeBytes(path) : escapeText(text)}'`;
}

/** Whether a person sees this name as it is, and could not take it for a quoted one. */
export function isPlain(name: string): boolean {
  return name !== '' && !unsafe.test(name) && !/^\s|\s$|^\$'/.test(name);
}

/** A sentence for a person: the same characters are escaped, without quotes, wherever they came from. */
export function printable(sentence: string): string {
  return unsafe.test(sentence) ? sentence.replace(eachUnsafe, octal) : sentence;
}

/** JSON that a terminal can show: undefined is null, and what could do harm there is written \uXXXX. */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value, (_key, item: unknown) => (item === undefined ? null : item));
  return unsafe.test(json) ? json.replace(eachUnsafe, unicodeEscape) : json;
}

function escapeText(text: string): string {
  return text.replace(/[\\']/g, '\\$&').replace(eachUnsafe, octal);
}

function escapeBytes(bytes: Uint8Array): string {
  const write = (byte: number) => {
    const char = String.fromCharCode(byte);
    if (char === '\\' || char === "'") return `\\${char}`;
    return byte >= 0x20 && byte < 0x7f ? char : octalByte(byte);
  };
  return Array.from(bytes, write).join('');
}

function octal(text: string): string {
  if (text === '\n') return '\\n';
  if (text === '\t') return '\\t';
  return Array.from(Buffer.from(text), octalByte).join('');
}

function octalByte(byte: number): string {
  return `\\${byte.toString(8).padStart(3, '0')}`;
}

function unicodeEscape(text: string): string {
  const units = Array.from({ length: text.length }, (_, i) => text.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
