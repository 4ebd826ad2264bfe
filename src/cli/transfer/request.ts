import { TransferError } from '../../errors.ts';
import { formatLocation } from '../../location/format.ts';
import type { Places } from '../../location/location.ts';
import { thisBuild } from '../../plan/fit.ts';
import type { Strategy } from '../../plan/plan.ts';
import { inWords } from '../../report/in-words.ts';
import type { Compress, Durability, FilesFrom, TransferRequest } from '../../request.ts';
import type { AccessFlags } from '../access/access.ts';
import { wishesOf } from '../access/s3-wishes.ts';
import { type CompareFlags, preserveOf } from '../flags/compare.ts';
import { type SelectFlags, selectionOf } from '../flags/select.ts';
import { type StateFlags, stateDirs } from '../flags/state.ts';
import type { VoiceFlags } from '../flags/voice.ts';
import { searchPath } from '../surroundings/path.ts';

export type TransferFlags = AccessFlags &
  CompareFlags &
  SelectFlags &
  StateFlags &
  VoiceFlags & {
    readonly strategy: Strategy;
    readonly rsyncOption?: readonly string[];
    readonly compress: Compress;
    readonly direct?: boolean;
    readonly dryRun?: boolean;
    readonly verify?: boolean;
    readonly durability: Durability;
    readonly retries: number;
    readonly maxErrors: number;
    readonly trustJournal?: boolean;
  };

/** What the flags of `transfer` ask for, every value specific. Throws 'usage' or 'unsupported'. */
export async function transferRequest(flags: TransferFlags): Promise<TransferRequest> {
  checkBuilt(flags.strategy);
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

/** Throws 'usage' where nothing could go straight from one host to another. */
export function mustBeHosts({ source, dest }: Places, { direct, strategy }: TransferFlags): void {
  if (!direct) return;
  if (strategy === 'rsync')
    throw new TransferError('usage', '--direct is not for rsync, which goes through this machine', {
      hint: 'leave one of them out',
    });
  const end = source.kind === 'ssh' ? dest : source;
  if (end.kind === 'ssh') return;
  throw new TransferError(
    'usage',
    `--direct is between two hosts: ${formatLocation(end)} is not behind SSH`,
    {
      hint: 'leave it out, or write both as user@host:path',
    },
  );
}

const able = [...thisBuild.engines, ...thisBuild.named];

function checkBuilt(strategy: Strategy): void {
  if (strategy === 'auto' || able.includes(strategy)) return;
  throw new TransferError('unsupported', `the ${strategy} strategy is not in this build`, {
    hint: `${inWords(['auto', ...able], 'or')} can be used`,
  });
}

async function rsyncOptionsOf({ rsyncOption, strategy }: TransferFlags): Promise<readonly string[]> {
  if (rsyncOption === undefined) return [];
  if (strategy !== 'rsync')
    throw new TransferError('usage', '--rsync-option is for rsync', { hint: 'give --strategy rsync too' });
  const { checkOption } = await import('../../engine/rsync/program/option.ts');
  return rsyncOption.map(checkOption);
}
