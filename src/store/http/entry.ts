/** What an answer says of a file, as an Entry of the Store. */
import type { RelativePath } from '../path.ts';
import { type Entry, type FileEntry, noMetadata } from '../store.ts';
import { type Doing, trouble } from './fault.ts';
import { printOf, type State, stateOf, strongTag } from './state.ts';
import type { Answer } from './wire.ts';

export function directoryAt(path: RelativePath): Entry {
  return { kind: 'directory', path, ...noMetadata, print: undefined };
}

/** Throws 'unsupported' where nobody says how long it is, or where its bytes come in a code. */
export function fileEntry(path: RelativePath, { headers }: Answer, what: string): FileEntry {
  mustBePlain(headers['content-encoding'], what, 'look at');
  const state = stateOf(headers);
  const { size } = state;
  if (size === undefined)
    throw trouble('unsupported', what, 'look at', 'the server does not say how long it is');
  return {
    kind: 'file',
    path,
    ...noMetadata,
    mtimeNs: timeOf(state),
    print: printOf(state),
    size,
    allocated: undefined,
    linked: undefined,
    ...(canRange(state, headers['accept-ranges']) ? {} : { inOrder: true as const }),
  };
}

/** Ranges of a file that could become another without a sign of it cannot be joined. */
function canRange(state: State, ranges: string | undefined): boolean {
  const isTold = strongTag(state) !== undefined || state.modified !== undefined;
  return isTold && ranges?.toLowerCase() === 'bytes';
}

export function mustBePlain(encoding: string | undefined, what: string, doing: Doing): void {
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  throw trouble('unsupported', what, doing, 'the server sends it only compressed');
}

const millisecond = 1_000_000n;

function timeOf({ modified }: Pick<State, 'modified'>): bigint | undefined {
  return modified === undefined ? undefined : BigInt(Date.parse(modified)) * millisecond;
}
