/**
 * What a verb asks of the program below it: flags parsed, checked and defaulted once, in `cli/`.
 *
 * Every value is required and specific. A TransferRequest is plain JSON: the Journal keeps it with the run, and
 * `runs resume` reads it back.
 */
import type { Strategy } from './plan/plan.ts';
import type { Rule } from './profile/filter.ts';
import type { S3Wishes } from './store/s3/access.ts';

/** What to keep of an entry besides its bytes; false for what `--no-preserve` named. */
export type Preserve = {
  readonly mode: boolean;
  readonly owner: boolean;
  readonly times: boolean;
  readonly hardlinks: boolean;
  readonly xattrs: boolean;
  readonly acls: boolean;
  readonly sparse: boolean;
  readonly specials: boolean;
};

export const keepAll: Preserve = {
  mode: true,
  owner: true,
  times: true,
  hardlinks: true,
  xattrs: true,
  acls: true,
  sparse: true,
  specials: true,
};

/**
 * Only these paths: a list in a file (path '-' is standard input), or what failed in an earlier run.
 * `path` holds one character per byte (latin1), because names are bytes, and starts from the root. A transfer gives
 * `digest`: of what it held when the run began.
 */
export type FilesFrom =
  | {
      readonly kind: 'file';
      readonly path: string;
      readonly separator: 'newline' | 'nul';
      readonly digest?: string | undefined;
    }
  | { readonly kind: 'lists'; readonly path: string; readonly digest?: string | undefined } // a directory of numbered lists
  | { readonly kind: 'failed'; readonly run: string };

/** When a Part counts as done: after its own barrier, after one at the end of the run, or without any. */
export type Durability = 'part' | 'run' | 'none';

/** Which entries, and what of them; what every verb that looks at two trees has to know. */
export type Selection = {
  readonly rules: readonly Rule[]; // first match wins
  readonly filesFrom: FilesFrom | undefined;
  readonly oneFileSystem: boolean;
};

/** What batches over SSH are compressed with; `auto` where that makes them quicker. */
export const compressions = ['auto', 'off', 'zstd', 'gzip'] as const;
export type Compress = (typeof compressions)[number];

export type TransferRequest = Selection & {
  readonly strategy: Strategy;
  readonly streams: number | 'auto';
  readonly dryRun: boolean;
  readonly verify: boolean;
  readonly checksum: boolean;
  readonly preserve: Preserve;
  readonly numericIds: boolean;
  readonly durability: Durability;
  readonly retries: number;
  readonly maxErrors: number; // 0: no limit
  readonly bytesPerSecond: number | undefined;
  readonly trustJournal: boolean;
  readonly stateDir: string;
  readonly namedStateDir: string | undefined; // the same where a person named it: commands that go on have to, too
  readonly searchPath: string; // where programs are looked for
  readonly compress: Compress;
  readonly direct: boolean; // ranges of large files may go from host to host by themselves
  readonly rsyncOptions: readonly string[]; // what else rsync is told, checked
  readonly s3: S3Wishes; // what object stores are to do with what is written
  readonly s3KeyPrint: string | undefined; // what the key of a person's that they encrypt it with is known by
  readonly verbose: boolean; // report every entry
  readonly resume: string | undefined; // the run to continue exactly
};

/** What a transfer does where nobody asks for anything else. */
export const asUsual: Omit<TransferRequest, 'stateDir'> = {
  rules: [],
  filesFrom: undefined,
  oneFileSystem: false,
  strategy: 'auto',
  streams: 'auto',
  dryRun: false,
  verify: false,
  checksum: false,
  preserve: keepAll,
  numericIds: false,
  durability: 'part',
  retries: 3,
  maxErrors: 0,
  bytesPerSecond: undefined,
  trustJournal: false,
  searchPath: '',
  compress: 'auto',
  direct: false,
  rsyncOptions: [],
  s3: {},
  s3KeyPrint: undefined,
  verbose: false,
  namedStateDir: undefined,
  resume: undefined,
};

export type VerifyRequest = Selection & {
  readonly oneWay: boolean; // the destination may have more
  /** with all that is below them, where those of an earlier run are asked for */
  readonly failed?: readonly Uint8Array[];
  readonly checksum: boolean;
  readonly streams: number | 'auto';
  readonly preserve: Preserve; // what is false is not compared
  readonly numericIds: boolean;
  readonly bytesPerSecond: number | undefined;
};

export type AnalyzeRequest = Selection & Pick<TransferRequest, 'streams' | 'stateDir' | 'searchPath'>;
