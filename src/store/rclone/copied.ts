/** What rclone says of its work, a line of JSON at a time. */

type Line = { readonly level?: string; readonly msg?: string; readonly object?: string };

const copied = /^(Multi-thread )?Copied \(/;

/** The name of a file that it says is in its place now; undefined where it says anything else. */
export function readCopied(line: string): string | undefined {
  const { level, msg = '', object } = parsed(line);
  return level === 'info' && copied.test(msg) ? object : undefined;
}

/** What it says in a line, also one that is not JSON. */
export function messageOf(line: string): string {
  return parsed(line).msg ?? line.replace(/^[\d/]+ [\d:]+ /, '');
}

function parsed(line: string): Line {
  if (!line.startsWith('{')) return {};
  try {
    return JSON.parse(line) as Line;
  } catch {
    return {}; // it was cut off
  }
}
