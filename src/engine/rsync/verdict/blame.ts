/** Which entries of a Part failed and why, from what rsync complained of and what it would still do. */
import type { Failure, Topic } from '../../../report/events.ts';
import type { Part } from '../part/part.ts';
import { type Complaint, readComplaint } from '../program/complaint.ts';
import type { Run } from '../run-part.ts';
import { Losses } from './losses.ts';

export type Fault = Omit<Failure, 'path'>;

export type Blame = {
  /** by entry; 'lost': it is there, but for what the destination cannot keep */
  readonly of: ReadonlyMap<string, Fault | 'lost'>;
  /** what is about no entry of the Part */
  readonly others: readonly Fault[];
  readonly lost: Readonly<Partial<Record<Topic, number>>>;
  /** of those, whether it was there and is somebody else's */
  readonly isForeign: (key: string) => boolean;
};

/** `still` says what rsync would do now. */
export function blame(part: Part, { ended, items }: Run, still: Run): Blame {
  const of = new Map<string, Fault>();
  const losses = new Losses();
  const others: Complaint[] = [];
  for (const complaint of [...ended.complaints, ...still.ended.complaints].map(readComplaint)) {
    if (!complaint) continue;
    const key = keyIn(part, complaint);
    if (complaint.topic && !mightBeMade(part, complaint.topic, key))
      losses.add(complaint.topic, key ?? rootOf(part, complaint));
    else if (key === undefined) others.push(complaint);
    else if (!of.has(key)) of.set(key, ofEntry(complaint));
  }
  const unnamed = others[0] ? ofEntry(others[0]) : unsaid;
  const followers = namesAfter(part, of);
  for (const [key, item] of still.items) {
    if (followers.has(key) && !items.has(key)) continue; // nobody tried it
    const isEntry = part.entries.has(key);
    if (!isEntry && !(key === '' && part.root)) continue;
    if (!losses.explains(key, item) && isEntry && !of.has(key)) of.set(key, unnamed);
  }
  const { lost, keys } = losses.but(of);
  const all = new Map<string, Fault | 'lost'>(keys.map((key) => [key, 'lost']));
  for (const [key, fault] of of) all.set(key, fault);
  return { of: all, others: needed(all, others), lost, isForeign: (key) => losses.isForeign(key) };
}

/** FIFOs and sockets take no rights: what hinders them is the place. */
function mightBeMade({ entries }: Part, topic: Topic, key: string | undefined): boolean {
  const kind = key === undefined ? undefined : entries.get(key)?.kind;
  return topic === 'special' && (kind === 'fifo' || kind === 'socket');
}

/** The root's, which stands for no entry, where that is what it is about. */
function rootOf({ root }: Part, { paths }: Complaint): '' | undefined {
  return root && paths.some((path) => /^(.*\/)?\.$/s.test(path)) ? '' : undefined;
}

/** Other names of files one of whose names failed: they were to be links to that one. */
function namesAfter({ groups }: Part, failed: ReadonlyMap<string, Fault>): ReadonlySet<string> {
  const has = (key: string) => failed.has(key);
  return new Set(groups.filter((keys) => keys.some(has)).flatMap((keys) => keys.filter((key) => !has(key))));
}

/** Single complaints name entries; what else is not done failed of the first thing that names none. */
const unsaid: Fault = { kind: 'io', message: 'rsync did not do it, and does not say why', hint: undefined };

/** What no entry stands for has to be said by itself. */
function needed(of: ReadonlyMap<string, Fault | 'lost'>, others: readonly Complaint[]): readonly Fault[] {
  if (of.size > 0) return [];
  return others.slice(0, 1).map(({ kind, message }) => ({ kind, message, hint: undefined }));
}

/** Its path is said beside it, so that what rsync calls it, and where, need not be. */
function ofEntry({ kind, message, ofEntry }: Complaint): Fault {
  return { kind, hint: undefined, message, ...ofEntry };
}

/** The entry that a path of rsync's ends in: the longest. */
function keyIn(part: Part, { paths }: Complaint): string | undefined {
  for (const path of paths) {
    for (let at = 0; at >= 0; at = path.indexOf('/', at + 1)) {
      const key = path.slice(at === 0 && path[0] !== '/' ? 0 : at + 1).replace(/^(\.\/)+/, '');
      if (part.entries.has(key)) return key;
    }
  }
  return undefined;
}
