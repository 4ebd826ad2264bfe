/** A large file that changed in place: only what changed in it is sent, where that is quicker; else it goes anew. */
import { isKind } from '../../../errors.ts';
import { removeRoom, roomName } from '../../../store/delta.ts';
import type { Entry, FileEntry } from '../../../store/entry.ts';
import { pathIn } from '../../../store/named.ts';
import type { RelativePath } from '../../../store/path.ts';
import type { Here } from '../directory/here.ts';
import { lostOf, staysOther } from '../metadata/same.ts';
import { printOf } from './source-mark.ts';

/** Whether what is there is of use. */
export async function isForDelta(
  { lane }: Here,
  file: FileEntry,
  existing: Entry | undefined,
): Promise<boolean> {
  const { delta, single } = lane.setup;
  if (!delta || existing?.kind !== 'file' || (single && Buffer.compare(single, file.path) !== 0))
    return false;
  return delta.takes(file, existing);
}

/** False where it has to go anew: the source changed meanwhile, or it did not work. */
export async function changedInPlace(here: Here, file: FileEntry): Promise<boolean> {
  const { lane } = here;
  const orAnew = (error: unknown): undefined => {
    if (lane.board.stopped || isKind(error, 'full', 'transient')) throw error;
  };
  const carrying = await here.change(() => carried(here, file)).catch(orAnew);
  if (!carrying) return false;
  const { source, dest } = lane.setup;
  const [isCleared, now, made] = await Promise.all([
    carrying.clearing.then(() => true, orAnew),
    source.stat(file.path, lane.signal),
    dest.stat(file.path, lane.signal),
  ]);
  if (!isCleared) return false;
  if (now?.kind !== 'file' || printOf(now) !== printOf(file)) return false;
  if (made?.kind !== 'file' || made.size !== file.size) return false;
  const { clock: _, ...lost } = lostOf(file, staysOther(file, made, lane.setup), lane.setup);
  lane.ledger.lost(lost); // rsync keeps times more finely than is told here
  lane.ledger.notice('delta');
  lane.ledger.merged(file.size);
  lane.ledger.did('update', () => file.path, file.size);
  return true;
}

/** Undefined where rsync ends as if the line had broken, which has not. */
async function carried(
  here: Here,
  file: FileEntry,
): Promise<{ readonly clearing: Promise<void> } | undefined> {
  const { lane } = here;
  const { delta } = lane.setup;
  const room = pathIn(here.dir.path, roomName(lane.partialName()));
  lane.wrote();
  const how = {
    room,
    moved: (bytes: number) => lane.movesElsewhere(bytes),
    pace: (bytes: number) => lane.paced(bytes),
  };
  try {
    await delta!.carry(file, how, lane.signal);
  } catch (error) {
    await clear(here, room); // over that line, if it leads there
    if (isKind(error, 'transient') && !lane.board.stopped) return undefined;
    throw error;
  }
  return { clearing: clear(here, room) };
}

/** A run that stops leaves it to the next one. */
async function clear({ lane }: Here, room: RelativePath): Promise<void> {
  if (!lane.board.stopped) await removeRoom(lane.setup.dest, room, lane.signal);
}
