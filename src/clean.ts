/**
 * Takes away what runs of this machine left unfinished in a bucket: uploads that were begun and never ended, which cost
 * what is kept and are in no listing of objects. Only those that the state directory has a note of are ours; one whose
 * answer never came is known by its key and the time of its beginning, if there is exactly one such.
 */
import { partialOf } from './conduct/checkpoint/part-rows.ts';
import { listRuns, pendingOf } from './journal/list.ts';
import { dropNote, isUnderWay, type UploadNote, uploadNotes } from './journal/uploads.ts';
import type { S3Place } from './location/location.ts';
import type { S3Access } from './store/s3/access.ts';
import { type Leftover, type Leftovers, openLeftovers } from './store/s3/upload/leftovers.ts';

export type Cleaned = {
  readonly key: string;
  readonly sinceMs: number;
  readonly became: 'removed' | 'would be removed' | 'kept: under way' | 'kept: a run goes on with it';
};

type How = {
  readonly stateDir: string;
  readonly dryRun: boolean;
  /** younger ones are left alone */
  readonly olderThanMs: number;
};

/** One after the other, and what became of each. */
export async function* clean(
  place: S3Place,
  access: S3Access,
  { stateDir, dryRun, olderThanMs }: How,
  signal: AbortSignal,
): AsyncGenerator<Cleaned> {
  using leftovers = await openLeftovers(place, access);
  const wanted = idsOfRuns(stateDir);
  const notes = notesOf(stateDir, place, leftovers);
  if (notes.length === 0) await leftovers.mustBeThere(signal); // its name may be mistyped
  for (const note of notes) {
    if (Date.now() - note.sinceMs < olderThanMs) continue;
    const { key, sinceMs } = note;
    const one = (became: Cleaned['became']) => ({ key, sinceMs, became });
    if (isUnderWay(note)) yield one('kept: under way');
    else if (note.id !== undefined && wanted.has(note.id)) yield one('kept: a run goes on with it');
    else if (await remove(leftovers, note, dryRun, signal))
      yield one(dryRun ? 'would be removed' : 'removed');
  }
}

/** Gives up the uploads that a route's last run would go on with; answers how many they were. */
export async function giveUp(
  place: S3Place,
  access: S3Access,
  { stateDir, ids }: { readonly stateDir: string; readonly ids: ReadonlySet<string> },
  signal: AbortSignal,
): Promise<number> {
  using leftovers = await openLeftovers(place, access);
  let count = 0;
  for (const note of notesOf(stateDir, { ...place, prefix: '' }, leftovers)) {
    if (note.id === undefined || !ids.has(note.id)) continue;
    if (await remove(leftovers, note, false, signal)) count++;
  }
  return count;
}

function notesOf(stateDir: string, { bucket, prefix }: S3Place, { service }: Leftovers): UploadNote[] {
  const inside = prefix.replace(/\/$/, '');
  const isBelow = (key: string) => inside === '' || key === inside || key.startsWith(`${inside}/`);
  return uploadNotes(stateDir).filter(
    (note) => note.service === service && note.bucket === bucket && isBelow(note.key),
  );
}

/** False where the service has no such upload, or it cannot be told whose it is. */
async function remove(
  leftovers: Leftovers,
  note: UploadNote,
  dryRun: boolean,
  signal: AbortSignal,
): Promise<boolean> {
  const there = await leftovers.ofKey(note.key, signal);
  const ours = there.filter((one) => isOf(one, note));
  const [upload, another] = ours;
  if (another) return false;
  if (upload && !dryRun) await leftovers.abort(upload, signal);
  if (!dryRun) dropNote(note);
  return upload !== undefined;
}

const clocksMs = 60_000; // that two clocks may differ
const answerMs = 10 * 60_000; // that a service may take to begin one

function isOf({ id, begunMs }: Leftover, note: UploadNote): boolean {
  if (note.id !== undefined) return id === note.id;
  return begunMs >= note.sinceMs - clocksMs && begunMs <= note.sinceMs + answerMs;
}

/** Of uploads that a run which can be resumed has in its Journal. */
function idsOfRuns(stateDir: string): Set<string> {
  const runs = listRuns(stateDir).runs.filter(({ dest }) => dest.startsWith('s3:'));
  const keys = new Set(runs.map(({ key }) => key));
  return new Set([...keys].flatMap((key) => [...idsOf(stateDir, key)]));
}

/** The same of one route. */
export function idsOf(stateDir: string, key: string): Set<string> {
  const ids = new Set<string>();
  for (const row of pendingOf(stateDir, key)) {
    const word = partialOf(row)?.split(':').at(-2);
    if (word !== undefined) ids.add(decodeURIComponent(word));
  }
  return ids;
}
