/** Says how far something is, five times a second and when the person asks, until it is disposed of. */
import type { Control } from '../control.ts';
import type { Progress, Report } from './events.ts';

const tickMs = 200;

export function tellHowFar(howFar: () => Progress, report: Report, control: Control): Disposable {
  const tell = (type: 'progress' | 'status') => report({ type, progress: howFar() });
  const ticking = setInterval(tell, tickMs, 'progress');
  const asked = control.onStatus(() => tell('status'));
  return {
    [Symbol.dispose]() {
      clearInterval(ticking);
      asked[Symbol.dispose]();
    },
  };
}
