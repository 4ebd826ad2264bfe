/**
 * Lists directories by `find` on the other side, many in one run of it: whoever asks for one waits a moment for others
 * who ask. What find complains of is listed by SFTP, which says why.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { TransferError } from '../../../errors.ts';
import { Change } from '../../../work/change.ts';
import { join, pathKey } from '../../../work/posix/path.ts';
import type { Listed } from '../../entry.ts';
import { below, type RelativePath, splitPath } from '../../path.ts';
import type { Shell } from '../../shell.ts';
import type { Store } from '../../store.ts';
import { type Found, FoundParser } from './found.ts';

type List = Store['list'];

const mostInOne = 256;
const mostAhead = 4000; // entries of one directory that nobody took yet

/** A symlink is no directory, wherever it leads. */
const script = 'export LC_ALL=C; unset CDPATH; cd -P "$1" && exec xargs -0 sh -c "$2" sh';
const finding = Buffer.from(
  'exec find "$@" -maxdepth 1 -printf "%d %y %m %s %T@ %U %G %n %D:%i %C@ %H\\0%P\\0"',
);

/** `plain` lists by SFTP. */
export function createFindList({ run, root }: Shell, plain: List): List {
  const waiting = new Map<AbortSignal, Asked[]>();
  const start = async (signal: AbortSignal) => {
    await turn();
    const group = waiting.get(signal)!;
    waiting.delete(signal);
    for (const round of rounds(group))
      for (let at = 0; at < round.length; at += mostInOne)
        void findAll({ run, root }, round.slice(at, at + mostInOne), signal);
  };
  const ask = (dir: RelativePath, signal: AbortSignal): Asked => {
    const one = new Asked(dir);
    const others = waiting.get(signal);
    others?.push(one);
    if (!others) waiting.set(signal, [one]);
    if (!others) void start(signal);
    return one;
  };
  return async function* list(dir, signal) {
    const given = new Set<string>();
    const one = ask(dir, signal);
    try {
      for await (const entry of one.entries(signal)) {
        given.add(nameOf(entry));
        yield entry;
      }
    } finally {
      one.leave();
    }
    if (one.isWhole) return;
    for await (const entry of plain(dir, signal)) if (!given.has(nameOf(entry))) yield entry;
  };
}

/** Who asks for the same directory as another has a find of his own: none waits until another takes what he is given. */
function rounds(group: readonly Asked[]): Asked[][] {
  const all: Asked[][] = [];
  const times = new Map<string, number>();
  for (const one of group) {
    const key = pathKey(one.dir);
    const round = times.get(key) ?? 0;
    times.set(key, round + 1);
    all[round] ??= [];
    all[round].push(one);
  }
  return all;
}

function nameOf({ path }: Listed): string {
  return Buffer.from(splitPath(path as RelativePath).name).toString('latin1');
}

/** One directory that somebody waits for. */
class Asked {
  readonly dir: RelativePath;
  #found: Listed[] = [];
  readonly #changed = new Change();
  #isOver = false;
  #isLeft = false;
  #broken: unknown;
  /** all that is in it was found */
  isWhole = false;

  constructor(dir: RelativePath) {
    this.dir = dir;
  }

  async *entries(signal: AbortSignal): AsyncGenerator<Listed> {
    for (;;) {
      const found = this.#found;
      this.#found = [];
      if (found.length > 0) this.#changed.tell();
      yield* found;
      signal.throwIfAborted();
      if (this.#found.length > 0) continue;
      if (this.#broken !== undefined) throw this.#broken;
      if (this.#isOver) return;
      await this.#changed.next;
    }
  }

  /** Resolves when there is room for more. */
  async add(entry: Listed): Promise<void> {
    if (this.#isLeft) return;
    this.#found.push(entry);
    if (this.#found.length === 1) this.#changed.tell();
    while (this.#found.length > mostAhead && !this.#isLeft) await this.#changed.next;
  }

  /** `broken` is what nobody expected. */
  end(isWhole: boolean, broken?: unknown): void {
    this.isWhole = isWhole;
    this.#broken = broken;
    this.#isOver = true;
    this.#changed.tell();
  }

  leave(): void {
    this.#isLeft = true;
    this.#changed.tell();
  }
}

async function findAll(
  shell: Pick<Shell, 'run' | 'root'>,
  group: readonly Asked[],
  signal: AbortSignal,
): Promise<void> {
  const byDir = new Map(group.map((one) => [startOf(one.dir).toString('latin1'), one]));
  try {
    const isWhole = await find(shell, byDir, signal);
    for (const one of group) one.end(isWhole && !signal.aborted);
  } catch (error) {
    const mayBeKnown = signal.aborted || error instanceof TransferError; // SFTP says better what it is
    for (const one of group) one.end(false, mayBeKnown ? undefined : error);
  }
}

/** False where find had something to complain of. */
async function find(
  { run, root }: Pick<Shell, 'run' | 'root'>,
  byDir: ReadonlyMap<string, Asked>,
  signal: AbortSignal,
): Promise<boolean> {
  await using far = await run(script, [root, finding], signal);
  const list = Buffer.concat([...byDir.values()].flatMap(({ dir }) => [startOf(dir), nul]));
  far.stdin.on('error', () => undefined); // its end says why
  far.stdin.end(list);
  const seen = new Set<string>();
  const parser = new FoundParser();
  for await (const chunk of far.stdout as AsyncIterable<Buffer>)
    for (const found of parser.push(chunk)) await tell(found, byDir, seen);
  const { code } = await far.ended;
  return code === 0 && seen.size === byDir.size;
}

async function tell(found: Found, byDir: ReadonlyMap<string, Asked>, seen: Set<string>): Promise<void> {
  const asked = byDir.get(found.start);
  if (!asked) return;
  if (found.depth === 0 && found.isDirectory) seen.add(found.start);
  const path = found.depth === 1 ? below(asked.dir, found.name) : undefined;
  const entry = path && found.entryAt(path);
  if (entry) await asked.add(entry);
}

const nul = Buffer.alloc(1);
const here = Buffer.from('.');

function startOf(dir: RelativePath): Buffer {
  return Buffer.from(dir.length === 0 ? here : join(here, dir));
}
