import { create } from './create.ts';
import { damaged } from './fault.ts';
import { privateSize, type RouteFiles } from './files.ts';
import { type Mark, readHeader } from './header.ts';
import { type WalState, walState } from './wal.ts';

/** What the files of a database say of it before SQLite touches them. */
export type Found = { readonly bytes: number; readonly mark: Mark; readonly wal: WalState };

/** Throws damage where the files cannot be what was left; makes the database if there is nothing. */
export function lookAtFiles(files: RouteFiles): Found {
  const bytes = privateSize(files.db);
  privateSize(files.wal);
  privateSize(files.shm);
  const wal = walState(files.wal);
  if (bytes === undefined && wal !== 'none') throw damaged('it is gone and only its WAL is there');
  if (bytes === undefined) {
    create(files);
    return { bytes: 0, mark: 'shut', wal };
  }
  const { mark, fileBytes } = readHeader(files.db);
  if (mark === undefined) throw damaged('it is not a Journal');
  if (mark === 'open' && wal === 'none') throw damaged('its WAL is gone');
  if (wal === 'damaged') throw damaged('its WAL is not what was written');
  const found = { bytes, mark, wal };
  if (wasShut(found) && bytes !== fileBytes) throw damaged('it is not as long as it was');
  return found;
}

/** Whether it was left in order, so that the file alone holds everything. */
export function wasShut({ mark, wal }: Found): boolean {
  return mark === 'shut' && wal === 'none';
}
