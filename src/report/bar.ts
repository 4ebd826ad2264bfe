import { SingleBar } from 'cli-progress';
import type { Event, Progress } from './events.ts';
import type { Printer } from './printer.ts';
import { createPace, progressParts, shareDone } from './progress.ts';

const barColumns = 20;
const drawsPerSecond = 5;
const startsAfterMs = 300;

/**
 * A bar on the last line of the terminal while a run goes on, gone when it has finished, or at `end`. Runs
 * shorter than a blink never show one. Other lines are written above it.
 */
export function barReporter(printer: Printer, unicode: boolean): { report(event: Event): void; end(): void } {
  const terminal = withoutCursorMoves(process.stderr);
  const paceOf = createPace();
  const bar = new SingleBar({
    format: (_options, { maxWidth }, { progress, parts }: Payload) =>
      barLine(progress, parts, { columns: maxWidth, unicode }),
    stream: terminal,
    fps: drawsPerSecond,
    linewrap: true, // the terminal's own wrapping is left as it is: nothing to restore after a kill
    forceRedraw: true,
    clearOnComplete: true,
  });
  let drawn = false;

  const end = () => {
    if (drawn) bar.stop();
    drawn = false;
  };
  const draw = (progress: Progress) => {
    const payload: Payload = { progress, parts: progressParts(progress, paceOf(progress)) };
    if (drawn) return bar.update(0, payload);
    if (progress.elapsedMs < startsAfterMs) return;
    drawn = true;
    bar.start(1, 0, payload);
  };

  process.once('exit', end);
  printer.beforeWrite(() => void (drawn && terminal.write('\r\x1b[2K')));
  const report = (event: Event) => {
    if (event.type === 'progress') draw(event.progress);
    if (event.type === 'finished' || event.type === 'verified') end();
  };
  return { report, end };
}

type Line = { readonly columns: number; readonly unicode: boolean };
type Payload = { readonly progress: Progress; readonly parts: readonly string[] };

/** The bar and as many texts as fit; never as wide as the line, which would wrap. */
function barLine(progress: Progress, parts: readonly string[], { columns, unicode }: Line): string {
  const [done, left] = unicode ? ['█', '░'] : ['#', '-'];
  const share = shareDone(progress);
  const full = Math.round((share ?? 0) * barColumns);
  const bar = `[${done.repeat(full)}${left.repeat(barColumns - full)}]`;
  let line = share !== undefined && columns >= 60 ? bar : '';
  for (const part of parts) {
    const longer = line === '' ? part : `${line}  ${part}`;
    if (longer.length >= columns) return line;
    line = longer;
  }
  return line;
}

/**
 * cli-progress saves the cursor at the start and restores it at the end: after other lines were written above
 * the bar, that would move it back over them.
 */
function withoutCursorMoves(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  const moves = new Set(['\x1b7', '\x1b8']);
  const write = (text: string) => moves.has(text) || stream.write(text);
  return Object.create(stream, { write: { value: write } }) as NodeJS.WriteStream;
}
