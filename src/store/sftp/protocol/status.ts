/** What a server answers when it did not do it, or had nothing to give. */
import { printable } from '../../../report/show.ts';
import { status } from './numbers.ts';
import { corrupt, type Reader } from './reader.ts';

const longestWords = 200;

/** A request that was refused. For the store to look at, never for a person. */
export class Refusal extends Error {
  readonly code: number;
  /** what the server said of it, in its own words */
  readonly words: string;

  constructor(code: number, words: string) {
    super(`SFTP status ${code}: ${words}`);
    this.name = 'Refusal';
    this.code = code;
    this.words = words;
  }
}

/** Of an answer that is a STATUS: returns for OK, throws a Refusal for all else. */
export function mustBeOk(reader: Reader): void {
  const code = reader.number();
  if (code === status.OK) return;
  const words = reader.isAtEnd ? '' : reader.bytes().subarray(0, longestWords).toString();
  throw new Refusal(code, printable(words));
}

/** Of an answer that should hold something: OK says too little there. */
export function notGiven(reader: Reader): never {
  mustBeOk(reader);
  throw corrupt('OK, where something was asked for');
}

export function isRefusal(error: unknown, ...codes: readonly number[]): error is Refusal {
  return error instanceof Refusal && (codes.length === 0 || codes.includes(error.code));
}
