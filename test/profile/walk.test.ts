import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { emptyProfile } from '../../src/profile/profile.ts';
import { descend, type Visitor } from '../../src/profile/visitor.ts';
import { Walk } from '../../src/profile/walk.ts';
import { Opener } from '../../src/work/posix/opener.ts';

test('Walk.run() ends what it has begun before it hands back what is left', () => {
  assert.deepEqual(
    namesLeft((isInside) => !isInside),
    ['trees a'],
  );
  assert.match(namesLeft(() => true).join(), /^trees a,trees b\/[xy]$/);
});

/** Three directories with two in each, of a walk that has done enough once it is in the second of them. */
function namesLeft(spent: (isInside: boolean) => boolean): string[] {
  const root = fs.mkdtempSync(join(tmpdir(), 'walk-'));
  for (const path of ['a/x', 'a/y', 'b/x', 'b/y', 'c/x', 'c/y'])
    fs.mkdirSync(join(root, path), { recursive: true });
  const fd = fs.openSync(root, fs.constants.O_DIRECTORY);
  const seen: string[] = [];
  const visitor: Visitor = {
    enter: ({ path }) => seen.push(Buffer.from(path).toString()) > 0,
    directory: () => descend.yes,
    entry: () => {},
    leave: () => {},
  };
  const unseen = { failed: (path: Uint8Array) => assert.fail(`cannot open ${path}`), passed: () => {} };
  const pace = {
    stopped: () => false,
    spent: (isInside: boolean) => seen.some((path) => path.startsWith('b/')) && spent(isInside),
    wanted: () => 'nothing' as const,
    share: () => {},
  };
  using opener = new Opener(fd, fs.constants.O_DIRECTORY);
  const settings = {
    root: fd,
    opener,
    excluded: undefined,
    oneFileSystem: false,
    descendInto: false,
    unseen,
  };
  const names = Buffer.from('c\0b\0a\0');
  const trees = { dir: Buffer.of(), names, what: 'trees', fresh: undefined, slice: 0 } as const;
  const rest = new Walk(settings, emptyProfile(), pace).run(trees, visitor);
  fs.closeSync(fd);
  fs.rmSync(root, { recursive: true });
  return rest.map(
    ({ what, dir, names: left }) =>
      `${what} ${Buffer.from(dir)}${dir.length > 0 ? '/' : ''}${Buffer.from(left).toString().replaceAll('\0', '')}`,
  );
}
