/** HTTP/1.1 as it is on the wire: heads of requests and answers. Pure. */
import type { IncomingHttpHeaders } from 'node:http';

export type Head = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly framing: Framing;
  /** the connection takes another request when this answer is read */
  readonly isKept: boolean;
};

/** Where the body ends. */
export type Framing =
  | { readonly kind: 'length'; readonly bytes: number }
  | { readonly kind: 'chunked' }
  | { readonly kind: 'close' };

type Asked = {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
};

/** Throws where something in it would end a line. */
export function requestHead({ method, path, headers }: Asked, bodyBytes: number | undefined): string {
  let head = `${method} ${fit(path)} HTTP/1.1\r\n`;
  for (const name in headers) head += `${name}: ${fit(headers[name]!)}\r\n`;
  if (bodyBytes !== undefined) head += `content-length: ${bodyBytes}\r\n`;
  return `${head}connection: keep-alive\r\n\r\n`;
}

function fit(text: string): string {
  if (/[^\t\x20-\x7e\x80-\xff]/.test(text)) throw new TypeError('it holds what no header can');
  return text;
}

/** Of an answer to a request with this method; without the empty line at its end. Throws where it is no HTTP. */
export function answerHead(text: string, method: string): Head {
  const end = endOf(text, 0);
  const [, minor, digits] = /^HTTP\/1\.([01]) (\d{3})(?: .*)?$/.exec(text.slice(0, end)) ?? [];
  if (digits === undefined) throw noHttp();
  const headers = fieldsOf(text, end + 2);
  const status = Number(digits);
  const framing = framingOf(headers, status, method);
  const said = headers.connection?.toLowerCase() ?? (minor === '1' ? '' : 'close');
  const isClear = headers['transfer-encoding'] === undefined || headers['content-length'] === undefined;
  return { status, headers, framing, isKept: isClear && framing.kind !== 'close' && !said.includes('close') };
}

/** From there on. */
function fieldsOf(text: string, at: number): Record<string, string> {
  const headers: Record<string, string> = Object.create(null);
  for (let nth = 0; at < text.length; nth++) {
    const end = endOf(text, at);
    const name = nameAt(text, at, end, nth);
    const value = text.slice(at + name.said.length, end).trim();
    const { key } = name;
    headers[key] = headers[key] === undefined ? value : `${headers[key]}, ${value}`;
    at = end + 2;
  }
  return headers;
}

function endOf(text: string, at: number): number {
  const end = text.indexOf('\r\n', at);
  return end < 0 ? text.length : end;
}

/** As it was said, with its colon, and as it is called here. */
type Name = { readonly said: string; readonly key: string };

/** Those of the last answer, in order: a server says them in the same one mostly, and then none is looked up. */
const before: Name[] = [];
const mostBefore = 30;

function nameAt(text: string, at: number, end: number, nth: number): Name {
  const expected = before[nth];
  if (expected && text.startsWith(expected.said, at)) return expected;
  const colon = text.indexOf(':', at);
  if (colon < 0 || colon >= end) throw noHttp();
  const name = { said: text.slice(at, colon + 1), key: keyOf(text.slice(at, colon)) };
  if (nth < mostBefore) before[nth] = name;
  return name;
}

/** Names as servers write them, with what they are called here: they are the same ones all the time. */
const keys = new Map<string, string>();
const mostKeys = 500;

function keyOf(name: string): string {
  const known = keys.get(name);
  if (known !== undefined) return known;
  if (!/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) throw noHttp();
  if (keys.size >= mostKeys) keys.clear();
  keys.set(name, name.toLowerCase());
  return name.toLowerCase();
}

function framingOf(headers: Readonly<Record<string, string>>, status: number, method: string): Framing {
  if (method === 'HEAD' || status < 200 || status === 204 || status === 304)
    return { kind: 'length', bytes: 0 };
  const coding = headers['transfer-encoding'];
  if (coding !== undefined) {
    if (coding.toLowerCase() !== 'chunked') throw noHttp('its answer is in a coding of its own');
    return { kind: 'chunked' };
  }
  const length = headers['content-length'];
  if (length === undefined) return { kind: 'close' };
  if (!/^\d{1,15}$/.test(length)) throw noHttp();
  return { kind: 'length', bytes: Number(length) };
}

export function noHttp(why = 'its answer is no HTTP'): Error {
  return Object.assign(new Error(why), { code: 'HPE_INVALID' }); // as Node's client says it
}
