const slash = 0x2f;

const classes: ReadonlyMap<string, RegExp> = new Map([
  ['alnum', /[0-9A-Za-z]/],
  ['alpha', /[A-Za-z]/],
  ['blank', /[ \t]/],
  ['cntrl', /[\x00-\x1f\x7f]/],
  ['digit', /[0-9]/],
  ['graph', /[!-~]/],
  ['lower', /[a-z]/],
  ['print', /[ -~]/],
  ['punct', /[!-/:-@[-`{-~]/],
  ['space', /[\t-\r ]/],
  ['upper', /[A-Z]/],
  ['xdigit', /[0-9A-Fa-f]/],
]);

/** One member of a set: the bytes from one to another, or those of a class. */
type Member = {
  readonly takes: (byte: number) => boolean;
  readonly next: number;
  readonly last: number | undefined;
};

/**
 * Reads `[...]` from the byte after the opening bracket: single bytes, ranges, `[:alpha:]` and its kin, all
 * negated by `!` or `^` in front. It never takes a slash. Undefined when it is not closed, or names a class
 * that does not exist.
 */
export function bracket(text: string, start: number) {
  const negated = text[start] === '!' || text[start] === '^';
  const members: Member[] = [];
  let at = negated ? start + 1 : start;
  do {
    const member = readMember(text, at, members.at(-1)?.last);
    if (member === undefined) return undefined;
    members.push(member);
    at = member.next;
  } while (text[at] !== ']');
  const takes = new Set<number>();
  for (let byte = 1; byte < 256; byte++) {
    if (byte !== slash && members.some((member) => member.takes(byte)) !== negated) takes.add(byte);
  }
  return { takes, next: at + 1 };
}

/** `before` is the byte a range may begin with: what the last member ended in, if that was a single byte. */
function readMember(text: string, at: number, before: number | undefined): Member | undefined {
  if (at >= text.length) return undefined;
  if (text.startsWith('[:', at)) return readClass(text, at);
  const isRange = text[at] === '-' && before !== undefined && at + 1 < text.length && text[at + 1] !== ']';
  const byte = readByte(text, isRange ? at + 1 : at);
  if (byte === undefined) return undefined;
  const low = isRange ? before : byte.code;
  const takes = (code: number) => code >= low && code <= byte.code;
  return { takes, next: byte.next, last: isRange ? undefined : byte.code };
}

function readByte(text: string, at: number) {
  const from = text[at] === '\\' ? at + 1 : at;
  if (from >= text.length) return undefined;
  return { code: text.charCodeAt(from), next: from + 1 };
}

/** `[:name:]`; where no `:]` closes it, the bracket is a byte like any other. */
function readClass(text: string, at: number): Member | undefined {
  const close = text.indexOf(']', at + 2);
  if (close < 0) return undefined;
  if (close === at + 2 || text[close - 1] !== ':') {
    const code = text.charCodeAt(at);
    return { takes: (byte) => byte === code, next: at + 1, last: code };
  }
  const members = classes.get(text.slice(at + 2, close - 1));
  if (members === undefined) return undefined;
  return { takes: (byte) => members.test(String.fromCharCode(byte)), next: close + 1, last: undefined };
}
