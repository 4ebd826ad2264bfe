/** Lets so many in at once, and the others wait in line. */

/** Whoever is in leaves by disposing of it. An abort leaves the line with the signal's reason. */
export type Turns = (signal: AbortSignal) => Promise<Disposable>;

export function createTurns(limit: number): Turns {
  let inside = 0;
  const line: (() => void)[] = [];
  const turn = (): Disposable => {
    inside++;
    return {
      [Symbol.dispose]: () => {
        inside--;
        line.shift()?.();
      },
    };
  };
  return (signal) => {
    signal.throwIfAborted();
    if (inside < limit) return Promise.resolve(turn());
    return new Promise((resolve, reject) => {
      const leave = () => {
        line.splice(line.indexOf(enter), 1);
        reject(signal.reason);
      };
      const enter = () => {
        signal.removeEventListener('abort', leave);
        resolve(turn());
      };
      line.push(enter);
      signal.addEventListener('abort', leave, { once: true });
    });
  };
}
