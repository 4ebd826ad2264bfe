/** How many files this process may have open at once, and what that is enough for. */
import { readFileSync } from 'node:fs';

/** A limit is undefined where there is none, or where the system does not tell it. */
export type OpenFiles = { readonly soft: number | undefined; readonly hard: number | undefined };

/** What Node, the Journal and the two places of a run have open, with something over. */
export const fewestOpenFiles = 64;

/** What to do where they are too few. */
export const moreOpenFiles = 'raise the limit of open files: ulimit -n 4096';

const laneTakes = 8;
const restTakes = 40;

export function openFiles(): OpenFiles {
  const [, soft, hard] = /^Max open files\s+(\S+)\s+(\S+)/m.exec(limits()) ?? [];
  return { soft: numberIn(soft), hard: numberIn(hard) };
}

/** How many lanes it is enough for; one at least. */
export function lanesThatFit({ soft = Number.POSITIVE_INFINITY } = openFiles()): number {
  return Math.max(1, Math.floor((soft - restTakes) / laneTakes));
}

function limits(): string {
  try {
    return readFileSync('/proc/self/limits', 'utf8');
  } catch {
    return ''; // there is no /proc
  }
}

function numberIn(text: string | undefined): number | undefined {
  return text === undefined || text === 'unlimited' ? undefined : +text;
}
