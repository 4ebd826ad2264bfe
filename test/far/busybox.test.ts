// What the tar of busybox does not keep is said, or kept in another way.
import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs, sftpServer } from '../peer.ts';
import { warnings } from '../survive/program.ts';
import { farBusybox } from './busybox.ts';
import { differences, ways } from './ground.ts';

const make = `
  mkdir d; echo a >a; echo b >d/b; head -c 1100000 /dev/urandom >large; ln a d/again
  setfattr -n user.k a d/b large; setfacl -m u:7:r a d/b; setfacl -d -m u:7:rx d; touch -d @1000.5 a d/b .`;

const lost =
  'fractions of seconds, extended attributes and access control lists are not carried between these places';

describe('that neither attributes nor ACLs go to or from a busybox is said', {
  skip: needs('sshd', 'busybox', 'setfattr', 'setfacl'),
  concurrency: 2,
}, () => {
  for (const [way, between] of Object.entries(ways))
    test(way, async () => {
      await using here = await farBusybox();
      await shell(here.source, make);
      const words = ['transfer', ...between(here)];
      const [first, second] = [await here.runTo(0, words), await here.runTo(0, words)];
      const said = way === 'to a host' ? [lost] : [`hard links, ${lost}`];
      assert.deepEqual([warnings(first), warnings(second)], [said, said]);
      assert.deepEqual(first.summary!.notices, way === 'to a host' ? { clock: 1 } : {}); // of the one that goes alone
      assert.equal(second.summary!.tally.copied, 0);
      assert.equal(fs.statSync(join(here.dest, 'a'), { bigint: true }).mtimeNs, 1_000_000_000_000n);
    });
});

describe('symlinks on a busybox have their owners and times after the first run', {
  skip: needs('sshd', 'busybox', 'root', 'rsync'),
  concurrency: 2,
}, () => {
  const { 'from a host': _, ...others } = ways;
  for (const [way, between] of Object.entries(others))
    test(way, async () => {
      await using here = await farBusybox();
      const words = ['transfer', ...between(here)];
      for (const part of ['one', 'two']) {
        await shell(
          here.source,
          `mkdir -p there ${part}; for n in $(seq 100); do ln -s /never/$n there/${part}$n; ln -s /etc/passwd ${part}/$n; done
          chown -h 12:34 */*; touch -hd @1000 */* * .`,
        );
        const first = await here.runTo(0, words);
        assert.deepEqual([first.summary!.tally.repaired, first.summary!.notices], [0, {}]);
        assert.deepEqual(differences(here.source, here.dest), []);
        const { made, repaired } = (await here.runTo(0, words)).summary!.tally;
        assert.deepEqual([made, repaired], [0, 0]);
      }
    });

  test('or are counted where SFTP gives symlinks none', async () => {
    await using here = await farBusybox({ options: [`Subsystem sftp ${sftpServer} -P lsetstat`] });
    await shell(here.source, 'ln -s a l; ln -s b m; chown -h 12:34 *; touch -hd @1000 l m .');
    const ended = await here.runTo(0, ['transfer', here.source, here.url(here.dest)]);
    assert.deepEqual([ended.summary!.tally.made, ended.summary!.notices], [2, { owner: 2, times: 2 }]);
  });
});

describe('a user of a busybox who is not root has the modes of what he brought after the first run', {
  skip: needs('sshd', 'busybox', 'root', 'setpriv', 'rsync'),
  concurrency: 2,
}, () => {
  const { 'from a host': _, ...others } = ways;
  for (const [way, between] of Object.entries(others))
    test(way, async () => {
      await using here = await farBusybox({ as: 'setpriv --reuid=65534 --regid=65534 --clear-groups' });
      fs.mkdirSync(here.dest);
      await shell(
        here.path,
        `cd from; mkdir -p d/e closed; for n in $(seq 50); do echo $n >d/e/$n; done; mkfifo d/pipe
        echo a >closed/a; echo s >set; chmod 0 set; chown -R 65534:65534 . ../to
        chmod 604 d/e/1 d/pipe; chmod 4711 set; chmod 2640 d/e/2; chmod 1777 d/e; chmod 555 closed; touch -d @1000 d/e d closed .`,
      );
      const words = ['transfer', ...between(here)];
      const first = await here.runTo(0, words);
      assert.deepEqual([first.summary!.notices.mode, differences(here.source, here.dest)], [undefined, []]);
      await shell(
        here.source,
        'chmod 750 d; echo more >closed/more; chown 65534:65534 closed/more; chmod 711 closed; touch -d @2000 closed',
      );
      await here.runTo(0, words);
      assert.deepEqual(differences(here.source, here.dest), []);
      const { copied, made, repaired } = (await here.runTo(0, words)).summary!.tally;
      assert.deepEqual([copied, made, repaired], [0, 0, 0]);
    });
});
