/** The two trees of a lane, open for a whole run. */
import * as c from '../../work/posix/constants.ts';
import { close } from '../../work/posix/libc.ts';
import { openDirectory } from '../../work/posix/open-directory.ts';
import { Opener } from '../../work/posix/opener.ts';
import { Stat } from '../../work/posix/stat.ts';
import { Above } from './above.ts';
import type { LaneSetup } from './lane-setup.ts';

export class Roots implements Disposable {
  readonly source: number;
  /** negative in a dry run whose destination does not exist */
  readonly dest: number;
  /** for the directories below them */
  readonly sources: Opener;
  readonly dests: Opener;
  readonly above: Above;
  readonly #destStat = new Stat();

  constructor(setup: LaneSetup) {
    this.source = openRoot(setup.source);
    this.dest = openRoot(setup.dest);
    if (this.dest >= 0) this.#destStat.of(this.dest);
    this.sources = new Opener(this.source, c.O_RDONLY | c.O_DIRECTORY);
    this.dests = new Opener(this.dest, c.O_RDONLY | c.O_DIRECTORY);
    this.above = new Above(this.sources, this.dests, setup);
  }

  /** A directory of the source is the destination itself, by another way such as a bind mount. */
  isDest(stat: Stat): boolean {
    return this.dest >= 0 && this.#destStat.sameFile(stat);
  }

  [Symbol.dispose](): void {
    for (const opener of [this.above, this.sources, this.dests]) opener[Symbol.dispose]();
    for (const fd of [this.source, this.dest]) if (fd >= 0) close(fd);
  }
}

/** One that may be passed through but not listed is good for the names that are known. */
function openRoot(path: Uint8Array): number {
  const fd = openDirectory(path);
  return fd === -c.EACCES ? openDirectory(path, c.O_PATH) : fd;
}
