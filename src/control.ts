/** What the person does to a run while it goes on: stop it, give it a lane or take one, ask how far it is, answer it. */

type Listeners = {
  readonly lanes: Set<(delta: 1 | -1) => void>;
  readonly status: Set<() => void>;
};

/** The run's side. */
export type Control = {
  /** Stop cleanly; its reason is the name of what stopped the run, such as 'SIGINT'. */
  readonly signal: AbortSignal;
  /** Heard until it is disposed of. */
  onLanes(listener: (delta: 1 | -1) => void): Disposable;
  /** The person asked for a status line: report a 'status' event. Heard until it is disposed of. */
  onStatus(listener: () => void): Disposable;
  /** Waits for an answer of theirs. */
  asked<T>(answer: Promise<T>): Promise<T>;
  /** how long it has waited for those: time that is not the run's */
  readonly askedMs: number;
};

/** The side of the process's signals. */
export type Steering = Control & {
  stop(reason: string): void;
  changeLanes(delta: 1 | -1): void;
  askStatus(): void;
};

export function createControl(): Steering {
  const stopper = new AbortController();
  const listeners: Listeners = { lanes: new Set(), status: new Set() };
  const questions = new Questions();
  return {
    signal: stopper.signal,
    onLanes: (listener) => heard(listeners.lanes, listener),
    onStatus: (listener) => heard(listeners.status, listener),
    asked: (answer) => questions.wait(answer),
    get askedMs() {
      return questions.waitedMs;
    },
    stop: (reason) => stopper.abort(reason),
    changeLanes: (delta) => listeners.lanes.forEach((tell) => void tell(delta)),
    askStatus: () => listeners.status.forEach((tell) => void tell()),
  };
}

/** Several may be open at once, and that time counts once. */
class Questions {
  waitedMs = 0;
  #open = 0;
  #sinceMs = 0;

  async wait<T>(answer: Promise<T>): Promise<T> {
    if (this.#open++ === 0) this.#sinceMs = performance.now();
    try {
      return await answer;
    } finally {
      if (--this.#open === 0) this.waitedMs += performance.now() - this.#sinceMs;
    }
  }
}

function heard<T>(all: Set<T>, listener: T): Disposable {
  all.add(listener);
  return { [Symbol.dispose]: () => void all.delete(listener) };
}
