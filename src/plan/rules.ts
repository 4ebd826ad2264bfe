import type { Counts } from './counts.ts';
import { type Build, unfit } from './fit.ts';
import type { EngineName, PlaceKind } from './plan.ts';
import { endsOf, type Route } from './route.ts';

export type Verdict = { readonly engine: EngineName; readonly reason: string };

type Situation = { readonly counts: Counts | undefined; readonly route: Route; readonly build: Build };

/** A rule gives its verdict where it holds. */
type Rule = (situation: Situation) => Verdict | undefined;

const fewFiles = 10;
const manyFiles = 1000;

/** What holds when nothing was measured: the first verdict for an engine that can do the route decides. */
const rules: readonly Rule[] = [cloud, s3, remoteToRemote, oneMachine, few, tiny, huge];

/** The engine for this route and these files by rule alone, and the sentence that says why. */
export function byRule(situation: Situation): Verdict {
  for (const rule of rules) {
    const verdict = rule(situation);
    if (verdict && !unfit(verdict.engine, situation.route, situation.build)) return verdict;
  }
  return { engine: 'parallel', reason: 'several streams side by side suit a mixture of sizes' };
}

function cloud({ route }: Situation): Verdict | undefined {
  if (!has(route, 'cloud')) return undefined;
  return { engine: 'rclone', reason: 'one end is a cloud place, and rclone speaks its protocol' };
}

function s3({ route, build }: Situation): Verdict | undefined {
  if (!has(route, 's3')) return undefined;
  const reason = 'one end is an S3 bucket, ';
  if (build.nativeS3) return { engine: 'parallel', reason: `${reason}where several streams go furthest` };
  return { engine: 'rclone', reason: `${reason}and rclone speaks its protocol` };
}

function remoteToRemote({ route }: Situation): Verdict | undefined {
  if (endsOf(route).includes('local')) return undefined;
  return { engine: 'proxy', reason: 'both ends are remote, so the data passes through this machine' };
}

function oneMachine({ route }: Situation): Verdict | undefined {
  if (endsOf(route).some((kind) => kind !== 'local')) return undefined;
  const reason = 'both ends are on this machine, where several lanes use every core and disk';
  return { engine: 'parallel', reason };
}

function few({ counts }: Situation): Verdict | undefined {
  if (!counts || counts.files < 1 || counts.files > fewFiles) return undefined;
  const files = counts.files === 1 ? 'one file is' : `${counts.files} files are`;
  const reason = `${files} too few for batches: large ones go in ranges, over several connections`;
  return { engine: 'parallel', reason };
}

function tiny({ counts }: Situation): Verdict | undefined {
  if (!counts || counts.files < manyFiles || counts.smallFiles <= 0.8 * counts.files) return undefined;
  const share = percent(counts.smallFiles, counts.files);
  const reason = `${share} of the files are below 10 KB, and tar carries them in one stream`;
  return { engine: 'tar', reason };
}

function huge({ counts }: Situation): Verdict | undefined {
  if (!counts || counts.hugeFileBytes <= 0.5 * counts.bytes) return undefined;
  const share = percent(counts.hugeFileBytes, counts.bytes);
  const reason = `${share} of the bytes are in files above 100 MB, which go in ranges over several connections`;
  return { engine: 'parallel', reason };
}

function has(route: Route, kind: PlaceKind): boolean {
  return endsOf(route).includes(kind);
}

/** Rounded down: 100 % means all. */
function percent(part: number, whole: number): string {
  return `${Math.floor((part / whole) * 100)} %`;
}
