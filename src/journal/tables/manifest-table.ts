import { type Db, inOne } from '../file/sqlite.ts';

export type ManifestRow = {
  readonly path: Uint8Array;
  readonly target: Uint8Array | undefined;
  readonly line: string;
};

export type ManifestRows = ReturnType<typeof manifestTable>;

type Raw = [path: Uint8Array, target: Uint8Array | null, line: string];

const slash = 0x2f;

/** The tables of a manifest of which nothing is known; `base` says what it changes. */
export function newManifest(db: Db, base: string): void {
  db.exec(`
    CREATE TABLE about (base TEXT NOT NULL) STRICT;
    CREATE TABLE kept (path BLOB PRIMARY KEY, dir BLOB NOT NULL, target BLOB, line TEXT NOT NULL)
      STRICT, WITHOUT ROWID;
    CREATE INDEX kept_in ON kept (dir, path);
    CREATE INDEX kept_for ON kept (target, path) WHERE target IS NOT NULL;`);
  db.prepare('INSERT INTO about VALUES (?)').run(base);
}

/** Rows by path. They close the database when they are disposed of. */
export function manifestTable(db: Db) {
  const { put, add, drop, clear, find, inside, leading, last, after, first } = statementsOf(db);
  return {
    find: (path: Uint8Array) => rowOf(find.get(path)),
    inside: (dir: Uint8Array, path: Uint8Array, most: number) => inside.all(dir, path, most).map(row),
    leadingTo: (target: Uint8Array, path: Uint8Array, most: number) =>
      leading.all(target, path, most).map(row),
    lastLeadingTo: (target: Uint8Array) => rowOf(last.get(target)),
    *all(): Generator<ManifestRow> {
      const top = rowOf(first.get());
      if (top) yield top;
      for (let page = after.all(nothing, pageRows); page.length > 0; ) {
        yield* page.map(row);
        page = after.all(page.at(-1)![0], pageRows);
      }
    },
    put: (one: ManifestRow) => void put.run(...stored(one)),
    add: (one: ManifestRow) => void add.run(...stored(one)),
    drop: (path: Uint8Array) => void drop.run(path),
    clear: () => void clear.run(),
    atOnce: (tell: () => void) => inOne(db, tell),
    begin: () => void db.exec('BEGIN IMMEDIATE'),
    end: () => void db.exec('COMMIT'),
    [Symbol.dispose]: () => void db.close(),
  };
}

function statementsOf(db: Db) {
  const columns = 'path, target, line';
  const values = '(path, dir, target, line) VALUES (?, ?, ?, ?)';
  const put = db.prepare(`INSERT OR REPLACE INTO kept ${values}`);
  const add = db.prepare(`INSERT OR IGNORE INTO kept ${values}`);
  const drop = db.prepare('DELETE FROM kept WHERE path = ?');
  const clear = db.prepare('DELETE FROM kept');
  const find = db.prepare<[Uint8Array], Raw>(`SELECT ${columns} FROM kept WHERE path = ?`).raw();
  const inside = db
    .prepare<[Uint8Array, Uint8Array, number], Raw>(
      `SELECT ${columns} FROM kept WHERE dir = ? AND path > ? ORDER BY path LIMIT ?`,
    )
    .raw();
  const leading = db
    .prepare<[Uint8Array, Uint8Array, number], Raw>(
      `SELECT ${columns} FROM kept WHERE target = ? AND path > ? ORDER BY path LIMIT ?`,
    )
    .raw();
  const last = db
    .prepare<[Uint8Array], Raw>(`SELECT ${columns} FROM kept WHERE target = ? ORDER BY path DESC LIMIT 1`)
    .raw();
  const after = db
    .prepare<[Uint8Array, number], Raw>(`SELECT ${columns} FROM kept WHERE path > ? ORDER BY path LIMIT ?`)
    .raw();
  const first = db.prepare<[], Raw>(`SELECT ${columns} FROM kept WHERE length(path) = 0`).raw();
  return { put, add, drop, clear, find, inside, leading, last, after, first };
}

const pageRows = 256;
const nothing = new Uint8Array(0);

function rowOf(raw: Raw | undefined): ManifestRow | undefined {
  return raw && row(raw);
}

function row([path, target, line]: Raw): ManifestRow {
  return { path, target: target ?? undefined, line };
}

function stored({ path, target, line }: ManifestRow) {
  return [path, dirOf(path), target ?? null, line] as const;
}

/** The top is in no directory, so that it is not found in itself. */
function dirOf(path: Uint8Array): Uint8Array {
  return path.length === 0 ? Uint8Array.of(slash) : path.subarray(0, Math.max(0, path.lastIndexOf(slash)));
}
