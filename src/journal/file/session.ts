import { type Mark, setMark } from './header.ts';
import { connect, type Db, inOne, sqliteCode } from './sqlite.ts';

/**
 * A connection that changes a route's database, and leaves its file marked as shut and whole.
 *
 * SQLite removes the WAL when the last connection closes. That must not happen while the file is marked as open,
 * or it would look as if somebody had taken the WAL away. So where the mark cannot be changed any more, because
 * the disk is full, a second connection keeps the WAL; and a process that just ends does all this too.
 */
export type Session = Disposable & {
  readonly db: Db;
  /** Keeps the change durably, or throws and keeps nothing. */
  write<T>(change: () => T): T;
  /** Makes the file alone say all that was committed, so that the WAL holds nothing. */
  settle(): void;
  /** Closes it as it is, because it is damaged. */
  abandon(): void;
};

const busyMs = 2000;
const cacheKiB = 8192;

/** `mark` is what the file bears now. */
export function beginSession(path: string, mark: Mark): Session {
  using owned = new DisposableStack();
  const state: { mark: Mark; keeper?: Db } = { mark };
  owned.defer(() => state.keeper?.close());
  const db = configured(owned.use(connect(path, { readonly: false, waitMs: busyMs })));
  const settle = () => {
    setMark(db, 'shut');
    db.pragma('wal_checkpoint(TRUNCATE)');
    state.mark = 'shut';
  };
  owned.defer(() => {
    if (state.mark === 'shut' || succeeds(settle)) return;
    succeeds(() => {
      state.keeper = keep(path);
    });
  });
  const kept = owned.move();
  const end = () => kept.dispose();
  process.once('exit', end);
  kept.defer(() => void process.off('exit', end));
  return {
    db,
    settle,
    write(change) {
      if (state.mark === 'open') return inOne(db, change);
      const result = inOne(db, () => {
        setMark(db, 'open');
        return change();
      });
      state.mark = 'open';
      succeeds(() => void db.pragma('wal_checkpoint(PASSIVE)')); // brings the mark into the file itself
      return result;
    },
    abandon() {
      state.mark = 'shut';
      db.close();
    },
    [Symbol.dispose]: end,
  };
}

/** Settings that hold for one connection only. */
export function configured(db: Db): Db {
  db.pragma('synchronous = FULL');
  db.pragma('cell_size_check = ON');
  db.pragma('trusted_schema = OFF');
  db.pragma('mmap_size = 0');
  db.pragma(`cache_size = -${cacheKiB}`);
  db.pragma('temp_store = MEMORY');
  return db;
}

/** A connection that reads, and so has the WAL open. */
function keep(path: string): Db {
  const db = connect(path, { readonly: true, waitMs: 0 });
  db.pragma('user_version');
  return db;
}

/** Whether SQLite could do it; for what is made up for later. */
function succeeds(work: () => void): boolean {
  try {
    work();
    return true;
  } catch (error) {
    if (sqliteCode(error) === undefined) throw error;
    return false;
  }
}
