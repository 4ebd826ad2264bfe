/** How a run ended, as an outcome and an exit code, and what to type next. */
import { exitCodes } from '../errors.ts';
import type { Summary } from '../report/events.ts';
import { typed } from '../report/typed.ts';
import type { Ran } from './ran.ts';

const signals: Record<string, number> = {
  SIGHUP: exitCodes.hangup,
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
};

type Commands = Pick<Summary, 'resumeWith' | 'retryWith' | 'showWith'>;

/** What to type next, as far as there is something to do; of a dry run nothing is kept. */
export function commands({ begun, request, score }: Ran, outcome: Summary['outcome']): Commands {
  const canResume = outcome === 'stopped' || outcome === 'failed';
  const command = (verb: string, applies: boolean) =>
    applies && !request.dryRun ? typed(`runs ${verb} ${begun.run}`, request.namedStateDir) : undefined;
  return {
    resumeWith: command('resume', canResume),
    retryWith: command('retry', !canResume && score.tally.failed > 0),
    showWith: command('show', true),
  };
}

/** A stop that came when nothing was left to do is none. */
export function ending({ score, control, compared }: Ran): Pick<Summary, 'outcome' | 'exitCode'> {
  const signal = control.signal.aborted ? signals[String(control.signal.reason)] : undefined;
  const verified = compared?.found;
  const isWhole = score.isComplete && compared?.isWhole !== false;
  if (signal !== undefined && !isWhole) return { outcome: 'stopped', exitCode: signal };
  if (score.full || score.barrierFailed) return { outcome: 'failed', exitCode: exitCodes.failed };
  if (!score.isComplete) return { outcome: 'stopped', exitCode: exitCodes.failed };
  if (verified && verified.differences > 0) return { outcome: 'different', exitCode: exitCodes.different };
  const failed = score.tally.failed + score.tally.refused + (verified?.failed ?? 0);
  return failed > 0
    ? { outcome: 'partial', exitCode: exitCodes.partial }
    : { outcome: 'done', exitCode: exitCodes.done };
}
