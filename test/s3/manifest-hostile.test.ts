import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { keptIn } from '../../src/store/s3/manifest/line.ts';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { bucket, rclone, type S3Ground, s3Ground } from './ground.ts';

// Whoever may write to a bucket may write a manifest there: it can say anything, and must lead nowhere.

const place = `s3://${bucket}/tree/`;
const name = '.difpipe-manifest.jsonl';

const hostile: Readonly<Record<string, object>> = {
  'an absolute path': { path: '/etc/x', kind: 'fifo' },
  'a path out of the place': { path: 'a/../../x', kind: 'fifo' },
  'a path with an empty name': { path: 'a//x', kind: 'fifo' },
  'a path with a NUL': { path: 'a\0x', kind: 'fifo' },
  'a path that is too long': { path: 'x'.repeat(5000), kind: 'fifo' },
  'no path': { kind: 'fifo' },
  'the path of the manifest': { path: name, kind: 'fifo' },
  'the place itself as a device': { path: '', kind: 'character', major: 1, minor: 3 },
  'a path that is no text': { path: 7, kind: 'fifo' },
  'an unknown kind': { path: 'x', kind: 'file' },
  'a kind of the prototype': { path: 'x', kind: 'constructor' },
  'a link out of the place': { path: 'x', kind: 'link', to: '../x', size: 1, mtime: '1.0' },
  'a link to an absolute path': { path: 'x', kind: 'link', to: '/etc/passwd', size: 1, mtime: '1.0' },
  'a link to the place': { path: 'x', kind: 'link', to: '', size: 1, mtime: '1.0' },
  'a link of no size': { path: 'x', kind: 'link', to: 'a', mtime: '1.0' },
  'a link of a size below nothing': { path: 'x', kind: 'link', to: 'a', size: -1, mtime: '1.0' },
  'a link of no time': { path: 'x', kind: 'link', to: 'a', size: 1, mtime: 'soon' },
  'a device of no number': { path: 'x', kind: 'block', major: 1 },
  'a device of a large number': { path: 'x', kind: 'block', major: 2 ** 40, minor: 0 },
  'an object of which nothing is kept': { path: 'x', kind: 'object' },
  'attributes that are a list': { path: 'x', kind: 'object', attributes: [7] },
  'an attribute of the system': { path: 'x', kind: 'object', attributes: { 'system.nfs4_acl': 'YQ==' } },
  'an attribute of no name': { path: 'x', kind: 'object', attributes: { 'user.': 'YQ==' } },
  'an attribute with a NUL': { path: 'x', kind: 'object', attributes: { 'user.a\0b': 'YQ==' } },
  'an attribute that is no text': { path: 'x', kind: 'fifo', attributes: { 'user.a': 7 } },
  'a symlink to nothing': { path: 'x', kind: 'symlink', target: '' },
  'a symlink with a NUL': { path: 'x', kind: 'symlink', target: 'YQBi' },
};

test('a line of a manifest is refused that has', async (t) => {
  for (const [what, line] of Object.entries(hostile))
    await t.test(what, () => assert.equal(keptIn(JSON.stringify(line)), undefined));
  await t.test('no JSON', () => assert.equal(keptIn('{"path":"x","kind":"fifo"'), undefined));
  await t.test('bits of a mode that are none', () => {
    const { kept } = keptIn('{"path":"x","kind":"fifo","mode":"177777","uid":-1,"gid":0,"mtime":"1e9"}')!;
    assert.deepEqual(kept, {
      kind: 'fifo',
      metadata: { mode: undefined, owner: undefined, mtimeNs: undefined },
    });
  });
});

describe('a manifest that somebody else wrote', { skip: needs('versitygw', 'rclone') }, () => {
  const unreadable = {
    'is of another version': '{"difpipe":"manifest","version":2}\n{"entries":0}\n',
    'has a line that is none': said({ path: '../x', kind: 'fifo' }),
    'ends early': said({ path: 'x', kind: 'fifo' }).slice(0, -1),
    'says that it had more': said({ path: 'x', kind: 'fifo' }).replace('"entries":1', '"entries":2'),
    'goes on after its end': `${said()}{"entries":0}\n`,
    'has a line without an end': `${said().slice(0, 35)}${' '.repeat(1 << 20)}`,
    'is empty': '',
  };

  test('and that cannot be read is said, and the objects come without it', async () => {
    await using here = await s3Ground();
    write(here, 'tree/file', 'plain');
    for (const [what, text] of Object.entries(unreadable)) {
      write(here, `tree/${name}`, text);
      const back = join(here.path, what);
      const { said: lines } = await here.runTo(0, ['transfer', place, back]);
      assert.match(
        JSON.stringify(lines.filter(({ type }) => type === 'warning')),
        /no manifest that can be read/,
      );
      assert.deepEqual(fs.readdirSync(back), ['file'], what);
    }
  });

  test('leads nowhere but below the destination', async () => {
    await using here = await s3Ground();
    const out = join(here.path, 'out');
    fs.mkdirSync(out);
    write(here, 'tree/file', 'plain');
    write(here, 'tree/dir/in', 'below');
    const metadata = { mode: '600', mtime: '1.5' };
    const link = { kind: 'link', size: 5, mtime: '1.5' };
    write(
      here,
      `tree/${name}`,
      said(
        { path: 'evil', kind: 'symlink', target: Buffer.from(out).toString('base64') },
        { path: 'evil/fifo', kind: 'fifo', ...metadata },
        { path: 'evil/link', to: 'file', ...link },
        { path: 'file', kind: 'fifo', ...metadata },
        { path: 'file/below', kind: 'fifo', ...metadata },
        { path: 'dir', kind: 'fifo', ...metadata },
        { path: 'itself', to: 'itself', ...link },
        { path: 'round', to: 'about', ...link },
        { path: 'about', to: 'round', ...link },
        { path: 'away', to: 'gone', ...link },
        { path: 'other', to: 'file', ...link, size: 6 },
        { path: 'to a directory', to: 'dir', ...link },
      ),
    );
    const back = join(here.path, 'back');
    const { said: lines } = await here.runTo(3, ['transfer', place, back]);
    const failed = lines.filter(({ type }) => type === 'failed').map(({ path }) => path);
    assert.deepEqual(failed.sort(), ['about', 'away', 'itself', 'other', 'round', 'to a directory']);
    assert.deepEqual(fs.readdirSync(out), []);
    const found = await shell(back, "find . -printf '%P %y\\n' | sort");
    assert.deepEqual(found.trim().split('\n'), ['d', 'dir d', 'dir/in f', 'evil l', 'file f']);
  });
});

/** A manifest with these entries. */
function said(...entries: readonly object[]): string {
  const lines = [{ difpipe: 'manifest', version: 1 }, ...entries, { entries: entries.length }];
  return lines.map((line) => `${JSON.stringify(line)}\n`).join('');
}

function write(here: S3Ground, key: string, text: string): void {
  const file = join(here.path, 'text');
  fs.writeFileSync(file, text);
  fs.utimesSync(file, 1.5, 1.5);
  rclone(here, 'copyto', '--s3-no-check-bucket', '--ignore-times', file, `s:${bucket}/${key}`);
}
