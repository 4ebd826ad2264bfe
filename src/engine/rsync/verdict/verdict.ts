/** How an rsync ended, as an error of ours. */
import { type Kind, TransferError, takesNoMore } from '../../../errors.ts';
import type { Ended } from '../program/child.ts';
import { readComplaint } from '../program/complaint.ts';

/** What single entries failed of; all others went through. */
const partly = [23, 24, 25];

const kinds: Readonly<Record<number, Kind>> = {
  1: 'usage',
  2: 'unsupported',
  3: 'io',
  4: 'unsupported',
  5: 'transient',
  10: 'transient',
  12: 'transient',
  14: 'transient',
  20: 'transient',
  30: 'transient',
  35: 'transient',
  137: 'transient',
  143: 'transient',
  255: 'transient',
};

/** Undefined where all went through but what is complained of entry by entry. */
export function verdictOn(ended: Ended): TransferError | undefined {
  const { code, complaints } = ended;
  if (code === 0 || partly.includes(code)) return undefined;
  const read = complaints.map(readComplaint).filter((complaint) => complaint !== undefined);
  const full = read.find(({ kind }) => takesNoMore(kind));
  const telling =
    full ?? read.find(({ message }) => !/unexpectedly closed|Broken pipe/.test(message)) ?? read[0];
  const kind = full?.kind ?? kinds[code] ?? 'io';
  return new TransferError(
    kind,
    `rsync ended with code ${code}${telling ? `: ${telling.message}` : ''}`,
    hintOf(kind),
  );
}

export const makeRoom = 'make room there, then resume';

function hintOf(kind: Kind): { readonly hint?: string } {
  if (kind === 'full') return { hint: makeRoom };
  if (kind === 'usage') return { hint: 'look at --rsync-option' };
  return {};
}
