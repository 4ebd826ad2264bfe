/** An entry as one line: as `ls -l` writes it, or as JSON. */
import { jsonLine, pathFields } from '../../report/json.ts';
import { show } from '../../report/show.ts';
import type { Entry } from '../../store/entry.ts';
import { localTime, utcTime } from './time.ts';

type Target = Uint8Array | undefined;

const letters = {
  file: '-',
  directory: 'd',
  symlink: 'l',
  fifo: 'p',
  socket: 's',
  block: 'b',
  character: 'c',
} satisfies Record<Entry['kind'], string>;

/** `-rw-r--r--         1234 2026-11-20 14:12:05.123456789 +0100 a/b`, under any name; `long`: with owner and group, too. */
export function entryLine(entry: Entry, name: string, target: Target, long: boolean): string {
  const { kind, mode, mtimeNs, owner } = entry;
  const columns = [
    `${letters[kind]}${mode === undefined ? '?????????' : permissions(mode)}`,
    ...(long ? [owner?.uid, owner?.gid].map((id) => String(id ?? '-').padStart(7)) : []),
    sizeOf(entry).padStart(12),
    mtimeNs === undefined ? '-'.padEnd(35) : localTime(mtimeNs),
    target === undefined ? name : `${name} -> ${show(target)}`,
  ];
  return columns.join(' ');
}

export function entryJson(entry: Entry, target: Target): string {
  const { kind, path, mode, owner, mtimeNs } = entry;
  return jsonLine('listed', {
    ...pathFields(path),
    kind,
    size: kind === 'file' ? entry.size : undefined,
    mode: mode?.toString(8).padStart(4, '0'),
    uid: owner?.uid,
    gid: owner?.gid,
    modified: mtimeNs === undefined ? undefined : utcTime(mtimeNs),
    ...targetFields(target),
    device: deviceOf(entry),
  });
}

function sizeOf(entry: Entry): string {
  if (entry.kind === 'file') return String(entry.size);
  return deviceOf(entry)?.join(', ') ?? '-';
}

/** Of a device, where the place tells which one it is. */
function deviceOf(entry: Entry): readonly [major: number, minor: number] | undefined {
  if (!('major' in entry) || entry.major === undefined || entry.minor === undefined) return undefined;
  return [entry.major, entry.minor];
}

function targetFields(target: Target): Record<string, string | undefined> {
  const { path, pathBase64 } = target ? pathFields(target) : {};
  return pathBase64 === undefined ? { target: path } : { target: path, targetBase64: pathBase64 };
}

/** `rwxr-s--T` */
function permissions(mode: number): string {
  const one = (shift: number, special: number, letter: string) => {
    const bits = mode >> shift;
    const runs = (bits & 1) !== 0;
    const last = (mode & special) === 0 ? (runs ? 'x' : '-') : runs ? letter : letter.toUpperCase();
    return `${bits & 4 ? 'r' : '-'}${bits & 2 ? 'w' : '-'}${last}`;
  };
  return one(6, 0o4000, 's') + one(3, 0o2000, 's') + one(0, 0o1000, 't');
}
