/**
 * Programs that do the same work in turn, A B C A B C, so that whatever else the machine does hits all of them.
 * The first round warms up and is where the copies are judged; it does not count.
 */
import { type Measured, measure, type Sample } from './measure.ts';

export type Contender = {
  readonly name: string;
  readonly argv: readonly string[];
  /** brings everything to where the work begins; not timed */
  readonly before: () => void;
  /** looks at what the work left, once; says what is wrong with it */
  readonly judge: (stdout: string) => string | undefined;
};

export type Ran = {
  readonly name: string;
  readonly samples: readonly Sample[];
  readonly outputs: readonly string[];
  /** what the judge found wrong */
  readonly wrong: string | undefined;
};

type Ring = {
  readonly runs: number;
  readonly work: string;
  readonly tools: { readonly copier: string | undefined };
};

/** Every contender, `runs` counted times. */
export function contest(contenders: readonly Contender[], ring: Ring): Ran[] {
  const wrong = contenders.map((contender) => contender.judge(once(contender, ring).stdout));
  const rounds: Measured[][] = [];
  while (rounds.length < ring.runs) rounds.push(contenders.map((contender) => once(contender, ring)));
  return contenders.map(({ name }, at) => ({
    name,
    samples: rounds.map((round) => round[at]!.sample),
    outputs: rounds.map((round) => round[at]!.stdout),
    wrong: wrong[at],
  }));
}

function once({ argv, before }: Contender, { work, tools }: Ring): Measured {
  before();
  return measure(argv, work, tools.copier);
}

export function wallMs({ samples }: Ran): number[] {
  return samples.map((sample) => sample.wallMs);
}

export function cpuMs({ samples }: Ran): number[] {
  return samples.map(({ userMs, sysMs }) => userMs + sysMs);
}
