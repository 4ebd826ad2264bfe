/** What came of a batch on the other side, from what its script said. */
import { type Kind, TransferError } from '../../../errors.ts';
import { receiveExits } from './receive.ts';
import { placeOf } from './stage.ts';

/** An entry that did not get its final name. */
export type Unreceived = {
  /** which place it was for */
  readonly place: number;
  /** from there on; of a directory, it stands for all that is in it */
  readonly path: Uint8Array;
  readonly kind: Kind;
};

export type Answer = {
  readonly code: number | undefined;
  readonly stdout: Uint8Array;
  readonly complaint: string;
};

/**
 * What did not arrive; all else did. Throws where nothing of the batch got its final name ('full', 'io', 'missing',
 * 'unsupported'), or nobody knows ('transient'): then it has to be sent again, or the destination looked at.
 */
export function readReceived(answer: Answer): Unreceived[] {
  const exit = receiveExits[answer.code as keyof typeof receiveExits];
  if (exit !== 'done') throw failed(exit, answer.complaint);
  if (wordsOf(answer).at(-1) !== 'done') throw failed(undefined, answer.complaint);
  const found = new Map<string, Unreceived>(); // some are named twice
  const astray = new Set<number>(); // places that are not where they should be
  for (const [word, name] of pairsOf(answer)) {
    const where = isMissing(word) ? placeOf(name) : undefined;
    if (!where) continue;
    const kind = kindOf(answer.complaint, word === 'left' ? 'conflict' : 'io');
    if (word === 'astray') astray.add(where.place);
    else found.set(name, { place: where.place, path: Buffer.from(where.path, 'latin1'), kind });
  }
  return [...found.values()].map((one) => (astray.has(one.place) ? { ...one, kind: 'refused' } : one));
}

function isMissing(word: string): boolean {
  return word === 'left' || word === 'gone' || word === 'astray';
}

/** What it says, each a word of ours and what that is about. */
export function pairsOf(answer: Answer): (readonly [word: string, what: string])[] {
  const words = wordsOf(answer);
  return words.flatMap((word, at) => (at % 2 === 0 && at + 1 < words.length ? [[word, words[at + 1]!]] : []));
}

/** What it said last of such a word. */
export function wordOf(answer: Answer, wanted: string): string | undefined {
  return pairsOf(answer).findLast(([word]) => word === wanted)?.[1];
}

const marker = Buffer.from('\0difpipe-received\0');

function wordsOf(answer: Answer): string[] {
  const stdout = Buffer.from(answer.stdout);
  const at = stdout.indexOf(marker);
  if (at < 0) return [];
  return stdout
    .toString('latin1', at + marker.length)
    .split('\0')
    .slice(0, -1);
}

type Exit = (typeof receiveExits)[keyof typeof receiveExits] | undefined;

function failed(exit: Exit, complaint: string): TransferError {
  const { kind, why, ...hint } = exit === undefined || exit === 'done' ? unknown : reasons[exit];
  const last = complaint.trim().split('\n').at(-1);
  return new TransferError(kind, `cannot unpack on the other side: ${why}${last ? `: ${last}` : ''}`, hint);
}

const unknown = { kind: 'transient', why: 'it did not say what became of it' } as const;

const reasons: Readonly<
  Record<
    Exclude<Exit, 'done' | undefined>,
    { readonly kind: Kind; readonly why: string; readonly hint?: string }
  >
> = {
  'no root': { kind: 'missing', why: 'the directory cannot be entered' },
  'no stage': { kind: 'denied', why: 'nothing can be made in the directory' },
  'ended early': { kind: 'transient', why: 'the stream did not come to its end' },
  full: { kind: 'full', why: 'its disk is full', hint: 'make room there, then resume' },
  'broken disk': { kind: 'io', why: 'its disk failed' },
  'not synced': { kind: 'io', why: 'it could not be brought to the disk' },
};

/** As the tools over there say it, in the C locale. */
const complaints: readonly (readonly [RegExp, Kind])[] = [
  [/no space left|quota exceeded/i, 'full'],
  [/permission denied|not permitted/i, 'denied'],
  [/read-only file system/i, 'denied'],
  [/file exists|not empty|cannot overwrite|are the same file/i, 'conflict'],
  [/file name too long|invalid argument|not supported|invalid or incomplete/i, 'unsupported'],
];

function kindOf(complaint: string, silent: Kind): Kind {
  return complaints.find(([words]) => words.test(complaint))?.[1] ?? silent;
}
