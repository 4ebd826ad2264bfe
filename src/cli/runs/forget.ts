import type { Command } from 'commander';
import { exitCodes } from '../../errors.ts';
import type { ListedRun } from '../../journal/list.ts';
import type { S3Place } from '../../location/location.ts';
import { jsonLine } from '../../report/json.ts';
import { createPrinter } from '../../report/printer.ts';
import { typed } from '../../report/typed.ts';
import { type S3Flags, s3AccessOf, serviceFlags } from '../access/s3-access.ts';
import { stateDirs } from '../flags/state.ts';
import { type Finish, verb } from '../verb.ts';
import { canContinue, placesOf, runCalled } from './find.ts';
import { type RunsFlags, runsFlags } from './list.ts';

type Flags = RunsFlags & S3Flags;

const mostMs = 60_000;

export function forgetVerb(finish: Finish): Command {
  const command = verb('forget', {
    summary: 'forget a run, so that it cannot be continued',
    description:
      'Forgets what a run did and what was left to do. With the last run of a route everything known of its ' +
      'destination goes: the next run looks at all of it. Uploads to a bucket that it would go on with are given up.',
    examples: [['runs forget 20261120-1412-7f3a9c', 'this one']],
    exits: [0, 1, 2, 3, 6],
  }).argument('ID', 'of the run, or the start of it');
  return serviceFlags(runsFlags(command)).action(async (id: string, flags: Flags) =>
    finish(await forget(id, flags)),
  );
}

async function forget(start: string, flags: Flags): Promise<number> {
  const state = stateDirs(flags.stateDir);
  const { stateDir: dir } = state;
  const { forgetRun } = await import('../../journal/forget.ts');
  const run = await runCalled(dir, start);
  const uploads = await uploadsOf(run, dir);
  const { id, route } = forgetRun(dir, run.id);
  const printer = createPrinter(() => undefined);
  const areGivenUp = !uploads || (await giveUpAll(uploads, state, flags, (line) => printer.notice(line)));
  if (flags.json) printer.result(jsonLine('forgotten', { id, route }));
  else printer.notice(`forgot run ${id}${route ? ', the last of its route' : ''}`);
  printer.end();
  return areGivenUp ? exitCodes.done : exitCodes.partial;
}

type Uploads = { readonly place: S3Place; readonly ids: ReadonlySet<string> };

/** What a run to a bucket would go on with; undefined where that is nothing. */
async function uploadsOf(run: ListedRun, dir: string): Promise<Uploads | undefined> {
  const { dest: place } = placesOf(run);
  if (place.kind !== 's3' || !canContinue(run)) return undefined;
  const { idsOf } = await import('../../clean.ts');
  const ids = idsOf(dir, run.key);
  return ids.size > 0 ? { place, ids } : undefined;
}

/** The run is forgotten by then: what the service does not give up is left to `clean`, and the answer is false. */
async function giveUpAll(
  { place, ids }: Uploads,
  { stateDir, namedStateDir }: ReturnType<typeof stateDirs>,
  flags: Flags,
  say: (line: string) => void,
): Promise<boolean> {
  const { giveUp } = await import('../../clean.ts');
  const signal = AbortSignal.timeout(mostMs);
  try {
    const count = await giveUp(place, await s3AccessOf(flags)(place, 'dest'), { stateDir, ids }, signal);
    say(`gave up ${count} ${count === 1 ? 'upload' : 'uploads'} in s3://${place.bucket}`);
    return true;
  } catch (error) {
    const again = typed(`clean s3://${place.bucket}`, namedStateDir);
    say(`difpipe: ${(error as Error).message}; ${again} tries again`);
    return false;
  }
}
