/** What the lanes of a run have to know, from what was asked and what was found at both ends. */
import type { Begun } from './begin.ts';
import type { LaneSetup } from './engine/parallel/jobs.ts';
import type { Journal } from './journal/journal.ts';
import type { TransferRequest } from './request.ts';
import type { Ends } from './route.ts';
import { probe } from './store/local/probe.ts';

const inlineBytes = 1024 * 1024;
const rangeBytes = 64 * 1024 * 1024;
const budget = { entries: 2000, bytes: 32 * 1024 * 1024 };

type Given = {
  readonly ends: Ends;
  readonly begun: Begun;
  readonly journal: Journal;
  readonly request: TransferRequest;
  readonly key: string;
  readonly trust: boolean;
  readonly suspectSince: bigint;
};

let umask: number | undefined;

export function setupFor(given: Given): Omit<LaneSetup, 'shared'> {
  const { ends, begun, journal, request, key } = given;
  umask ??= process.umask(0); // modes are the source's, or made with the user's umask by hand
  const found = ends.isNew && request.dryRun ? { timeStepNs: 1, foldsCase: false } : probe(ends.dest);
  return {
    source: ends.source,
    dest: ends.dest,
    single: ends.single?.to,
    rules: request.rules,
    oneFileSystem: request.oneFileSystem,
    keep: request.preserve,
    holder: { uid: process.geteuid!(), gid: process.getegid!(), umask, ...found },
    dryRun: request.dryRun,
    checksum: request.checksum,
    trust: given.trust,
    verbose: request.verbose || request.dryRun,
    retries: request.retries,
    leftPath: journal.path,
    tag: `.difpipe-${key.slice(0, 12)}-`,
    sweep: begun.sweep,
    spared: begun.spared,
    suspectSince: given.suspectSince,
    inlineBytes,
    rangeBytes,
    budget,
    bytesPerSecond: request.bytesPerSecond,
  };
}
