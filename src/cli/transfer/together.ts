/** What of a transfer's flags goes together, and what this build can do. */
import { TransferError } from '../../errors.ts';
import { formatLocation } from '../../location/format.ts';
import type { Places } from '../../location/location.ts';
import { thisBuild } from '../../plan/fit.ts';
import type { Strategy } from '../../plan/plan.ts';
import { inWords } from '../../report/in-words.ts';
import type { TransferFlags } from './flags.ts';

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

/** Throws 'unsupported' for a strategy that is not in it. */
export function mustBeBuilt(strategy: Strategy): void {
  if (strategy === 'auto' || able.includes(strategy)) return;
  throw new TransferError('unsupported', `the ${strategy} strategy is not in this build`, {
    hint: `${inWords(['auto', ...able], 'or')} can be used`,
  });
}

/** Throws 'usage' where they are for nobody, or stand in the way of what rsync is told here. */
export async function rsyncOptionsOf({ rsyncOption, strategy }: TransferFlags): Promise<readonly string[]> {
  if (rsyncOption === undefined) return [];
  if (strategy !== 'rsync')
    throw new TransferError('usage', '--rsync-option is for rsync', { hint: 'give --strategy rsync too' });
  const { checkOption } = await import('../../engine/rsync/program/option.ts');
  return rsyncOption.map(checkOption);
}
