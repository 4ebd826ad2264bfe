import * as fs from 'node:fs';
import type { Db } from './sqlite.ts';

/**
 * A mark on the first page of the database file itself, in SQLite's application id.
 *
 * 'open' is written with the first change of a session and 'shut' with the last, so a file that says 'open'
 * was left in a hurry, and then its WAL must be there. They differ in many bits; anything else is damage.
 */
export type Mark = 'open' | 'shut';

const ids = { open: 0x4f50454e, shut: 0x64696670 } as const satisfies Record<Mark, number>;

export type Header = {
  readonly mark: Mark | undefined; // undefined where it is none of ours
  readonly fileBytes: number; // as long as the file was after the last change
};

/** The header of a database file that nothing in this process has open. */
export function readHeader(path: string): Header {
  const header = Buffer.alloc(100);
  const fd = fs.openSync(path, fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW);
  try {
    fs.readSync(fd, header, 0, header.length, 0);
  } finally {
    fs.closeSync(fd);
  }
  const id = header.readUInt32BE(68);
  return {
    mark: (Object.keys(ids) as Mark[]).find((mark) => ids[mark] === id),
    fileBytes: header.readUInt16BE(16) * header.readUInt32BE(28),
  };
}

/** Belongs inside the transaction of the change that it goes with. */
export function setMark(db: Db, mark: Mark): void {
  db.pragma(`application_id = ${ids[mark]}`);
}
