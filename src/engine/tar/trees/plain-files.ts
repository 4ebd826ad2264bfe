/**
 * Regular files whose header says all there is to say of them, which are most: written from where their bytes came to,
 * with nothing made of any of them. Every other member is somebody else's.
 */
import { dress, timesOf } from '../../../store/local/metadata/dress.ts';
import { isBeyond, type Lost, nothing } from '../../../store/local/metadata/metadata.ts';
import { startMode } from '../../../store/local/place/start-mode.ts';
import * as c from '../../../work/posix/constants.ts';
import * as libc from '../../../work/posix/libc.ts';
import { addressIn } from '../../../work/posix/memory.ts';
import { Stat } from '../../../work/posix/stat.ts';
import { headerNumber } from '../stream/numbers.ts';
import type { Plain } from '../stream/parser.ts';
import type { UnpackHow } from '../unpack/unpacking.ts';
import type { TreeBatch } from './batch.ts';
import type { TreeRooms } from './rooms.ts';

export type TreeHow = Omit<UnpackHow, 'partialName'> & {
  /** what names of ours begin with, in this run */
  readonly ownTag: string;
};

type Told = {
  readonly lost: (lost: Lost) => void;
  readonly failed: (entry: number, errno: number) => void;
};

const newFile = c.O_CREAT | c.O_EXCL | c.O_WRONLY | c.O_NOFOLLOW | c.O_CLOEXEC;
const none: ReadonlyMap<string, string> = new Map();
const made = new Stat();

export class PlainFiles implements Plain {
  readonly #batch: TreeBatch;
  readonly #rooms: TreeRooms;
  readonly #how: TreeHow;
  readonly #told: Told;
  readonly #wanted = new Stat(); // several batches may come at a time
  /** 1 for each entry that is whole, also for those that somebody else unpacked */
  readonly arrived: Uint8Array;
  #next = 0;
  #fd = -1;
  #errno = 0;

  constructor(batch: TreeBatch, rooms: TreeRooms, how: TreeHow, told: Told) {
    this.#batch = batch;
    this.#rooms = rooms;
    this.#how = how;
    this.#told = told;
    this.arrived = new Uint8Array(batch.entries);
  }

  /** The entry that comes next, which somebody else takes; undefined where none is to come. */
  next(): number | undefined {
    return this.#next < this.#batch.entries ? this.#next++ : undefined;
  }

  begin(header: Buffer, size: number): boolean {
    const entry = this.#next;
    const { entries, types, sizes, seconds, ns, isYoung } = this.#batch;
    if (entry >= entries || types[entry] !== c.S_IFREG || sizes[entry] !== size) return false;
    if (header[345] !== 0 || headerNumber(header, 136, 12) !== seconds[entry]) return false;
    if (!this.#batch.isNamed(entry, header)) return false;
    const mode = headerNumber(header, 100, 8);
    const uid = headerNumber(header, 108, 8);
    const gid = headerNumber(header, 116, 8);
    if (mode === undefined || uid === undefined || gid === undefined) return false;
    this.#next++;
    tell(this.#wanted, {
      mode: mode & 0o7777,
      uid,
      gid,
      size,
      seconds: seconds[entry]!,
      ns: isYoung ? 0 : ns[entry]!,
    });
    this.#open(entry);
    return true;
  }

  #open(entry: number): void {
    const opened = this.#rooms.of(entry);
    const mode = startMode(this.#wanted, undefined, this.#how);
    const name = this.#batch.addressOf(entry);
    this.#fd = typeof opened === 'number' ? opened : libc.openat(opened.target.fd, name, newFile, mode);
    this.#errno = Math.min(this.#fd, 0);
  }

  data(chunk: Buffer, start: number, end: number): void {
    const at = addressIn(chunk);
    for (let from = start; from < end && this.#errno === 0; ) {
      const wrote = libc.write(this.#fd, at + from, end - from);
      if (wrote < 0) this.#errno = wrote;
      from += wrote;
    }
  }

  end(): void {
    const entry = this.#next - 1;
    const opened = this.#rooms.of(entry);
    if (this.#errno === 0 && typeof opened === 'object') this.#dress(opened.target.loose);
    this.drop();
    if (this.#errno === 0) this.arrived[entry] = 1;
    else if (typeof opened === 'object') opened.room.isSpoilt = true;
    if (this.#errno < 0) this.#told.failed(entry, this.#errno);
  }

  /** Closes what is open. */
  drop(): void {
    const failed = this.#fd < 0 ? 0 : libc.close(this.#fd);
    this.#fd = -1;
    if (failed < 0 && this.#errno === 0) this.#errno = failed;
  }

  #dress(isLoose: boolean): void {
    if (!isLoose && isMadeRight(this.#wanted, this.#how)) {
      if (libc.futimens(this.#fd, timesOf(this.#wanted)) < 0) this.#told.lost({ ...nothing, times: 1 });
      return;
    }
    made.of(this.#fd);
    const attributes = isLoose ? { said: none } : undefined;
    const lost = dress(this.#fd, { source: this.#wanted, present: made, attributes }, this.#how);
    if (typeof lost === 'number') this.#errno = lost;
    else this.#told.lost(lost);
  }
}

/** Whether a file that was made with its mode needs nothing but its time. */
function isMadeRight(wanted: Stat, { keep, holder }: TreeHow): boolean {
  const { holdsModes, ownsMade, timeStepNs, umask } = holder;
  if (!keep.mode || !keep.owner || !keep.times || !holdsModes || !ownsMade || timeStepNs !== 1) return false;
  if (wanted.uid !== holder.uid || wanted.gid !== holder.gid) return false;
  return wanted.mode <= 0o777 && (wanted.mode & umask) === 0 && !isBeyond(wanted, holder);
}

type Fields = {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly size: number;
  readonly seconds: number;
  readonly ns: number;
};

/** Fills what is asked of a small file with a time from 1970 to 2038. */
function tell({ words }: Stat, { mode, uid, gid, size, seconds, ns }: Fields): void {
  words[5] = uid;
  words[6] = gid;
  words[7] = c.S_IFREG | mode;
  words[10] = size;
  words[16] = words[28] = seconds;
  words[18] = words[30] = ns;
}
