import { type Db, inOne } from '../file/sqlite.ts';

// Every table but `failures` belongs to the route's current run or to the route. The `crc` of a row covers all
// else in it, see crc.ts.
const migrations = [
  `CREATE TABLE route (
     id INTEGER PRIMARY KEY CHECK (id = 1),
     body TEXT NOT NULL,
     crc INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE runs (
     id TEXT PRIMARY KEY,
     started_ms INTEGER NOT NULL,
     body TEXT NOT NULL,
     crc INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE failures (
     run TEXT NOT NULL,
     number INTEGER NOT NULL,
     path BLOB NOT NULL,
     body TEXT NOT NULL,
     crc INTEGER NOT NULL,
     PRIMARY KEY (run, number)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE parts (
     id INTEGER PRIMARY KEY,
     kind TEXT NOT NULL,
     dir BLOB NOT NULL,
     names BLOB NOT NULL,
     detail TEXT NOT NULL,
     crc INTEGER NOT NULL,
     ranges BLOB,
     ranges_crc INTEGER NOT NULL
   ) STRICT;
   CREATE TABLE links (
     device INTEGER NOT NULL,
     inode INTEGER NOT NULL,
     dir BLOB NOT NULL,
     name BLOB NOT NULL,
     crc INTEGER NOT NULL,
     PRIMARY KEY (device, inode, dir, name)
   ) STRICT, WITHOUT ROWID;
   CREATE TABLE left_rows (
     id INTEGER PRIMARY KEY,
     dir INTEGER NOT NULL,
     slice INTEGER NOT NULL,
     stamp INTEGER NOT NULL,
     crc INTEGER NOT NULL,
     prints BLOB NOT NULL
   ) STRICT;
   CREATE UNIQUE INDEX left_at ON left_rows (dir, slice);`,
];

export const newest = migrations.length;

export function versionOf(db: Db): number {
  return db.pragma('user_version', { simple: true }) as number;
}

/** Brings the tables to the newest version; a database that is newer is left as it is. */
export function migrate(db: Db): void {
  for (let version = versionOf(db); version < newest; version++) {
    inOne(db, () => {
      db.exec(migrations[version]!);
      db.pragma(`user_version = ${version + 1}`);
    });
  }
}
