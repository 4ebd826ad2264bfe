/** So much of something for all who want some: whoever finds too little left waits in line. */
export type Budget = (wanted: number, signal: AbortSignal) => Promise<Disposable>;

/** Who wants more than there is at all gets in alone. An abort leaves the line with the signal's reason. */
export function createBudget(all: number): Budget {
  let left = all;
  const line: { readonly share: number; readonly enter: () => void }[] = [];
  const serve = () => {
    while (line.length > 0 && line[0]!.share <= left) {
      left -= line[0]!.share;
      line.shift()!.enter();
    }
  };
  const held = (share: number): Disposable => ({
    [Symbol.dispose]() {
      left += share;
      serve();
    },
  });
  return (wanted, signal) => {
    signal.throwIfAborted();
    const share = Math.min(wanted, all);
    if (line.length === 0 && share <= left) {
      left -= share;
      return Promise.resolve(held(share));
    }
    return new Promise((resolve, reject) => {
      const leave = () => {
        const at = line.findIndex((one) => one.enter === enter);
        if (at < 0) return;
        line.splice(at, 1);
        reject(signal.reason);
        serve();
      };
      const enter = () => {
        signal.removeEventListener('abort', leave);
        resolve(held(share));
      };
      signal.addEventListener('abort', leave, { once: true });
      line.push({ share, enter });
      serve();
    });
  };
}
