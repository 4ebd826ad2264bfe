import type { Look } from '../../report/picture.ts';
import { ownerName } from '../../work/user-names.ts';

/** How wide and colourful a stream may be drawn on, whether its reader shows more than ASCII, who is who. */
export function lookOf({ isTTY, columns }: NodeJS.WriteStream): Omit<Look, 'source' | 'dest'> {
  const { NO_COLOR, TERM } = process.env;
  return {
    columns: columns ?? 80,
    colour: isTTY && !NO_COLOR && TERM !== 'dumb',
    unicode: showsUnicode(),
    ownerName,
  };
}

/** As the locale says; none at all is that of cron and bare containers, which is ASCII. */
export function showsUnicode(): boolean {
  const { LC_ALL, LC_CTYPE, LANG } = process.env;
  return /utf-?8/i.test(LC_ALL || LC_CTYPE || LANG || '');
}
