/** Scripts for the other side: text that any login shell hands on to sh as it is, and what goes with it. */

export type Script = {
  readonly script: string;
  /** "$1", "$2" and so on */
  readonly args: readonly Uint8Array[];
};

/** One line of lines; throws for what a login shell could read its own way inside single quotes. */
export function oneLine(lines: string): string {
  const line = lines.trim().replace(/\s*\n\s*/g, ' ');
  if (/['!]|\\\\|[^\x20-\x7e]/.test(line)) throw new Error(`not a script that travels: ${line}`);
  return line;
}
