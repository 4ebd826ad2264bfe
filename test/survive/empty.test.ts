import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { touches } from '../judge.ts';
import { needs } from '../peer.ts';
import { makeImage, mounted, type Place, place } from './ground.ts';
import { assertStatus, type Ended, failures, type How, run, runTo, strays } from './program.ts';
import { contentsOf } from './tree.ts';

// A source that is not what it was, because it is empty, gone, not mounted or may not be read, costs nothing
// of what an earlier run brought to the destination.

const nobody = 65534;
const asNobody = (): How => ({
  under: ['setpriv', `--reuid=${nobody}`, `--regid=${nobody}`, '--clear-groups'],
  env: { HOME: '/', NODE_COMPILE_CACHE: undefined },
});

/** A disk that cannot say what is in the source. */
const unlisted = (source: string): How => ({
  under: ['strace', '-fqq', '-o', '/dev/null', '-P', source, '-e', 'inject=getdents64:error=EIO'],
});

type Case = {
  readonly what: string;
  readonly spoil: (source: string) => void;
  readonly how?: (source: string) => How;
  readonly peer?: string;
  readonly statuses: readonly number[];
  readonly says?: RegExp;
};

const cases: readonly Case[] = [
  { what: 'is empty', spoil: empty, statuses: [0] },
  {
    what: 'is missing',
    spoil: (source) => fs.renameSync(source, `${source} elsewhere`),
    statuses: [2],
    says: /^usage: there is no .*from/m,
  },
  {
    what: 'may not be opened',
    spoil: (source) => fs.chmodSync(source, 0o700),
    how: asNobody,
    peer: 'setpriv',
    statuses: [1, 3],
    says: /^denied: /,
  },
  {
    what: 'may not be listed',
    spoil: (source) => fs.chmodSync(source, 0o711),
    how: asNobody,
    peer: 'setpriv',
    statuses: [1, 3],
    says: /^denied: /,
  },
  {
    what: 'cannot be read',
    spoil: () => undefined,
    how: unlisted,
    peer: 'strace',
    statuses: [1, 3],
    says: /^io: cannot read it: /,
  },
  {
    what: 'is a file',
    spoil: (source) => {
      empty(source);
      fs.rmdirSync(source);
      fs.writeFileSync(source, 'a file');
    },
    statuses: [0, 2, 3, 5],
  },
  {
    what: 'has an empty directory in the place of a full one, and a file in the place of another',
    spoil: (source) => {
      empty(join(source, 'd'));
      fs.rmSync(join(source, 'e'), { recursive: true });
      fs.writeFileSync(join(source, 'e'), 'a file');
    },
    statuses: [3],
    says: /^conflict: cannot replace it at the destination: directory not empty/,
  },
];

describe('what is at the destination stays when the source', { concurrency: 3, skip: needs('root') }, () => {
  for (const { what, spoil, how, peer, statuses, says } of cases) {
    test(what, { skip: peer !== undefined && needs(peer) }, async () => {
      using here = place();
      const at = ground(here);
      if (how === asNobody) for (const dir of [at.dest, at.state]) fs.chownSync(dir, nobody, nobody);
      await runTo(0, at.state, ['transfer', at.source, at.dest], how === asNobody ? asNobody() : {});
      spoil(at.source);
      const then = contentsOf(at.dest);
      for (const flags of [[], ['--trust-journal'], ['--checksum']]) {
        const ended = await run(at.state, ['transfer', ...flags, at.source, at.dest], how?.(at.source));
        assert.ok(statuses.includes(ended.status!), `${ended.status} ${ended.stderr}`);
        if (says) assert.match(reasonsOf(ended).join('\n'), says);
        const now = contentsOf(at.dest);
        for (const [name, content] of then) assert.equal(now.get(name), content, name);
        assert.deepEqual(strays(at.dest), []);
      }
    });
  }

  test('is a mount point with nothing mounted', { skip: needs('loop', 'mkfs.ext4') }, async () => {
    using here = place();
    const [mountPoint, image] = [join(here.path, 'from'), join(here.path, 'image')];
    makeImage(image, 'ext4', 16 * 2 ** 20);
    const at = { source: mountPoint, dest: join(here.path, 'to'), state: join(here.path, 'state') };
    {
      using disk = mounted(mountPoint, '-o', 'loop', image);
      fill(disk.path);
      assertStatus(0, await run(at.state, ['transfer', at.source, at.dest]));
    }
    const then = withoutRoot(await touches(at.dest));
    for (const flags of [[], ['--trust-journal'], ['--one-file-system']]) {
      await runTo(0, at.state, ['transfer', ...flags, at.source, at.dest]);
      assert.deepEqual(withoutRoot(await touches(at.dest)), then);
    }
  });
});

function ground({ path }: Place) {
  const [source, dest, state] = [join(path, 'from'), join(path, 'to'), join(path, 'state')];
  for (const dir of [source, dest, state]) fs.mkdirSync(dir);
  fill(source);
  return { source, dest, state };
}

function fill(root: string): void {
  for (const dir of ['d/sub', 'e']) fs.mkdirSync(join(root, dir), { recursive: true });
  for (const name of ['a', 'd/b', 'd/sub/c', 'e/f']) fs.writeFileSync(join(root, name), name);
  fs.linkSync(join(root, 'a'), join(root, 'd/linked'));
  fs.symlinkSync('a', join(root, 'link'));
}

function empty(dir: string): void {
  execFileSync('find', [dir, '-mindepth', '1', '-delete']);
}

/** The root's own times are the source's. */
function withoutRoot(lines: readonly string[]): string[] {
  return lines.filter((line) => !line.startsWith('. '));
}

function reasonsOf(ended: Ended): string[] {
  const error = ended.said.find(({ type }) => type === 'error');
  return [...failures(ended).values(), error ? `${error.kind}: ${error.message}` : ended.stderr];
}
