/** What a host has of the programs that batches take, asked once for each and early. */
import type { FarPlace } from '../engine/tar/far-place.ts';
import { asItIs, ask } from '../engine/tar/host/exchange.ts';
import { type FarTools, probe, readProbe } from '../engine/tar/host/probe.ts';
import { isKind } from '../errors.ts';
import type { Store } from '../store/store.ts';
import type { RunFar } from '../work/far-process.ts';
import { heardLater } from '../work/heard-later.ts';
import { retry } from '../work/retry.ts';
import { patience } from './waits.ts';

const withinMs = 60_000;
const asked = new WeakMap<RunFar, Promise<FarTools | undefined>>();

/** Asks a host what it has, while other things are looked at; `answerOf` then waits for the answer. */
export function askEarly(run: RunFar, retries: number, signal: AbortSignal): void {
  if (asked.has(run)) return;
  const asking = heardLater(retry(() => probeShell(run, signal), { ...patience(retries), withinMs }, signal));
  asked.set(run, asking);
}

/** An end whose host was asked early, and has a tar and what else that takes. */
export async function answerOf({ shell, roundTripMs }: Store): Promise<FarPlace | undefined> {
  const tools = shell && (await asked.get(shell.run));
  return tools && { ...shell, tools, roundTripMs };
}

async function probeShell(run: RunFar, signal: AbortSignal): Promise<FarTools | undefined> {
  try {
    const { stdout } = await ask(run, probe(), asItIs, signal);
    const tools = readProbe(stdout);
    return tools.tar && tools.nul ? tools : undefined;
  } catch (error) {
    if (isKind(error, 'unsupported')) return undefined;
    throw error;
  }
}
