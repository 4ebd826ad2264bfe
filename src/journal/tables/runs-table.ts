import { emptyProfile } from '../../profile/profile.ts';
import { emptyTally } from '../../report/events.ts';
import { damaged } from '../file/fault.ts';
import type { Db } from '../file/sqlite.ts';
import type { RunRow } from '../types.ts';
import { crcOf } from './crc.ts';

const runsKept = 100;

const optional = {
  notices: {},
  endedMs: undefined,
  predictedMs: undefined,
  elapsedMs: undefined,
  whyOff: undefined,
  expected: undefined,
};

type Raw = [id: string, startedMs: number, body: string, crc: number];

export function runsTable(db: Db) {
  const columns = 'id, started_ms, body, crc FROM runs';
  const newest = 'ORDER BY rowid DESC'; // as they began, whatever the clock said
  const one = db.prepare<[string], Raw>(`SELECT ${columns} WHERE id = ?`).raw();
  const every = db.prepare<[], Raw>(`SELECT ${columns} ${newest}`).raw();
  const put = db.prepare<Raw>(
    `INSERT INTO runs (id, started_ms, body, crc) VALUES (?, ?, ?, ?)
     ON CONFLICT (id) DO UPDATE SET started_ms = excluded.started_ms, body = excluded.body, crc = excluded.crc`,
  );
  const remove = db.prepare<[string]>('DELETE FROM runs WHERE id = ?');
  const known = rememberingRows();
  const old = db.prepare<[number], [string]>(`SELECT id FROM runs ${newest} LIMIT -1 OFFSET ?`).raw();
  return {
    find(id: string): RunRow | undefined {
      const raw = one.get(id);
      return raw && rowOf(raw);
    },
    /** The newest first. A run asks for them several times, and they are its to read only. */
    all: () => every.all().map(known),
    write(run: RunRow): void {
      const body = JSON.stringify(run);
      put.run(run.id, run.startedMs, body, crcOf(`${run.id} ${run.startedMs}`, body));
    },
    remove: (id: string) => void remove.run(id),
    /** Ids of runs that are older than those that are kept. */
    surplus: () => old.all(runsKept).map(([id]) => id),
  };
}

/** What a row says; taken apart once, as long as it is what it was. */
function rememberingRows(): (raw: Raw) => Readonly<RunRow> {
  const known = new Map<string, { readonly raw: Raw; readonly run: RunRow }>();
  return (raw) => {
    const before = known.get(raw[0]);
    if (before && raw.every((value, at) => value === before.raw[at])) return before.run;
    const run = rowOf(raw);
    known.set(raw[0], { raw, run });
    return run;
  };
}

function rowOf([id, startedMs, body, crc]: Raw): RunRow {
  if (crcOf(`${id} ${startedMs}`, body) !== crc) throw damaged('a run in it is not what was written');
  const run = JSON.parse(body) as RunRow;
  const tally = { ...emptyTally(), ...run.tally };
  return { ...optional, ...run, tally, profile: { ...emptyProfile(), ...run.profile } };
}
