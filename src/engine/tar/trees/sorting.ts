/**
 * Where goes what was listed of new trees: into batches, to the files that wait for all their names, or to somebody who
 * takes more time. Directories are made as they are met, and get their times with a batch.
 */

import type { Outcome } from '../../../conduct/jobs.ts';
import { Ledger } from '../../../conduct/lanes/ledger.ts';
import { linkKeyOf } from '../../../conduct/links/link-key.ts';
import { tallyFile, tallyLinked } from '../../../profile/profile.ts';
import { tallyDirectory } from '../../../profile/tally.ts';
import { below, type RelativePath, splitPath } from '../../../store/path.ts';
import * as c from '../../../work/posix/constants.ts';
import { pathKey } from '../../../work/posix/path.ts';
import { TreeBatch } from './batch.ts';
import { isFull } from './batch-full.ts';
import { Fetching, type UnpackLinks } from './fetching.ts';
import type { FoundRecords } from './found-records.ts';
import { isSimple } from './goes-together.ts';
import { Leftovers } from './leftovers.ts';
import { makeNew } from './make-new.ts';
import type { UnpackSetup } from './unpack-words.ts';

/** What is longer is looked at by others, who say what cannot be reached. */
const mostPathBytes = 3500;

export class Sorting {
  readonly left = new Leftovers();
  readonly #setup: UnpackSetup;
  readonly #root: number;
  readonly #links: UnpackLinks;
  readonly #ledger: Ledger;
  readonly #fetching: Fetching;
  readonly #tag: Buffer;
  /** where nobody says what time it is there, all is young */
  readonly #listed = { times: new Map<string, [seconds: number, ns: number]>(), nowSeconds: 0 };
  #batch = new TreeBatch(this.#listed);
  #sent = 0;
  #spent = { entries: 0, bytes: 0 };

  /** `root` is open and stays the caller's. */
  constructor(setup: UnpackSetup, root: number, id: number, links: UnpackLinks) {
    this.#setup = setup;
    this.#root = root;
    this.#links = links;
    this.#tag = Buffer.from(setup.how.tag);
    this.#ledger = new Ledger(setup);
    this.#ledger.open(id);
    this.#fetching = new Fetching({ setup, root, links, ledger: this.#ledger, left: this.left });
  }

  /** What makes an order, or more would arrive in vain. */
  get isEnough(): boolean {
    if (this.#fetching.isFull) return true;
    const { most } = this.#setup;
    return this.#spent.entries >= most.entries || this.#spent.bytes >= most.bytes;
  }

  /** A batch is together, and is to be sent. */
  get isFull(): boolean {
    return isFull(this.#batch, { isFar: this.#setup.isFar, before: this.#sent });
  }

  /** Resolves when another batch may be gathered. */
  send(): Promise<void> {
    const batch = this.#batch;
    this.#sent++;
    this.#batch = new TreeBatch(this.#listed);
    return this.#fetching.send(batch);
  }

  /** Sends the last one, which puts the times of `top` right: others were made in it. */
  end(top: RelativePath): Promise<void> {
    this.#batch.uses(top);
    return this.send();
  }

  /** Resolves when nothing is under way any more; throws what none of them should. */
  settled(): Promise<void> {
    return this.#fetching.all();
  }

  /** May be asked once, at the end. */
  outcome(): Outcome {
    this.#ledger.out.rest.push(...this.left.take());
    return this.#ledger.out;
  }

  /** What this directory looked like, whose entries come next. */
  began(dir: string, { seconds, ns }: FoundRecords): void {
    this.#listed.times.set(dir, [seconds, ns]);
  }

  /** What time it is there, where that was told. */
  clock({ nowSeconds }: FoundRecords): void {
    this.#listed.nowSeconds ||= nowSeconds ?? 0;
  }

  /** Makes a directory, and the one it is in gets its time back once more; false where somebody else has to. */
  make(path: RelativePath): boolean {
    this.#batch.uses(splitPath(path).dir);
    return makeNew(this.#root, path);
  }

  /** The same of one whose entries come next; what is not made is left for others. */
  enter(path: RelativePath, found: FoundRecords): boolean {
    this.#batch.uses(splitPath(path).dir);
    const isMade = !found.isClosed && path.length <= mostPathBytes && makeNew(this.#root, path);
    if (isMade) this.began(pathKey(path), found);
    else this.left.tree(path);
    return isMade;
  }

  /** All that is in it was listed. */
  leave(path: RelativePath): void {
    this.#spent.entries++;
    this.#batch.uses(path, true);
    if (path.length === 0) tallyDirectory(this.#ledger.out.profile, path); // the place itself was made before
  }

  excluded(): void {
    this.#ledger.notice('excluded');
  }

  entry(dir: RelativePath, found: FoundRecords): void {
    const isFile = found.type === c.S_IFREG;
    if (isFile) this.#links.found(found.size);
    if (!isSimple(found, this.#setup, this.#tag)) return this.left.entry(below(dir, found.name)!);
    if (isFile && found.links > 1 && this.#setup.how.keep.hardlinks) return this.#linked(dir, found);
    this.#spent.entries++;
    this.#spent.bytes += isFile ? found.size : 0;
    this.#batch.add(found, dir);
  }

  /** Names of one file are joined when all are known. */
  #linked(dir: RelativePath, { name, file, size, uid }: FoundRecords): void {
    const { links, profile } = this.#ledger.out;
    links.push({ ...linkKeyOf(file), dir, name: new Uint8Array(name) });
    tallyFile(profile, size);
    profile.owners[uid] = (profile.owners[uid] ?? 0) + 1;
    tallyLinked(profile, size);
    this.#spent.entries++;
    this.#links.moved(0, 1);
  }
}
