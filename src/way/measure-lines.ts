/**
 * What the lines to the hosts of a route bear, and what those hosts have: measured by programs that run there, in a
 * second or two for each. Nothing is written anywhere.
 */
import { asItIs, ask } from '../engine/tar/host/exchange.ts';
import { oneLine } from '../engine/tar/host/script.ts';
import type { Line } from '../plan/route.ts';
import type { Shell } from '../store/shell.ts';
import type { Store } from '../store/store.ts';
import type { FarProcess } from '../work/far-process.ts';

/** An end of a route. */
type Place = Pick<Store, 'shell' | 'roundTripMs'>;
type Ends = Readonly<Record<Line['end'], { readonly store?: Place } | undefined>>;

const connections = 4;
const sizes = [1, 8, 16].map((mebibytes) => mebibytes * 2 ** 20);
const enoughMs = 400;
const mostMs = 20_000;

const having = oneLine(`
  nproc 2>/dev/null || getconf _NPROCESSORS_ONLN 2>/dev/null || echo 1;
  for tool in rsync tar find zstd gzip sha256sum shasum setfacl setfattr; do
    command -v "$tool" >/dev/null 2>&1 && echo "$tool";
  done; exit 0`);

/** One after the other, since they share this machine. */
export async function linesOf(ends: Ends, signal: AbortSignal): Promise<Line[]> {
  const lines: Line[] = [];
  for (const end of ['source', 'dest'] as const) {
    const store = ends[end]?.store;
    const line = store && (await lineTo(store, end, signal));
    if (line) lines.push(line);
  }
  return lines;
}

/** Undefined for an end that is here, runs no programs for us, or does not answer in time. */
async function lineTo(
  { shell, roundTripMs = 0 }: Place,
  end: Line['end'],
  signal: AbortSignal,
): Promise<Line | undefined> {
  if (!shell) return undefined;
  const within = AbortSignal.any([signal, AbortSignal.timeout(mostMs)]);
  const going = { run: shell.run, end, roundTripMs, signal: within };
  try {
    const { cpus, tools } = await hostOf(going);
    const one = await rateOfOne(going);
    const severalBytesPerSecond = await rateOf(going, one.bytes, connections);
    return { end, bytesPerSecond: one.bytesPerSecond, connections, severalBytesPerSecond, cpus, tools };
  } catch {
    signal.throwIfAborted();
    return undefined; // a picture without it is better than none
  }
}

type Going = {
  readonly run: Shell['run'];
  readonly end: Line['end'];
  readonly roundTripMs: number;
  readonly signal: AbortSignal;
};

async function hostOf({ run, signal }: Going): Promise<Pick<Line, 'cpus' | 'tools'>> {
  const { stdout } = await ask(run, { script: having, args: [] }, asItIs, signal);
  const [cpus, ...tools] = Buffer.from(stdout).toString('latin1').split('\n');
  return { cpus: Math.max(1, Number.parseInt(cpus!, 10) || 1), tools: tools.filter((tool) => tool !== '') };
}

/** More and more, until it takes long enough to be told from the rest. */
async function rateOfOne(going: Going): Promise<{ readonly bytes: number; readonly bytesPerSecond: number }> {
  let found = { bytes: 0, bytesPerSecond: 0 };
  for (const bytes of sizes) {
    found = { bytes, bytesPerSecond: await rateOf(going, bytes, 1) };
    if ((bytes / found.bytesPerSecond) * 1000 >= enoughMs) return found;
  }
  return found;
}

/** The way data would go: from a source, to a destination; all begin when every connection is there. */
async function rateOf(
  { run, end, roundTripMs, signal }: Going,
  bytes: number,
  count: number,
): Promise<number> {
  await using stack = new AsyncDisposableStack();
  const starting = Array.from({ length: count }, () =>
    run(scripts[end](bytes), [], signal, { isHeavy: true }),
  );
  const far = (await Promise.all(starting)).map((one) => stack.use(one));
  const beganMs = performance.now();
  await Promise.all(far.map((one) => through(one, end === 'dest' ? Buffer.alloc(bytes) : go)));
  return Math.round((count * bytes * 1000) / Math.max(1, performance.now() - beganMs - roundTripMs));
}

const go = Buffer.from('\n');
const scripts = {
  source: (bytes: number) => `read go; exec head -c ${bytes} /dev/zero`,
  dest: (bytes: number) => `exec head -c ${bytes} >/dev/null`,
} as const;

async function through({ stdin, stdout, ended }: FarProcess, input: Buffer): Promise<void> {
  stdin.on('error', () => undefined); // its end says why
  stdin.end(input);
  stdout.resume();
  await ended;
}
