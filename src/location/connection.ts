/** Connection strings of rclone: `:backend,key=value,…:path`, or `remote,key=value,…:path`; values may be in quotes. */

export type Connection = {
  /** all before the colon */
  readonly remote: string;
  /** the first key whose value nobody else may know */
  readonly secret: string | undefined;
  readonly path: string;
};

const head = /^(?::[A-Za-z0-9_-]+|[\w\x80-\xff.+@][\w\x80-\xff.+@ -]*(?=,))/; // one character per byte
const option = /,([A-Za-z0-9_]+)(?:=("(?:[^"]|"")*"|'(?:[^']|'')*'|[^,:"']*))?/y;

const secretKey =
  /pass|secret|token|bearer|cookie|credential|grant|session|headers|otp|2fa|sas_url|connection_string|key_pem|^key$|(account|api|access|shared|application|customer)_?key/i;
const harmlessKey = /^(use_|no_|skip_|ask_)|_(file|url|command)$/i;
const withSecret = /\/\/[^/]*@|\?.*=/;

/** Undefined where the text is none. */
export function readConnection(typed: string): Connection | undefined {
  const name = head.exec(typed)?.[0];
  if (name === undefined) return undefined;
  let at = name.length;
  let secret: string | undefined;
  for (const [whole, key = '', value = ''] of optionsFrom(typed, at)) {
    if (isSecret(key, value)) secret ??= key;
    at += whole.length;
  }
  if (typed[at] !== ':') return undefined;
  return { remote: typed.slice(0, at), secret, path: typed.slice(at + 1) };
}

function* optionsFrom(typed: string, start: number): Generator<RegExpExecArray> {
  const pattern = new RegExp(option);
  pattern.lastIndex = start;
  for (let found = pattern.exec(typed); found; found = pattern.exec(typed)) yield found;
}

function isSecret(key: string, value: string): boolean {
  return withSecret.test(value) || (secretKey.test(key) && !harmlessKey.test(key));
}
