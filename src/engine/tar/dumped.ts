/** Attributes as getfattr dumps them: nothing of a file but those is read. What it says is hostile until it is read. */
import { TransferError } from '../../errors.ts';
import type { Attributes } from '../../store/entry.ts';
import type { RelativePath } from '../../store/path.ts';
import { type FarEnd, forCd } from '../../work/far.ts';
import { pathKey } from '../../work/posix/path.ts';
import type { FarPlace } from './between.ts';
import { corrupt } from './corrupt.ts';
import { asItIs, feed } from './exchange.ts';
import { oneLine, type Script } from './script.ts';
import { sendList } from './send.ts';
import type { Told } from './told.ts';

const mostBytes = 16 * 1024 * 1024;

/** What is not told after so many bytes is 'more'. */
export async function tellDumped(
  { root, run }: FarPlace,
  paths: readonly RelativePath[],
  signal: AbortSignal,
): Promise<Told> {
  const told = new Map<string, Attributes | 'more' | undefined>();
  const asked = new Set(paths.map(pathKey));
  const { script, args } = dumping(root);
  await using far = await run(script, args, signal);
  let bytes = 0;
  const dump = new Dump((path, attributes) => {
    if (!asked.delete(path)) throw corrupt('it tells of a file that nobody asked for');
    told.set(path, attributes);
  });
  const take = async () => {
    for await (const chunk of far.stdout as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostBytes) return;
      dump.push(chunk);
    }
  };
  await Promise.all([take(), feed(far, [sendList(paths)], asItIs, signal)]);
  if (bytes > mostBytes) for (const path of asked) told.set(path, 'more');
  else mustBeWhole(await far.ended);
  return told;
}

/** As xargs ends where all was asked for, whether it is there or not; else what is missing would count as bare. */
function mustBeWhole({ code }: FarEnd): void {
  if (code !== undefined && [0, 1, 123].includes(code)) return;
  throw new TransferError(
    'transient',
    'cannot ask for attributes: the program that tells them did not end well',
  );
}

function dumping(root: Uint8Array): Script {
  return {
    script: oneLine(`export LC_ALL=C; unset CDPATH; cd -P "$1" || exit 40;
      exec xargs -0 ${dumpWords} 2>/dev/null`),
    args: [forCd(root)],
  };
}

const dumpWords = 'getfattr -h -d -m - -e hex --absolute-names --';

const longestLine = 256 * 1024;
const newline = 0x0a;
const heading = '# file: ./';

/** Lines of a dump, as its chunks come. */
export class Dump {
  readonly #tell: (path: string, attributes: Attributes) => void;
  #rest: Buffer = Buffer.alloc(0);
  #path: string | undefined;
  #attributes = new Map<string, string>();

  /** `tell` is given a path, a character for each byte, and what it has. */
  constructor(tell: (path: string, attributes: Attributes) => void) {
    this.#tell = tell;
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
    if (this.#path === undefined) {
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
