import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { errorOf } from '../far/ground.ts';
import { needs } from '../peer.ts';
import { assertStatus } from '../survive/program.ts';
import { bucket, s3Ground } from './ground.ts';
import { type Asked, type Meddler, startProxy } from './proxy.ts';

// A key of the person's, which no run remembers: what was begun with it is not ended without it.

const tree = `s3://${bucket}/tree/`;
const header = 'x-amz-server-side-encryption-customer-key';
const isPut = ({ method, url }: Asked) => method === 'PUT' && url.startsWith(`/${bucket}/tree/`);
const puts = ({ asked }: Meddler) => asked.filter((one) => isPut(one) && !one.url.includes('-trial-'));

describe('a run that encrypts with a key of the person', { skip: needs('versitygw') }, () => {
  for (const verb of ['resume', 'retry'] as const)
    test(`is not taken up by runs ${verb} without that key`, async () => {
      await using here = await s3Ground();
      await using proxy = await startProxy(here.server.port);
      const [path, other] = ['key', 'other'].map((name) => join(here.path, name));
      for (const file of [path!, other!]) fs.writeFileSync(file, randomBytes(32), { mode: 0o600 });
      for (let i = 0; i < 20; i++) fs.writeFileSync(join(here.source, `f${i}`), `${i}`);
      const env = { AWS_ENDPOINT_URL_S3: proxy.endpoint };
      const withKey = (file: string) => ['--s3-sse-c-key-file', file];
      const isOdd = (asked: Asked) => isPut(asked) && asked.url.endsWith('f7');
      const odd = verb === 'resume' ? 'keeps the answer' : ({ says: 403, code: 'AccessDenied' } as const);
      proxy.trick = (asked) => (isOdd(asked) ? odd : 'claims to encrypt');
      const running = here.start(['transfer', ...withKey(path!), here.source, tree], { env });
      const run = String((await running.next('started')).run);
      if (verb === 'resume') {
        await running.next('progress', () => proxy.asked.some(isOdd));
        running.child.kill('SIGTERM');
      }
      assertStatus(verb === 'resume' ? 143 : 3, await running.ended);
      proxy.trick = () => 'claims to encrypt';
      const before = puts(proxy).length;

      const none = errorOf(await here.runTo(2, ['runs', verb, run], { env }));
      assert.equal(none.message, 'the run was begun with a key of yours to encrypt with, and none is given');
      assert.match(none.hint, /--s3-sse-c-key-file/);
      const wrong = errorOf(await here.runTo(2, ['runs', verb, run, ...withKey(other!)], { env }));
      assert.equal(
        wrong.message,
        'the run was begun with a key of yours to encrypt with, and another key is given',
      );
      assert.equal(puts(proxy).length, before, 'nothing was written');

      const word = fs.readFileSync(path!).toString('base64');
      await here.runTo(0, ['runs', verb, run], { env: { ...env, DIFPIPE_DEST_S3_SSE_C_KEY: word } });
      assert.ok(puts(proxy).length > before);
      assert.deepEqual([...new Set(puts(proxy).map(({ headers }) => headers[header]))], [word]);
    });
});
