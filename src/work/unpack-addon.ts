import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import { makeDirectories } from './make-directories.ts';
import { removeFile } from './remove-file.ts';

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = fs.constants;
const me = process.geteuid!();

export interface Asset {
  readonly name: string;
  readonly bytes: ArrayBuffer | Uint8Array;
  /** Names the directory, so that two versions never share one. */
  readonly digest: string;
}

/**
 * The path of a file that holds exactly these bytes and that nobody but this user and root can change.
 *
 * It is kept in `cache`/difpipe/`digest` and compared with the asset, byte by byte, at every start.
 * Where that directory cannot be made, or another user could reach it or a directory above it,
 * the file goes to a new private directory under the first of `temps` that can hold it, removed when the process exits.
 */
export function unpack(asset: Asset, place: { cache: string | undefined; temps: readonly string[] }): string {
  const kept = place.cache && attempt(() => keepIn(privateDirectory(place.cache!, asset.digest), asset));
  return kept || keepAside(place.temps, asset);
}

function keepIn(directory: string, asset: Asset): string {
  const path = join(directory, asset.name);
  const bytes = Buffer.from(asset.bytes as ArrayBuffer);
  if (!holds(path, bytes)) writeWhole(path, bytes);
  return path;
}

function privateDirectory(cache: string, digest: string): string {
  makeDirectories(cache);
  const home = fs.realpathSync(cache);
  if (!outOfReach(home)) throw new Error(`another user can change ${home}`);
  const above = ownDirectory(join(home, 'difpipe'), { nobodyMay: 0o022 }); // who made it may have let others look
  return ownDirectory(join(above, digest), { nobodyMay: 0o077 });
}

function ownDirectory(path: string, { nobodyMay }: { nobodyMay: number }): string {
  attempt(() => fs.mkdirSync(path, { mode: 0o700 }));
  const stat = fs.lstatSync(path);
  if (!stat.isDirectory() || stat.uid !== me || stat.mode & nobodyMay)
    throw new Error(`${path} is not private`);
  return path;
}

function keepAside(temps: readonly string[], asset: Asset): string {
  const ordered = [...temps.filter(outOfReach), ...temps];
  for (const temp of ordered) {
    const made = attempt(() => fs.mkdtempSync(join(temp, 'difpipe-')));
    if (!made) continue;
    process.on('exit', () => fs.rmSync(made, { recursive: true, force: true }));
    const kept = attempt(() => keepIn(made, asset));
    if (kept) return kept;
  }
  throw new Error(
    `cannot unpack into ${temps.join(' or ')}; set TMPDIR or XDG_CACHE_HOME to a directory that can be written`,
  );
}

/** Whether no other user but root could swap `path` or a directory above it for another. */
function outOfReach(path: string): boolean {
  const stat = attempt(() => fs.statSync(path));
  if (!stat || (stat.uid !== me && stat.uid !== 0)) return false;
  const shared = stat.mode & 0o022 && !(stat.mode & 0o1000);
  return !shared && (path === '/' || outOfReach(dirname(path)));
}

function holds(path: string, bytes: Buffer): boolean {
  const fd = attempt(() => fs.openSync(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK));
  if (fd === undefined) return false;
  try {
    const stat = fs.fstatSync(fd);
    const ours = stat.isFile() && stat.uid === me && !(stat.mode & 0o022) && stat.size === bytes.length;
    return ours && equals(fd, bytes);
  } finally {
    fs.closeSync(fd);
  }
}

const pieceBytes = 64 * 1024; // memory for all of it would take as long as reading it

function equals(fd: number, bytes: Buffer): boolean {
  const piece = Buffer.allocUnsafe(pieceBytes);
  for (let at = 0; at < bytes.length; ) {
    const got = fs.readSync(fd, piece);
    if (got === 0 || piece.compare(bytes, at, Math.min(at + got, bytes.length), 0, got) !== 0) return false;
    at += got;
  }
  return true;
}

function writeWhole(path: string, bytes: Buffer): void {
  // Nobody else can create in here, so the name need not be hard to guess; node:crypto takes 5 ms to load.
  const partial = `${path}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  try {
    fs.writeFileSync(partial, bytes, { flag: 'wx', mode: 0o600 });
    fs.renameSync(partial, path);
  } catch (error) {
    removeFile(partial);
    throw error;
  }
}

/** What `make` returns, or undefined where it could not: the next place is tried then. */
function attempt<T>(make: () => T): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
