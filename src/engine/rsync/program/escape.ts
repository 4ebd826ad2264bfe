/** Names as rsync prints them: what a terminal could not show is `\#` and three octal digits. */
const escaped = /\\#([0-7]{3})/g;

/** The bytes of a printed name, a character each. */
export function unescaped(printed: string): string {
  return printed.replace(escaped, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}
