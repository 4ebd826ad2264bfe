/** Entries that go together in one rsync. */
import type { Entry } from '../../../store/entry.ts';
import { pathKey } from '../../../work/posix/path.ts';

type About = {
  readonly root?: Entry | undefined;
  readonly isListed?: boolean;
  readonly groups?: Part['groups'];
};

export class Part {
  /** by path, a character for each byte */
  readonly entries = new Map<string, Entry>();
  /** the source itself is among them */
  readonly root: Entry | undefined;
  /** names of a list: directories above them may have to be made */
  readonly isListed: boolean;
  /** which names are those of one file, where all of them are here */
  readonly groups: readonly (readonly string[])[];
  bytes = 0;

  constructor({ root, isListed = false, groups = [] }: About = {}) {
    this.root = root;
    this.isListed = isListed;
    this.groups = groups;
  }

  add(entry: Entry): void {
    this.entries.set(pathKey(entry.path), entry);
    if (entry.kind === 'file') this.bytes += entry.size;
  }

  get isEmpty(): boolean {
    return this.entries.size === 0 && this.root === undefined;
  }

  /** What stands for all of it, where something is wrong with the whole: its first entry, else the source itself. */
  get first(): Uint8Array {
    const [first] = this.entries.values();
    return first?.path ?? new Uint8Array(0);
  }

  /** As a list for rsync: nothing in front of which a name could be taken for anything else. */
  get names(): Uint8Array {
    if (this.entries.size === 0) return Buffer.from('.\0');
    const pieces: Uint8Array[] = [];
    for (const { path } of this.entries.values()) pieces.push(lead, path, end);
    return Buffer.concat(pieces);
  }
}

const lead = Buffer.from('./');
const end = new Uint8Array(1);
