import type { FilesFrom, TransferRequest } from '../../request.ts';
import { wishesOf } from '../access/s3-wishes.ts';
import { preserveOf } from '../flags/compare.ts';
import { selectionOf } from '../flags/select.ts';
import { stateDirs } from '../flags/state.ts';
import { searchPath } from '../surroundings/path.ts';
import type { TransferFlags } from './flags.ts';
import { mustBeBuilt, rsyncOptionsOf } from './together.ts';

/** What the flags of `transfer` ask for, every value specific. Throws 'usage' or 'unsupported'. */
export async function transferRequest(flags: TransferFlags): Promise<TransferRequest> {
  mustBeBuilt(flags.strategy);
  const { filesFrom, ...selection } = await selectionOf(flags);
  return {
    ...selection,
    filesFrom: filesFrom && (await toldApart(filesFrom)),
    strategy: flags.strategy,
    streams: flags.streams,
    dryRun: flags.dryRun ?? false,
    verify: flags.verify ?? false,
    checksum: flags.checksum ?? false,
    preserve: preserveOf(flags.preserve),
    numericIds: flags.numericIds ?? false,
    durability: flags.durability,
    retries: flags.retries,
    maxErrors: flags.maxErrors,
    bytesPerSecond: flags.bwlimit || undefined, // 0 is no limit
    trustJournal: flags.trustJournal ?? false,
    ...stateDirs(flags.stateDir),
    searchPath: searchPath(),
    compress: flags.compress,
    direct: flags.direct ?? false,
    rsyncOptions: await rsyncOptionsOf(flags),
    s3: wishesOf(flags),
    s3KeyPrint: undefined,
    verbose: flags.verbose ?? false,
    resume: undefined,
  };
}

async function toldApart(filesFrom: FilesFrom): Promise<FilesFrom> {
  const { withDigest } = await import('../../profile/list-digest.ts');
  return withDigest(filesFrom);
}
