/** What the person does to a run while it goes on: stop it, give it a lane or take one, ask how far it is. */

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
  return {
    signal: stopper.signal,
    onLanes: (listener) => heard(listeners.lanes, listener),
    onStatus: (listener) => heard(listeners.status, listener),
    stop: (reason) => stopper.abort(reason),
    changeLanes: (delta) => listeners.lanes.forEach((tell) => void tell(delta)),
    askStatus: () => listeners.status.forEach((tell) => void tell()),
  };
}

function heard<T>(all: Set<T>, listener: T): Disposable {
  all.add(listener);
  return { [Symbol.dispose]: () => void all.delete(listener) };
}
