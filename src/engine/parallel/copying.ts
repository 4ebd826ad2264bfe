/**
 * What the parallel engine does with the directories and entries that a walk shows it: compares each with the
 * destination, makes what is missing, leaves alone what is the same, puts metadata right.
 *
 * Who changes a directory's entries puts its times back before the Part is done, so no pass over all directories
 * is needed at the end, and a Part that is done twice ends the same. Large files and names with more than one
 * link are handed back to the engine.
 */
import { changedFault, fault } from '../../store/local/fault.ts';
import { makeNode, sameNode } from '../../store/local/node.ts';
import { type At, type Placed, place } from '../../store/local/place.ts';
import { metadataDiffers, redress } from '../../store/local/repair.ts';
import { Target } from '../../store/local/target.ts';
import { attributedAt } from '../../store/local/xattrs.ts';
import { descend, type Descend, type Directory, type Visitor } from '../../profile/walk.ts';
import * as c from '../../work/posix/constants.ts';
import { keepName, type Name } from '../../work/posix/dirents.ts';
import * as libc from '../../work/posix/libc.ts';
import { Slot } from '../../work/posix/memory.ts';
import { join, openUnder } from '../../work/posix/path.ts';
import { Stat } from '../../work/posix/stat.ts';
import { CaseGuard } from './case-guard.ts';
import { ensureChain } from './chain.ts';
import type { Lane } from './lane.ts';
import { sameContent } from './content.ts';
import { Prints } from './directory-prints.ts';

export type CopyHow = {
  /** copy large files here and now */
  readonly inline: boolean;
  /** do not hand back names with several links */
  readonly linksToo: boolean;
  /** what changed at the destination since then (ns) is not believed, however good it looks */
  readonly suspectSince: bigint | undefined;
};

const slot = new Slot();
const partialSlot = new Slot();

export class Copying implements Visitor {
  readonly #lane: Lane;
  readonly #how: CopyHow;
  readonly #present = new Stat();
  #dir!: Directory;
  #target: Target | undefined; // undefined: a dry run, and the directory is not there
  #prints: Prints | undefined;
  #guard: CaseGuard | undefined;
  #fresh = false;

  constructor(lane: Lane, how: CopyHow) {
    this.#lane = lane;
    this.#how = how;
  }

  enter(dir: Directory): boolean {
    const { setup } = this.#lane;
    this.#dir = dir;
    this.#fresh = dir.fresh;
    const fd = this.#openTarget(dir);
    if (fd < 0 && !(setup.dryRun && fd === -c.ENOENT)) {
      this.failed(dir.path, fd, 'write');
      return false;
    }
    this.#target = fd < 0 ? undefined : new Target(fd);
    if (!this.#target) this.#fresh = true;
    this.#prints = new Prints(this.#lane, dir);
    if (setup.sweep && !setup.dryRun) this.#target?.sweep(this.#lane.tag, setup.spared);
    this.#guard = setup.holder.foldsCase ? new CaseGuard(this.#target?.names() ?? []) : undefined;
    this.#lane.counted();
    return true;
  }

  #openTarget(dir: Directory): number {
    const { dest, setup } = this.#lane;
    if (dest < 0) return -c.ENOENT;
    const fd = openUnder(dest, dir.path, c.O_RDONLY | c.O_DIRECTORY);
    if (fd !== -c.ENOENT || dir.whole || setup.dryRun) return fd;
    return ensureChain(this.#lane, dir.path);
  }

  leave(dir: Directory): void {
    this.#prints?.flush();
    const { setup, ledger } = this.#lane;
    const target = this.#target;
    if (!target) return;
    if (!setup.single) {
      const differs = !dir.fresh && target.differs(dir.fd, dir.stat, setup.keep, setup.holder);
      if (differs && (dir.whole || dir.alone)) ledger.did('repair', () => dir.path, 0);
      if ((differs || target.touched || dir.fresh) && !setup.dryRun) {
        ledger.lost(target.settle(dir.fd, dir.stat, setup.keep, setup.holder));
        this.#wroteTo(target, dir);
      }
    } else if (target.touched) this.#wroteTo(target, dir);
    libc.close(target.fd);
  }

  #wroteTo(target: Target, dir: Directory): void {
    const device = target.stat.device;
    const devices = this.#lane.ledger.out.devices;
    if (devices.at(-1)?.device !== device && !devices.some((known) => known.device === device)) {
      devices.push({ device, dir: dir.path });
    }
  }

  directory(name: Name, stat: Stat): Descend {
    if (this.#isCollision(name)) return descend.no;
    const target = this.#target;
    if (!target) return this.#made(name);
    if (!this.#fresh) {
      const looked = this.#present.at(target.fd, name.at);
      if (looked === 0 && this.#present.type === c.S_IFDIR) return descend.yes;
      if (looked === 0 && !this.#clear(name)) return descend.no;
      if (looked < 0 && looked !== -c.ENOENT) return this.#lost(name, looked);
    }
    if (this.#lane.setup.dryRun) return this.#made(name);
    const failed = target.change(() => libc.mkdirat(target.fd, name.at, (stat.mode & 0o777) | 0o700));
    if (failed === -c.EEXIST) return descend.yes;
    return failed < 0 ? this.#lost(name, failed) : this.#made(name);
  }

  #made(name: Name): Descend {
    this.#lane.ledger.did('make', () => this.#path(name), 0);
    return descend.fresh;
  }

  #lost(name: Name, errno: number): Descend {
    this.failed(this.#path(name), errno, 'write');
    return descend.no;
  }

  entry(name: Name, stat: Stat): void {
    this.#lane.counted();
    if (this.#isOurs(name) || this.#isCollision(name)) return;
    if (stat.links > 1 && this.#lane.setup.keep.hardlinks && !this.#how.linksToo) {
      const { device, inode } = stat;
      this.#lane.ledger.out.links.push({ device, inode, dir: this.#dir.path, name: keepName(name) });
      return;
    }
    this.#prints?.look(name, stat);
    if (this.#prints?.isTrusted) this.#same(stat);
    else if (stat.type === c.S_IFREG) this.#regular(name, stat);
    else this.#node(name, stat);
  }

  #regular(name: Name, stat: Stat): void {
    const present = this.#look(name);
    if (present === 'failed') return;
    const from = { dir: this.#dir.fd, name: name.at };
    const to = { dir: this.#target?.fd ?? -1, name: this.#destName(name) };
    if (present && this.#isSame(from, to, stat, present)) return this.#keepSame(name, from, to, stat, present);
    if (present && present.type === c.S_IFDIR && !this.#clear(name)) return;
    if (stat.size > this.#lane.setup.inlineBytes && !this.#how.inline) return this.#isBig(name, stat);
    const existing = present && present.type !== c.S_IFDIR ? present : undefined;
    this.#copy(name, from, to, stat, existing);
  }

  #copy(name: Name, from: At, to: At, stat: Stat, existing: Stat | undefined): void {
    const { setup, ledger } = this.#lane;
    const target = this.#target;
    const action = existing ? 'update' : 'copy';
    if (setup.dryRun || !target) return ledger.did(action, () => this.#path(name), stat.size);
    const placed = this.#tryPlace(from, to, stat, existing, target);
    if (placed.ok) {
      ledger.lost(placed.lost);
      ledger.did(action, () => this.#path(name), stat.size);
      this.#prints?.look(name, stat);
      this.#prints?.keep();
    } else if (placed.side === 'changed') ledger.failed(changedFault(this.#path(name)));
    else this.failed(this.#path(name), placed.errno, placed.side);
  }

  #tryPlace(from: At, to: At, stat: Stat, existing: Stat | undefined, target: Target): Placed {
    let placed: Placed = { ok: false, errno: 0, side: 'changed' };
    for (let tries = this.#lane.setup.retries; tries >= 0; tries--) {
      const answer = target.change(() => {
        placed = place(from, to, stat, existing, target.loose, this.#lane.how);
        return placed.ok ? 0 : placed.errno;
      });
      if (answer < 0 || placed.ok || stat.at(from.dir, from.name) < 0) return placed;
    }
    return placed;
  }

  #node(name: Name, stat: Stat): void {
    const { setup, ledger } = this.#lane;
    if (stat.type !== c.S_IFLNK && !setup.keep.specials) return ledger.notice('special');
    const present = this.#look(name);
    if (present === 'failed') return;
    const from = { dir: this.#dir.fd, name: name.at };
    const to = { dir: this.#target?.fd ?? -1, name: this.#destName(name) };
    if (present && sameNode(from, to, stat, present)) return this.#keepSame(name, from, to, stat, present);
    if (present && present.type === c.S_IFDIR && !this.#clear(name)) return;
    if (setup.dryRun || !this.#target) return ledger.did('make', () => this.#path(name), 0);
    this.#makeNode(name, from, to, stat, present !== undefined && present.type !== c.S_IFDIR, this.#target);
  }

  #makeNode(name: Name, from: At, to: At, stat: Stat, replaces: boolean, target: Target): void {
    const { setup, ledger } = this.#lane;
    const partialName = this.#lane.partialName();
    const partial = replaces ? partialSlot.put(partialName) : to.name;
    let made: Stat | number = 0;
    const answer = target.change(() => {
      made = makeNode(from, stat, target.fd, partial);
      return typeof made === 'number' ? made : 0;
    });
    if (answer === -c.EPERM && stat.type !== c.S_IFLNK) return ledger.notice('special');
    if (answer < 0) return this.failed(this.#path(name), answer, 'write');
    const bytes = keepName(name);
    const carried = { from: attributedAt(from.dir, bytes), to: attributedAt(to.dir, replaces ? partialName : this.#destBytes(name)) };
    ledger.lost(redress({ dir: to.dir, name: partial }, stat, made as unknown as Stat, carried, setup.keep, setup.holder));
    const renamed = replaces ? libc.renameat(to.dir, partial, to.dir, to.name) : 0;
    if (renamed < 0) return this.failed(this.#path(name), renamed, 'write');
    ledger.did('make', () => this.#path(name), 0);
    this.#prints?.keep();
  }

  /** What has the name at the destination now. */
  #look(name: Name): Stat | undefined | 'failed' {
    if (this.#fresh || !this.#target) return undefined;
    const looked = this.#present.at(this.#target.fd, this.#destName(name));
    if (looked === 0) return this.#present;
    if (looked === -c.ENOENT) return undefined;
    this.failed(this.#path(name), looked, 'write');
    return 'failed';
  }

  #isSame(from: At, to: At, stat: Stat, present: Stat): boolean {
    if (present.type !== c.S_IFREG || present.size !== stat.size) return false;
    const since = this.#how.suspectSince;
    if (since !== undefined && present.ctime >= since) return false;
    return sameContent(this.#lane, from, to, stat, present);
  }

  /** Nothing to copy; metadata that differs is put right. */
  #keepSame(name: Name, from: At, to: At, stat: Stat, present: Stat): void {
    const { setup, ledger } = this.#lane;
    const deep = (setup.keep.xattrs || setup.keep.acls) && !this.#prints?.isUntouched(present);
    const bytes = deep ? keepName(name) : unnamed;
    const differs = metadataDiffers(from, to, { source: stat, dest: present, name: bytes, deep }, setup.keep, setup.holder);
    this.#prints?.keep();
    if (differs.length === 0) return this.#same(stat);
    ledger.did('repair', () => this.#path(name), 0);
    if (setup.dryRun || !this.#target) return;
    const carried = deep ? { from: attributedAt(from.dir, bytes), to: attributedAt(to.dir, this.#destBytes(name)) } : undefined;
    ledger.lost(redress(to, stat, present, carried, setup.keep, setup.holder));
    this.#wroteTo(this.#target, this.#dir);
  }

  #same(stat: Stat): void {
    if (this.#prints?.isTrusted) this.#prints.keep();
    this.#lane.ledger.skipped(stat.type === c.S_IFREG ? stat.size : 0);
  }

  /** Takes away what has the name of something of another type; a directory only when it is empty. */
  #clear(name: Name): boolean {
    const target = this.#target;
    if (!target || this.#lane.setup.dryRun) return true;
    const flag = this.#present.type === c.S_IFDIR ? c.AT_REMOVEDIR : 0;
    const failed = target.change(() => libc.unlinkat(target.fd, this.#destName(name), flag));
    if (failed < 0) this.failed(this.#path(name), failed, 'write');
    return failed === 0;
  }

  #isBig(name: Name, stat: Stat): void {
    const { setup, ledger } = this.#lane;
    if (setup.dryRun) return ledger.did(this.#fresh ? 'copy' : 'update', () => this.#path(name), stat.size);
    ledger.out.bigs.push({
      dir: this.#dir.path,
      name: Uint8Array.of(...keepName(name), 0),
      bytes: stat.size,
      print: stat.print().toString('base64'),
      partial: '',
      sparse: stat.blocks * 512 < stat.size,
    });
  }

  /** A source name that looks like one of ours at the destination: never written, always said. */
  #isOurs(name: Name): boolean {
    const { tag, ledger } = this.#lane;
    if (name.end - name.start < tag.length || name.bytes[name.start] !== 0x2e) return false;
    if (tag.compare(name.bytes, name.start, name.start + tag.length) !== 0) return false;
    ledger.failed({
      path: this.#path(name),
      kind: 'refused',
      message: 'its name is one that difpipe uses for unfinished files here',
      hint: 'rename or remove it',
    });
    return true;
  }

  #isCollision(name: Name): boolean {
    const other = this.#guard?.collides(keepName(name));
    if (other === undefined) return false;
    this.#lane.ledger.failed({
      path: this.#path(name),
      kind: 'refused',
      message: `the destination does not tell upper from lower case, and it already has ${JSON.stringify(other)}`,
      hint: 'rename one of the two',
    });
    return true;
  }

  failed(path: Uint8Array, errno: number, side: 'read' | 'write' = 'read'): void {
    if (side === 'read' && errno === -c.ENOENT) this.#lane.ledger.failed(fault(path, errno, 'read'));
    else this.#lane.failed(() => path, errno, side);
  }

  passed(why: 'excluded' | 'mount'): void {
    this.#lane.ledger.notice(why);
  }

  #path(name: Name): Uint8Array {
    return join(this.#dir.path, name.bytes.subarray(name.start, name.end));
  }

  #destBytes(name: Name): Uint8Array {
    return this.#lane.setup.single ?? keepName(name);
  }

  #destName(name: Name): number {
    const { single } = this.#lane.setup;
    return single ? slot.put(single) : name.at;
  }
}

const unnamed = new Uint8Array(0);
