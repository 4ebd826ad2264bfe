/**
 * The values of flags, each checked once. A wrong one is kind 'usage' and says what was expected.
 *
 * Words arrive with one character per byte, because a path may hold any bytes.
 */

import { TransferError } from '../../errors.ts';
import { inWords } from '../../report/in-words.ts';
import { nearest } from '../../report/nearest.ts';
import { parseSize } from '../../report/size.ts';
import { spanMs } from '../../work/span.ts';

type Read<T> = (word: string) => T;

/** The text a word is; bytes that are not valid UTF-8 become U+FFFD. */
export function textOfWord(word: string): string {
  return bytesOfWord(word).toString('utf8');
}

export function bytesOfWord(word: string): Buffer {
  return Buffer.from(word, 'latin1');
}

const most = 999_999_999;

/** A whole number of at least `least`, and at most nine digits; `also` says what else may stand there. */
export function wholeNumber(flag: string, least: number, also = ''): Read<number> {
  return (word) => {
    const number = /^\d{1,9}$/.test(word) ? Number(word) : -1;
    if (number >= least) return number;
    throw wrongValue(flag, word, `expected a whole number, from ${least} to ${most}${also}`);
  };
}

/** The same, or the word auto. */
export function wholeNumberOrAuto(flag: string, least: number): Read<number | 'auto'> {
  const number = wholeNumber(flag, least, ', or auto');
  return (word) => (word === 'auto' ? word : number(word));
}

export function oneOf<T extends string>(flag: string, choices: readonly T[]): Read<T> {
  return (word) => {
    const found = choices.find((choice) => choice === word);
    if (found !== undefined) return found;
    const hints = [`expected ${inWords(choices, 'or')}`, nearest(word, choices)];
    throw wrongValue(flag, word, hints.filter(Boolean).join('; '));
  };
}

/** A comma-separated list of such words. */
export function someOf<T extends string>(flag: string, choices: readonly T[]): Read<T[]> {
  const one = oneOf(flag, choices);
  return (word) => word.split(',').map((item) => one(item.trim()));
}

/** Bytes per second; a bare number counts KiB, as for rsync and rclone; 0, also said as off, is no limit. */
export function rate(flag: string): Read<number> {
  return (word) => {
    const bytes = word === 'off' ? 0 : parseSize(word.replace(/\/s$/, ''), 1024);
    if (bytes !== undefined) return bytes;
    throw wrongValue(flag, word, 'expected a rate such as 10M, 1.5G or 500K, or off');
  };
}

/** Milliseconds of a span such as 30m or 7d; a bare number counts seconds. */
export function span(flag: string): Read<number> {
  return (word) => {
    const ms = spanMs(word);
    if (ms !== undefined) return ms;
    throw wrongValue(flag, word, 'expected a span such as 30m, 12h or 7d');
  };
}

function wrongValue(flag: string, word: string, hint: string): TransferError {
  return new TransferError('usage', `${flag} cannot be '${textOfWord(word)}'`, { hint });
}
