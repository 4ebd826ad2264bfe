import type { Score } from '../conduct/score/score.ts';
import type { Control } from '../control.ts';
import type { Expected } from '../plan/expect.ts';
import type { TransferRequest } from '../request.ts';
import type { Compared } from '../verify.ts';
import type { Begun } from './begin.ts';
import type { Planned } from './plan-for.ts';
import type { Ready } from './ready.ts';

/** A run that came to its end, or to where it had to stop. */
export type Ran = {
  readonly ready: Ready;
  readonly planned: Planned;
  readonly expected: Expected | undefined;
  readonly begun: Begun;
  readonly request: TransferRequest;
  readonly score: Score;
  readonly control: Control;
  readonly compared: Compared | undefined;
  readonly elapsedMs: number;
};
