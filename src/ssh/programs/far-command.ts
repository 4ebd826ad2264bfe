import { quoted } from '../../work/sh.ts';

/**
 * A script for `sh`, as a command that any login shell hands on unchanged: bash, dash, busybox, zsh, fish, csh, tcsh.
 * In single quotes none of them touches anything but quotes, newlines and `!`, so the command holds none of those:
 * the script and its arguments are in octal, and sh turns them back, all at once: each `$( )` is a process.
 */
export type FarCommand = {
  readonly text: string;
  /** the line that comes before the script's own output: what is before it is a login file's noise */
  readonly marker: string;
  /**
   * What its input begins with, where that is sent before anybody knows that the script has begun: a login file may have
   * read of it. The marker has a `+` behind it where that came whole. Where it did not, the script does not run, if it
   * reads anything. Undefined: there is nothing of ours in the input.
   */
  readonly token: Buffer | undefined;
};

/** `late`: its input follows when it has begun. */
export type Input = 'late' | 'early' | 'none but the token';

/** By these a host's login files would change what its programs do: what `tar` leaves out, or whether `find` runs at all. */
const notHeeded =
  'TAR_OPTIONS TAR_READER_OPTIONS TAR_WRITER_OPTIONS GREP_OPTIONS POSIXLY_CORRECT FIND_BLOCK_SIZE';

/** The arguments are $1, $2, …, byte for byte; the script runs in the C locale. Throws for a NUL, which none can hold. */
export function farCommand(
  script: string,
  args: readonly Uint8Array[],
  marker: string,
  input: Input = 'late',
): FarCommand {
  const whole = `set -- ${quoted(args)}; ${Buffer.from(script).toString('latin1')}`;
  const main = `s=$(printf "${escaped(whole)}"); ${said(marker, input)}eval "$s"`;
  const token = input === 'late' ? undefined : Buffer.from(`${tokenOf(marker)}\n`);
  return { text: `sh -c 'LC_ALL=C; export LC_ALL; unset ${notHeeded}; ${main}'`, marker, token };
}

/** Not the marker, which an end that gives back all that it is sent would seem to say. `read` takes no byte beyond its line. */
function tokenOf(marker: string): string {
  return `input-${marker.slice(-18)}`;
}

function said(marker: string, input: Input): string {
  if (input === 'late') return `printf "%s\\n" ${marker}; `;
  const look = `IFS= read -r m; if [ "$m" = ${tokenOf(marker)} ]; then m=+; else m=; fi; `;
  const leave = input === 'early' ? 'if [ -z "$m" ]; then exit 97; fi; ' : '';
  return `${look}printf "%s%s\\n" ${marker} "$m"; ${leave}`;
}

/** Longer in octal, and plain to every one of those shells. */
const short: Readonly<Record<string, string>> = { '\n': '\\n', $: '\\$', '"': '\\"', '%': '%%' };

/** For printf in double quotes, and short: some servers take no command of more than 9,000 bytes. */
function escaped(text: string): string {
  const octal = (c: string) => `\\${c.charCodeAt(0).toString(8).padStart(3, '0')}`;
  return text.replace(/[^\w /.:,=+;(){}|&<>[\]*?#~@^-]/g, (c) => short[c] ?? octal(c));
}
