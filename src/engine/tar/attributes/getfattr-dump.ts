/** Attributes as getfattr dumps them. What it says is hostile until it is read. */
import type { Attributes } from '../../../store/entry.ts';
import { corrupt } from '../stream/corrupt.ts';

const longestLine = 256 * 1024;
const newline = 0x0a;
const heading = '# file: ./';
/** What a script of ours says behind what one file has: whether all of it could be read. */
export const whole = '# whole';
export const torn = '# torn';

/** Lines of a dump, as its chunks come. */
export class Dump {
  readonly #tell: (path: string, attributes: Attributes) => void;
  readonly #end: ((isWhole: boolean) => void) | undefined;
  #rest: Buffer = Buffer.alloc(0);
  #path: string | undefined;
  #attributes = new Map<string, string>();

  /** `tell` is given a path, a character for each byte, and what it has, `end` whether that was all, where it is said. */
  constructor(tell: (path: string, attributes: Attributes) => void, end?: (isWhole: boolean) => void) {
    this.#tell = tell;
    this.#end = end;
  }

  /** Throws 'corrupt' for what is no dump. */
  push(chunk: Buffer): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    let at = 0;
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline, at)) {
      this.#line(bytes.toString('latin1', at, end));
      at = end + 1;
    }
    this.#rest = Buffer.from(bytes.subarray(at));
    if (this.#rest.length > longestLine) throw corrupt('what it tells of attributes does not end');
  }

  #line(line: string): void {
    if (this.#path === undefined && this.#end && (line === whole || line === torn)) {
      this.#end(line === whole);
    } else if (this.#path === undefined) {
      if (!line.startsWith(heading)) throw corrupt('attributes come without the name of their file');
      this.#path = unquoted(line.slice(heading.length));
    } else if (line === '') {
      this.#tell(this.#path, this.#attributes);
      this.#path = undefined;
      this.#attributes = new Map();
    } else {
      const [name, value] = attributeIn(line);
      this.#attributes.set(name, value);
    }
  }
}

/** Names have their `=` quoted. */
function attributeIn(line: string): readonly [name: string, value: string] {
  const at = line.indexOf('=');
  const [name, value] = at < 0 ? [line, ''] : [line.slice(0, at), line.slice(at + 1)];
  const digits = value.startsWith('0x') ? value.slice(2) : value;
  const bytes = Buffer.from(digits, 'hex');
  if (name === '' || bytes.length * 2 !== digits.length) throw corrupt('it tells an attribute that is none');
  return [unquoted(name), bytes.toString('latin1')];
}

function unquoted(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) =>
    String.fromCharCode(Number.parseInt(octal, 8) & 0xff),
  );
}
