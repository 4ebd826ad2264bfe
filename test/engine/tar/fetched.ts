/** New trees from another place, a sh on this machine, with what it says changed on its way here. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Outcome } from '../../../src/conduct/jobs.ts';
import { listTrees } from '../../../src/engine/tar/host/list-trees.ts';
import { probe, readProbe } from '../../../src/engine/tar/host/probe.ts';
import type { Script } from '../../../src/engine/tar/host/script.ts';
import { send } from '../../../src/engine/tar/host/send.ts';
import type { FarRun } from '../../../src/engine/tar/trees/fetching.ts';
import { unpackTrees } from '../../../src/engine/tar/trees/unpack-trees.ts';
import type { FarWork } from '../../../src/engine/tar/trees/unpack-words.ts';
import type { Bundle } from '../../../src/profile/bundle.ts';
import type { Rule } from '../../../src/profile/filter.ts';
import { keepAll } from '../../../src/request.ts';
import { shell, workspace } from '../run.ts';
import { unpackHow } from './unpack.ts';

const never = new AbortController().signal;

type Told = { readonly bytes: Buffer; readonly code: number };

const tools = readProbe((await runScript(probe(), Buffer.alloc(0))).bytes);

async function runScript({ script, args }: Script, input: Uint8Array): Promise<Told> {
  const child = spawn('sh', ['-c', script, 'sh', ...args.map((arg) => Buffer.from(arg).toString())], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  child.stdin.on('error', () => undefined); // it may read none of it
  child.stdin.end(input);
  const [bytes, [code]] = await Promise.all([buffer(child.stdout), once(child, 'close')]);
  return { bytes, code: code as number };
}

export type Change = (work: FarWork, told: Told) => Told;

/** A tree, and where it goes; `change` is what becomes of what the other side says. */
export async function ground() {
  const here = workspace();
  const [source, dest] = [join(here, 'from'), join(here, 'to')];
  for (const path of [source, dest]) fs.mkdirSync(path);
  await shell(
    source,
    `mkdir -p a/b/c a/empty z; for n in 1 2 3; do echo $n >a/$n; echo $n >a/b/$n; echo $n >z/$n; done
     ln -s ../1 a/b/link; : >a/b/c/nothing; touch -d 2001-02-03 a/b a/empty z/1; chmod 2750 a/b; mkfifo z/pipe`,
  );
  return { here, source, dest };
}

export type Ground = Awaited<ReturnType<typeof ground>>;

/** With rules, directories are listed one level after the other. */
const none: Rule = { action: 'exclude', pattern: 'nothing is called so' };

type How = { readonly rules?: readonly Rule[]; readonly isFar?: boolean; readonly entries?: number };

export const two: Bundle = {
  dir: Buffer.alloc(0),
  names: Buffer.from('a\0z\0'),
  what: 'trees',
  slice: 0,
  fresh: Uint8Array.of(1, 1),
};
/** The place itself. */
export const all: Bundle = { ...two, names: Buffer.alloc(1), fresh: undefined };

export function fetch(
  { source, dest }: Ground,
  change: Change = (_, told) => told,
  { isFar = false, rules = isFar ? [] : [none], entries = 100_000 }: How = {},
  bundle = isFar ? all : two,
) {
  const how = unpackHow(dest);
  const setup = {
    root: Buffer.from(dest),
    holder: how.holder,
    rules,
    how: { keep: keepAll, tag: '.difpipe-test-', ownTag: '.difpipe-test-1-' },
    verbose: true,
    inlineBytes: 1000,
    isFar,
    most: { entries, bytes: 2 ** 30 },
  };
  let settled = Promise.withResolvers<void>();
  settled.resolve();
  const far = (work: FarWork, list: Uint8Array): FarRun => {
    const root = Buffer.from(source);
    const script =
      work === 'list' || work === 'list all'
        ? listTrees(root, bundle.dir, { all: work === 'list all', squeeze: 'none' })
        : send({ root, tools, squeeze: 'none', onlySeconds: work === 'pack' });
    const before = work === 'list' && !isFar ? settled.promise : undefined; // so that what is found later is made later
    if (work !== 'list') settled = Promise.withResolvers();
    const told = Promise.resolve(before)
      .then(() => runScript(script, list))
      .then((one) => change(work, one));
    const chunks = async function* () {
      yield (await told).bytes;
    };
    return { chunks: chunks(), code: told.then(({ code }) => code), refuse: () => undefined };
  };
  return unpackTrees(
    setup,
    { bundle, id: 1 },
    {
      far,
      moved: (_: number, entries: number) => void (entries > 0 && settled.resolve()),
      found: () => undefined,
      signal: never,
    },
  );
}

/** A line for each bundle, with its names in their order. */
export function rest({ rest: bundles }: Outcome): readonly string[] {
  return bundles
    .map(({ dir, names, what }) => {
      const sorted = Buffer.from(names).toString().split('\0').slice(0, -1).toSorted();
      return [what, `${Buffer.from(dir)}:`, ...sorted].join(' ');
    })
    .toSorted();
}
