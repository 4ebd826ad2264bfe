/**
 * Unpacks a batch of new trees onto this machine's disk. Entries come in the order in which they were asked for, and
 * nothing is in its place before `commit`, which the caller says when the far tar has ended well.
 *
 * What comes is hostile until proven otherwise: only what was asked for, as it was listed, each once; no directory is
 * reached through a symlink; nobody's file is replaced.
 */
import type { Failure } from '../../../report/events.ts';
import { fault } from '../../../store/local/fault.ts';
import { addLost, type Lost, nothingLost } from '../../../store/local/metadata/metadata.ts';
import type { RelativePath } from '../../../store/path.ts';
import { type Block, block } from '../../../work/posix/memory.ts';
import { pathKey } from '../../../work/posix/path.ts';
import { Stat } from '../../../work/posix/stat.ts';
import { cameTwice, pathOf, unasked } from '../stream/asked-for.ts';
import type { Member } from '../stream/member.ts';
import type { Receiver } from '../stream/parser.ts';
import { Directories } from '../unpack/directories.ts';
import { Incoming } from '../unpack/incoming.ts';
import { makeNode } from '../unpack/make-node.ts';
import { statOf, typeOf } from '../unpack/member-stat.ts';
import type { Arrivals, TreeBatch } from './batch.ts';
import { PlainFiles, type TreeHow } from './plain-files.ts';
import { TreeRooms } from './rooms.ts';

export type TreeUnpacked = {
  readonly arrived: Arrivals;
  readonly lost: Lost;
  readonly failures: readonly Failure[];
};

const bufferBytes = 256 * 1024;
const stat = new Stat();

export class TreeUnpacking implements Receiver, Disposable {
  readonly plain: PlainFiles;
  readonly #batch: TreeBatch;
  readonly #how: TreeHow;
  readonly #directories: Directories;
  readonly #rooms: TreeRooms;
  readonly #made = new Set<string>();
  readonly #failures: Failure[] = [];
  readonly #lost = nothingLost();
  #buffer: Block | undefined;
  #current: { readonly incoming: Incoming; readonly entry: number; readonly member: Member } | undefined;

  /** `root` is open and stays the caller's. */
  constructor(root: number, batch: TreeBatch, how: TreeHow) {
    this.#batch = batch;
    this.#how = how;
    this.#directories = new Directories(root);
    this.#rooms = new TreeRooms(batch, this.#directories, how.ownTag);
    this.plain = new PlainFiles(batch, this.#rooms, how, {
      lost: (lost) => addLost(this.#lost, lost),
      failed: (entry, errno) => this.#fail(batch.pathOf(entry), errno),
    });
  }

  /** Takes back what was not committed. */
  [Symbol.dispose](): void {
    this.plain.drop();
    this.#current?.incoming.drop();
    this.#rooms[Symbol.dispose]();
    this.#settle();
    this.#directories[Symbol.dispose]();
  }

  /** Throws 'refused' for what nobody asked for, or not now. */
  begin(member: Member): void {
    const path = pathOf(member, member.path);
    if (member.kind === 'directory') return this.#directory(path, member);
    const entry = this.plain.next();
    if (entry === undefined || pathKey(path) !== pathKey(this.#batch.pathOf(entry))) throw unasked(member);
    if (!this.#isAsListed(member, entry)) return;
    this.#entry(entry, member);
  }

  data(bytes: Uint8Array): void {
    this.#current?.incoming.data(bytes);
  }

  end(): void {
    if (!this.#current) return;
    const { incoming, entry, member } = this.#current;
    this.#current = undefined;
    const opened = this.#rooms.of(entry);
    const isLoose = typeof opened === 'object' && opened.target.loose;
    statOf(member, this.#timeOf(entry), stat);
    const lost = incoming.end(stat, member.attributes, isLoose, this.#how);
    this.#came(entry, lost ?? incoming.errno);
  }

  /** Gives all that came its place; may be called once. */
  commit(): TreeUnpacked {
    const entries = this.plain.arrived;
    this.#directories.forget();
    this.#rooms.show(entries, (entry, errno) => {
      entries[entry] = 0;
      this.#fail(this.#batch.pathOf(entry), errno);
    });
    this.#settle();
    return {
      arrived: { entries, dirs: this.#made },
      lost: this.#lost,
      failures: this.#failures,
    };
  }

  #isAsListed({ kind, size, mtimeSeconds }: Member, entry: number): boolean {
    const { types, sizes, seconds } = this.#batch;
    if (kind === 'link' || typeOf(kind) !== types[entry]) return false;
    return size === sizes[entry] && mtimeSeconds === seconds[entry];
  }

  #directory(path: RelativePath, member: Member): void {
    const key = pathKey(path);
    if (!this.#batch.hasDirectory(key)) throw unasked(member);
    if (this.#made.has(key)) throw cameTwice(path);
    const mtimeNs = this.#batch.mtimeNsOf(key, member.mtimeSeconds);
    const wanted = { stat: statOf(member, mtimeNs, new Stat()), attributes: member.attributes };
    const failed = this.#directories.make(path, wanted);
    if (failed < 0) this.#fail(path, failed);
    else this.#made.add(key);
  }

  #entry(entry: number, member: Member): void {
    const opened = this.#rooms.of(entry);
    if (typeof opened === 'number') return this.#came(entry, opened);
    const { target } = opened;
    const name = this.#batch.nameOf(entry);
    const mtimeNs = this.#timeOf(entry);
    if (member.kind !== 'file')
      return this.#came(entry, makeNode({ member, mtimeNs }, undefined, target, name, this.#how));
    this.#buffer ??= block(bufferBytes);
    statOf(member, mtimeNs, stat);
    const incoming = new Incoming(target, name, stat, this.#buffer, this.#how);
    this.#current = { incoming, entry, member };
  }

  /** Undefined where the other side says it with the entry. */
  #timeOf(entry: number): bigint | undefined {
    const { isYoung, seconds, ns } = this.#batch;
    return isYoung ? undefined : BigInt(seconds[entry]!) * second + BigInt(ns[entry]!);
  }

  #came(entry: number, answer: Lost | number): void {
    if (typeof answer !== 'number') {
      addLost(this.#lost, answer);
      this.plain.arrived[entry] = 1;
      return;
    }
    const opened = this.#rooms.of(entry);
    if (typeof opened === 'object') opened.room.isSpoilt = true;
    this.#fail(this.#batch.pathOf(entry), answer);
  }

  #settle(): void {
    this.#directories.settle(this.#how, (path, answer) => {
      if (typeof answer === 'number') this.#made.delete(pathKey(path));
      if (typeof answer === 'number') this.#fail(path, answer);
      else if (this.#batch.isLast(pathKey(path))) addLost(this.#lost, answer);
    });
  }

  #fail(path: Uint8Array, errno: number): void {
    this.#failures.push(fault(path, errno, 'write'));
  }
}

const second = 1_000_000_000n;
