/**
 * Whether all directories on the way to an entry are directories, not symlinks that lead elsewhere. SFTP opens by
 * whole path, so this is looked at just before anything is made or changed there, each time; who only reads believes
 * what was seen within a second. A rival who swaps between that look and the request after it cannot be kept off.
 */
import * as c from '../../work/posix/constants.ts';
import { type RelativePath, splitPath } from '../path.ts';
import { typeOf } from './entry.ts';
import { type Doing, must, type Reach, trouble } from './fault.ts';
import { lookAt } from './protocol/requests.ts';

type Footing = 'directory' | 'absent' | 'symlink' | 'other';

const reads: ReadonlySet<Doing> = new Set(['read', 'list', 'look at']);
const slash = 0x2f;

/** False where a directory on the way to an entry is not there or is none. */
export async function isFirm(
  reach: Reach,
  path: RelativePath,
  doing: Doing,
  signal: AbortSignal,
): Promise<boolean> {
  return (await firstLoose(reach, splitPath(path).dir, doing, signal)) === undefined;
}

/** The same; throws 'missing', 'refused' for a symlink, 'conflict' for anything else. */
export function mustBeFirm(
  reach: Reach,
  path: RelativePath,
  doing: Doing,
  signal: AbortSignal,
): Promise<void> {
  return mustBeFirmIn(reach, splitPath(path).dir, doing, signal);
}

/** The same of the way to what is in a directory: of that one, too. */
export async function mustBeFirmIn(
  reach: Reach,
  dir: RelativePath,
  doing: Doing,
  signal: AbortSignal,
): Promise<void> {
  const loose = await firstLoose(reach, dir, doing, signal);
  if (loose) throw notFirm(reach, dir, doing, loose);
}

async function firstLoose(
  reach: Reach,
  dir: RelativePath,
  isFor: Doing,
  signal: AbortSignal,
): Promise<Footing | undefined> {
  const { firm } = reach;
  const believes = reads.has(isFor);
  if (believes && firm.has(dir)) return undefined;
  const looked = prefixes(dir).map((one) =>
    believes && firm.has(one) ? 'directory' : step(reach, one, signal),
  );
  return (await Promise.all(looked)).find((footing) => footing !== 'directory');
}

async function step(reach: Reach, dir: RelativePath, signal: AbortSignal): Promise<Footing> {
  const asked = lookAt(reach.sftp.client, reach.root.whole(dir), signal);
  const footing = footingOf(await must(asked, reach, dir, 'look at'));
  if (footing === 'directory') reach.firm.add(dir);
  else reach.firm.delete(dir);
  return footing;
}

/** Whether the way is firm before and after what is asked now, in one go: nobody is waited for in between. */
export function amid<T>(
  firm: () => Promise<void>,
  ask: () => Promise<T>,
): readonly [Promise<void>, Promise<T>] {
  const before = firm();
  const asked = ask();
  return [Promise.all([before, firm()]).then(() => undefined), asked];
}

/**
 * Waits for a look at the way and for what was asked right after it, which a server does in this order; answers the
 * second. Where the way is not firm, that is what is said, and what was done elsewhere is undone.
 */
export async function onFirm<T>(
  firm: Promise<void>,
  doing: Promise<T>,
  undo: (done: T) => Promise<unknown> = async () => undefined,
): Promise<T> {
  const [footing, done] = await Promise.allSettled([firm, doing]);
  if (footing.status === 'fulfilled') return doing;
  if (done.status === 'fulfilled') await undo(done.value).catch(() => undefined); // it is said that a symlink is on the way
  throw footing.reason;
}

function footingOf(attributes: Parameters<typeof typeOf>[0] | undefined): Footing {
  if (!attributes) return 'absent';
  const type = typeOf(attributes);
  if (type === c.S_IFDIR) return 'directory';
  return type === c.S_IFLNK ? 'symlink' : 'other';
}

function notFirm({ root }: Reach, dir: RelativePath, doing: Doing, footing: Footing) {
  if (footing === 'absent') return trouble(doing, root.show(dir), 'missing', 'a directory is not there');
  if (footing === 'symlink') return trouble(doing, root.show(dir), 'refused', 'a symlink is on the way');
  return trouble(doing, root.show(dir), 'conflict', 'not all on the way is a directory');
}

/** `a`, `a/b` and `a/b/c`; none for the place itself. */
function prefixes(dir: RelativePath): RelativePath[] {
  if (dir.length === 0) return [];
  const found: RelativePath[] = [];
  for (let at = dir.indexOf(slash); at >= 0; at = dir.indexOf(slash, at + 1))
    found.push(dir.subarray(0, at) as RelativePath);
  return [...found, dir];
}
