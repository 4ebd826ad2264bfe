/**
 * Unpacks one batch onto this machine's disk. Files grow under names of ours beside their final ones; nothing gets
 * its final name before `commit`, which the caller says when the far tar has ended and he knows what of the batch
 * changed while it was packed. Then entries get their names in the order they came, and directories their times.
 *
 * What comes is hostile until proven otherwise: only names that were asked for, of the kind and size that was listed,
 * each once; no directory is reached through a symlink; nobody's file is replaced but the one that may be.
 */
import { changedFault } from '../../../conduct/faults/changed.ts';
import type { Failure } from '../../../report/events.ts';
import { fault } from '../../../store/local/fault.ts';
import { addLost, type Lost, nothingLost } from '../../../store/local/metadata/metadata.ts';
import type { KeepHow } from '../../../store/local/probe/holder.ts';
import { type RelativePath, splitPath } from '../../../store/path.ts';
import { block } from '../../../work/posix/memory.ts';
import { pathKey } from '../../../work/posix/path.ts';
import { Stat } from '../../../work/posix/stat.ts';
import { cameTwice, pathOf, unasked } from '../stream/asked-for.ts';
import type { Member } from '../stream/member.ts';
import type { Receiver } from '../stream/parser.ts';
import { Directories } from './directories.ts';
import { Incoming } from './incoming.ts';
import { giveName, isDeviceDenied, type Landed, takeBack } from './landed.ts';
import { statOf } from './member-stat.ts';

/** What was listed, and is now asked for. */
export type Expected = {
  readonly kind: 'file' | 'directory' | 'symlink' | 'fifo' | 'character' | 'block';
  /** of a file */
  readonly size: number;
  /** undefined: not known, and not compared */
  readonly mtimeNs: bigint | undefined;
  /** the same where only these are known; a time that differs by less is as listed */
  readonly mtimeSeconds?: bigint;
  /** the mark of what has the name and may be replaced; undefined: the name must be free */
  readonly replaces: string | undefined;
};

export type UnpackHow = KeepHow & {
  /** a name for what is not whole yet: unique in this run */
  readonly partialName: () => Uint8Array;
};

export type Unpacked = {
  readonly failures: readonly Failure[];
  /** entries that are in their place, a character for each byte */
  readonly arrived: ReadonlySet<string>;
  /** what was asked for and did not come */
  readonly missing: readonly string[];
  readonly lost: Lost;
  /** devices that we have no right to make */
  readonly specials: number;
};

type Current = { readonly landed: Landed; readonly incoming: Incoming; readonly loose: boolean };

const bufferBytes = 256 * 1024;
const stat = new Stat();

export class Unpacking implements Receiver, Disposable {
  readonly #expected: ReadonlyMap<string, Expected>;
  readonly #how: UnpackHow;
  readonly #directories: Directories;
  readonly #seen = new Set<string>();
  readonly #arrived = new Set<string>();
  readonly #failures: Failure[] = [];
  readonly #lost = nothingLost();
  readonly #buffer = block(bufferBytes); // several batches may come at a time
  #landed: Landed[] = [];
  #current: Current | undefined;
  #specials = 0;

  /** `root` is open and stays the caller's; `expected` has paths as keys, a character for each byte. */
  constructor(root: number, expected: ReadonlyMap<string, Expected>, how: UnpackHow) {
    this.#expected = expected;
    this.#how = how;
    this.#directories = new Directories(root);
  }

  /** Takes back what was not committed. */
  [Symbol.dispose](): void {
    const left = this.#landed.splice(0);
    if (this.#current) left.push(this.#current.landed);
    this.#current?.incoming.drop();
    for (const landed of left) takeBack(landed, this.#directories);
    if (left.length > 0) this.#settle();
    this.#directories[Symbol.dispose]();
  }

  /** Throws 'refused' for what nobody asked for. */
  begin(member: Member): void {
    const path = pathOf(member, member.path);
    const key = pathKey(path);
    const expected = this.#expected.get(key);
    if (!expected) throw unasked(member);
    if (this.#seen.has(key)) throw cameTwice(path);
    this.#seen.add(key);
    if (!this.#isAsListed(member, expected)) return void this.#failures.push(changedFault(path));
    if (member.kind === 'directory') return this.#directory(path, member, expected);
    const { replaces } = expected;
    const landed = { path, key, member, replaces, mtimeNs: expected.mtimeNs };
    if (member.kind === 'file') this.#file({ ...landed, partial: this.#how.partialName() });
    else this.#landed.push({ ...landed, partial: undefined });
  }

  data(bytes: Uint8Array): void {
    this.#current?.incoming.data(bytes);
  }

  end(): void {
    if (!this.#current) return;
    const { landed, incoming, loose } = this.#current;
    this.#current = undefined;
    statOf(landed.member, landed.mtimeNs, stat);
    const lost = incoming.end(stat, landed.member.attributes, loose, this.#how);
    if (lost) addLost(this.#lost, lost);
    else this.#fail(landed.path, incoming.errno);
    if (lost) this.#landed.push(landed);
    else takeBack(landed, this.#directories);
  }

  /** Gives all that came its final name, but what `changed` names; may be called once. */
  commit(changed: ReadonlySet<string>): Unpacked {
    this.#directories.forget();
    for (const landed of this.#landed.splice(0)) {
      if (changed.has(landed.key)) this.#leave(landed);
      else this.#name(landed);
    }
    this.#settle();
    const missing = [...this.#expected.keys()].filter((key) => !this.#seen.has(key));
    return {
      failures: this.#failures,
      arrived: this.#arrived,
      missing,
      lost: this.#lost,
      specials: this.#specials,
    };
  }

  /** A hard link stands for what was listed as the same. */
  #isAsListed(member: Member, expected: Expected): boolean {
    const { kind, size, mtimeNs } = expected;
    if (member.kind === 'link') {
      const other = this.#expected.get(pathKey(pathOf(member, member.target)));
      return other?.kind === kind && other.size === size && kind !== 'directory';
    }
    if (member.kind !== kind) return false;
    if (kind === 'file' && member.size !== size) return false;
    if (kind === 'directory') return true;
    return isSameSecond(member, expected) && (mtimeNs === undefined || isSameTime(member, mtimeNs));
  }

  #directory(path: RelativePath, member: Member, expected: Expected): void {
    const mtimeNs = isSameSecond(member, expected) ? expected.mtimeNs : expected.mtimeSeconds! * second;
    const wanted = { stat: statOf(member, mtimeNs, new Stat()), attributes: member.attributes };
    const failed = this.#directories.make(path, wanted);
    if (failed < 0) this.#fail(path, failed);
    else this.#arrived.add(pathKey(path));
  }

  #file(landed: Landed & { readonly partial: Uint8Array }): void {
    const target = this.#directories.open(splitPath(landed.path).dir);
    if (typeof target === 'number') return this.#fail(landed.path, target);
    statOf(landed.member, landed.mtimeNs, stat);
    const incoming = new Incoming(target, landed.partial, stat, this.#buffer, this.#how);
    this.#current = { landed, incoming, loose: target.loose };
  }

  #leave(landed: Landed): void {
    takeBack(landed, this.#directories);
    this.#failures.push(changedFault(landed.path));
  }

  #name(landed: Landed): void {
    const given = giveName(landed, this.#directories, this.#arrived, this.#how);
    if (typeof given !== 'number') {
      addLost(this.#lost, given);
      this.#arrived.add(landed.key);
      return;
    }
    takeBack(landed, this.#directories);
    if (isDeviceDenied(landed.member, given)) this.#specials++;
    else this.#fail(landed.path, given);
  }

  #settle(): void {
    this.#directories.settle(this.#how, (path, answer) => {
      if (typeof answer === 'number') this.#fail(path, answer);
      else addLost(this.#lost, answer);
    });
  }

  #fail(path: Uint8Array, errno: number): void {
    this.#failures.push(fault(path, errno, 'write'));
  }
}

/** Some tars know seconds only. */
function isSameTime({ mtimeSeconds, mtimeNs: ns }: Member, listed: bigint): boolean {
  const told = BigInt(mtimeSeconds) * second + BigInt(ns);
  return told === listed || (ns === 0 && told === listed - (((listed % second) + second) % second));
}

/** A server may tell less of a time than there is: what it tells is what it is compared by. */
function isSameSecond({ mtimeSeconds: told }: Member, { mtimeSeconds: listed }: Expected): boolean {
  return listed === undefined || BigInt(told) === listed;
}

const second = 1_000_000_000n;
