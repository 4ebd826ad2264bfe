/**
 * A script for `sh`, as a command that any login shell hands on unchanged: bash, dash, busybox, zsh, fish, csh, tcsh.
 * In single quotes none of them touches anything but quotes, newlines and `!`, so the command holds none of those:
 * the script and its arguments are in octal, and sh turns them back.
 */
export type FarCommand = {
  readonly text: string;
  /** the line that comes before the script's own output: what is before it is a login file's noise */
  readonly marker: string;
};

/** The arguments are $1, $2, …, byte for byte; the script runs in the C locale. Throws for a NUL, which none can hold. */
export function farCommand(script: string, args: readonly Uint8Array[], marker: string): FarCommand {
  const set = args.map((arg) => `a=$(printf "${octal(arg)}x"); set -- "$@" "\${a%x}"; `).join('');
  const main = `s=$(printf "${octal(Buffer.from(script))}x"); printf "%s\\n" ${marker}; eval "\${s%x}"`;
  return { text: `sh -c 'LC_ALL=C; export LC_ALL; ${set}${main}'`, marker };
}

/** For printf: letters, digits and what no shell and no printf cares about as they are; a dash first would be an option. The x after it keeps newlines. */
function octal(bytes: Uint8Array): string {
  if (bytes.includes(0)) throw new RangeError('an argument of a far command holds a NUL byte');
  const text = Buffer.from(bytes).toString('latin1');
  return text.replace(/[^A-Za-z0-9 /._:,=+]/g, (c) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`);
}
