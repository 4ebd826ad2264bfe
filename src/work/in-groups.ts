/** Questions that are asked together: whoever has one waits a moment for others, and several groups go side by side. */
import { setImmediate as turn } from 'node:timers/promises';

export type GroupHow<Q> = {
  readonly atOnce: number;
  readonly most: { readonly count: number; readonly bytes: number };
  readonly bytesOf: (question: Q) => number;
};

/** Answers one question of the group, or throws what is to be said of it. */
export type Answers<Q, A> = (question: Q) => A;

type Waiting<Q, A> = {
  readonly question: Q;
  readonly signal: AbortSignal;
  readonly answer: PromiseWithResolvers<A>;
};

/** What `ask` throws is thrown to all of the group. */
export function inGroups<Q, A>(
  ask: (group: readonly Q[], signal: AbortSignal) => Promise<Answers<Q, A>>,
  how: GroupHow<Q>,
): (question: Q, signal: AbortSignal) => Promise<A> {
  const waiting: Waiting<Q, A>[] = [];
  let running = 0;
  const go = async (group: readonly Waiting<Q, A>[]) => {
    running++;
    try {
      const questions = group.map(({ question }) => question);
      const answers = await ask(questions, group[0]!.signal);
      for (const one of group) settle(one, answers);
    } catch (error) {
      for (const { answer } of group) answer.reject(error);
    } finally {
      running--;
      pump();
    }
  };
  const pump = () => {
    while (running < how.atOnce && waiting.length > 0) void go(nextGroup(waiting, how));
  };
  return (question, signal) => {
    const answer = Promise.withResolvers<A>();
    waiting.push({ question, signal, answer });
    if (waiting.length === 1) void turn().then(pump);
    return answer.promise;
  };
}

function settle<Q, A>({ question, answer }: Waiting<Q, A>, answers: Answers<Q, A>): void {
  try {
    answer.resolve(answers(question));
  } catch (error) {
    answer.reject(error);
  }
}

/** Taken from the front: as much as goes at once. */
function nextGroup<Q, A>(waiting: Waiting<Q, A>[], { most, bytesOf }: GroupHow<Q>): Waiting<Q, A>[] {
  const { signal } = waiting[0]!;
  let [count, bytes] = [0, 0];
  for (const one of waiting) {
    bytes += bytesOf(one.question);
    const isFull = count >= most.count || (count > 0 && bytes > most.bytes);
    if (isFull || one.signal !== signal) break;
    count++;
  }
  return waiting.splice(0, count);
}
