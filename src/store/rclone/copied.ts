/** What rclone says of its work, a line of JSON at a time. */

type Line = { readonly [part in 'level' | 'msg' | 'object']?: string | undefined };

const copied = /^(Multi-thread )?Copied \(/;

/** The name of a file that it says is in its place now; undefined where it says anything else. */
export function readCopied(line: string): string | undefined {
  const { level, msg = '', object } = lineOf(line);
  return level === 'info' && copied.test(msg) ? object : undefined;
}

const failed = /^Failed to copy\b/;

/** Why it could not copy a file; undefined where it says anything else. */
export function readFailed(line: string): string | undefined {
  const { level, msg = '', object } = lineOf(line);
  return level === 'error' && object !== undefined && failed.test(msg) ? msg : undefined;
}

const grave: readonly unknown[] = ['critical', 'fatal', 'error'];

/** Why it ended: the gravest of its last lines is seldom the last of them. */
export function complaintIn(lines: readonly string[]): string {
  const line = lines.findLast((one) => grave.includes(lineOf(one).level)) ?? lines.at(-1);
  return messageOf(line ?? '');
}

/** What it says in a line, also one that is not JSON. */
function messageOf(line: string): string {
  return lineOf(line).msg ?? line.replace(/^[\d/]+ [\d:]+ /, '');
}

/** Nothing of a line that is no JSON. */
export function lineOf(line: string): Line {
  if (!line.startsWith('{')) return {};
  try {
    const { level, msg, object } = JSON.parse(line) as Record<keyof Line, unknown>;
    return { level: textOf(level), msg: textOf(msg), object: textOf(object) };
  } catch {
    return {}; // it was cut off
  }
}

function textOf(part: unknown): string | undefined {
  return typeof part === 'string' ? part : undefined;
}
