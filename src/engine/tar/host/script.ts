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

/** As printf makes bytes of it again. */
export function octal(bytes: Uint8Array): string {
  return [...bytes].map((byte) => `\\0${byte.toString(8).padStart(3, '0')}`).join('');
}

/**
 * Functions of a script that begins in the root: `bytes` makes what `octal` wrote down, as $made, and `enter` goes to
 * the directory that is written so, without a symlink, and sees that it is where it should be, as batches do.
 */
export const entering = `root=$PWD; [ "$root" = / ] && root=
bytes() { made=$(printf "%b." "$1"); made=\${made%.}; }
enter() {
  bytes "$1"; dir=\${made#./}
  cd -P "./$dir" && case $PWD in "$root\${dir:+/$dir}"|"$root/$dir") ;; *) false;; esac
}`;
