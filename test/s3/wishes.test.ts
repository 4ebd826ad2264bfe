import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { settle } from '../../src/store/s3/service/chain.ts';
import { createService } from '../../src/store/s3/service/service.ts';
import { needs } from '../peer.ts';
import { signal } from '../store/bodies.ts';
import { assertSame } from '../survive/program.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, type S3Ground, s3Ground } from './ground.ts';
import { type Asked, isBegin, isPart, type Meddler, startProxy } from './proxy.ts';

// What a person wishes of a service: what it keeps of it, and where it cannot, what it was asked.

const skip = needs('versitygw', 'rsync');
const tree = `s3://${bucket}/tree/`;
const seal = 'x-amz-server-side-encryption';

type Here = AsyncDisposable & S3Ground & { readonly proxy: Meddler };

async function ground(): Promise<Here> {
  const here = await s3Ground();
  const proxy = await startProxy(here.server.port);
  fs.mkdirSync(join(here.source, 'd'));
  fs.writeFileSync(join(here.source, 'd/small'), 'small');
  fs.symlinkSync('small', join(here.source, 'd/link'));
  solid(join(here.source, 'large'), 9 * MiB);
  const env = { ...here.env, AWS_ENDPOINT_URL_S3: proxy.endpoint };
  return {
    ...here,
    env,
    proxy,
    run: (words) => here.run(words, { env }),
    runTo: (status, words) => here.runTo(status, words, { env }),
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
    },
  };
}

const isTrial = ({ url }: Asked) => url.includes('.difpipe-trial-');
const isMade = (asked: Asked) => (asked.method === 'PUT' && !isPart(asked)) || isBegin(asked);
const isObject = ({ url }: Asked) => url.startsWith(`/${bucket}/`) && url.length > bucket.length + 2;

/** What a header was, in all requests that are meant; undefined where one lacked it. */
function said({ asked }: Meddler, header: string, is: (asked: Asked) => boolean): unknown[] {
  const meant = asked.filter((one) => !isTrial(one) && is(one));
  assert.ok(meant.length > 0);
  return [...new Set(meant.map(({ headers }) => headers[header]))];
}

/** '' where it has none, as some services refuse to say. */
function tagsOf(here: Here, key: string): Promise<string> {
  return ask(here, key, 'tagging').catch(() => '');
}

async function ask({ server }: Here, key: string, what: string): Promise<string> {
  using service = createService(bucket, await settle(server.access));
  const { body } = await service.ask({ method: 'GET', key, query: { [what]: '' } }, signal);
  return body.toString();
}

describe('what is written to S3', { skip, concurrency: 2 }, () => {
  test('has the tags, the class and the ACL that were asked for', async () => {
    await using here = await ground();
    const flags = [
      '--s3-tags',
      'team=data&why=a b/c',
      '--s3-storage-class',
      'STANDARD',
      '--s3-acl',
      'private',
    ];
    await here.runTo(0, ['transfer', ...flags, here.source, tree]);
    for (const key of ['tree/d/small', 'tree/large', 'tree/d/link']) {
      const tags = await ask(here, key, 'tagging');
      assert.match(tags, /<Key>team<\/Key><Value>data<\/Value>/);
      assert.match(tags, /<Key>why<\/Key><Value>a b\/c<\/Value>/);
    }
    assert.deepEqual(said(here.proxy, 'x-amz-storage-class', isMade), ['STANDARD']);
    assert.deepEqual(said(here.proxy, 'x-amz-acl', isMade), ['private']);
    assert.deepEqual(said(here.proxy, 'x-amz-acl', isPart), [undefined]);
    await here.runTo(0, ['transfer', '--s3-tags', 'team=other', tree, `s3://${bucket}/copy`]);
    for (const key of ['copy/d/small', 'copy/large'])
      assert.match(await ask(here, key, 'tagging'), /<Value>other<\/Value>/);
  });

  for (const [then, begun] of [
    ['a=1', 1],
    ['a=2', 2],
    [undefined, 2],
  ] as const)
    test(`has what is asked for now, ${then ?? 'nothing'}, where a killed run began it with a=1`, async () => {
      await using here = await ground();
      const { asked } = here.proxy;
      const enough = Promise.withResolvers<void>();
      here.proxy.trick = (one) => {
        if (isPart(one) && one.url.includes('partNumber=2')) enough.resolve();
        return undefined;
      };
      const words = ['transfer', '--bwlimit', '6M', here.source, tree];
      const running = here.start([...words, '--s3-tags', 'a=1'], { env: here.env });
      await Promise.race([enough.promise, running.ended]);
      running.child.kill('SIGKILL');
      assert.equal((await running.ended).signal, 'SIGKILL');
      await here.runTo(0, then === undefined ? words : [...words, '--s3-tags', then]);
      assert.equal(asked.filter(({ url }) => url.endsWith('?uploads=')).length, begun);
      const [, value] = /<Value>(.*)<\/Value>/.exec(await tagsOf(here, 'tree/large')) ?? [];
      assert.equal(value, then?.slice(2));
      assert.ok(!(await ask(here, '', 'uploads')).includes('<Upload>'));
    });

  test('is archived, but for the manifest and what is tried out, which have to be read again', async () => {
    await using here = await ground();
    fs.linkSync(join(here.source, 'd/small'), join(here.source, 'd/other name'));
    const archived = new Set<string>();
    here.proxy.trick = ({ method, url, headers }) => {
      if (method === 'PUT' && headers['x-amz-storage-class']) archived.add(url);
      return method === 'GET' && archived.has(url) ? { says: 403, code: 'InvalidObjectState' } : undefined;
    };
    const words = ['transfer', '--s3-manifest', '--s3-storage-class', 'DEEP_ARCHIVE', here.source, tree];
    await here.runTo(0, words);
    assert.ok([...archived].some((url) => url.startsWith(`/${bucket}/tree/d/`)));
    assert.deepEqual(
      [...archived].filter((url) => url.includes('.difpipe-')),
      [],
    );
    const { summary } = await here.runTo(0, words);
    assert.equal(summary!.tally.copied, 0);
  });

  test('is refused with the name of the flag that the service does not like', async () => {
    await using here = await ground();
    here.proxy.trick = ({ headers }) =>
      headers['x-amz-storage-class'] === 'COLD' ? { says: 400, code: 'InvalidStorageClass' } : undefined;
    const flags = ['--s3-storage-class', 'COLD', '--s3-tags', 'a=b'];
    const { stderr } = await here.runTo(1, ['transfer', ...flags, here.source, tree]);
    assert.match(stderr, /\(InvalidStorageClass\); look at what --s3-storage-class asks for\n$/);
  });

  test('is not written where the service does not encrypt it', async () => {
    await using here = await ground();
    const words = ['--s3-sse', 'AES256', here.source, tree];
    const dry = await here.runTo(0, ['transfer', '--dry-run', ...words]);
    assert.match(dry.stderr + JSON.stringify(dry.said), /encrypts is not tried out by a dry run/);
    const ended = await here.run(['transfer', ...words]);
    assert.equal(ended.status, 2);
    assert.doesNotMatch(JSON.stringify(ended.said), /dry run/);
    assert.match(ended.stderr, / does not encrypt what --s3-sse asks/);
    assert.equal(fs.existsSync(join(here.server.path, bucket, 'tree')), false);
  });

  test('is encrypted with a key of the service, and what is tried again still asks for it', async () => {
    await using here = await ground();
    const flags = ['--s3-sse', 'aws:kms', '--s3-sse-kms-key-id', 'alias/ours', '--s3-requester-pays'];
    here.proxy.trick = (asked) => (isPart(asked) ? { says: 403, code: 'AccessDenied' } : 'claims to encrypt');
    const { said: first } = await here.runTo(1, [
      'transfer',
      ...flags,
      '--max-errors',
      '1',
      here.source,
      tree,
    ]);
    here.proxy.trick = () => 'claims to encrypt';
    await here.runTo(0, ['runs', 'retry', String(first.find(({ type }) => type === 'started')!.run)]);
    assert.deepEqual(said(here.proxy, seal, isMade), ['aws:kms']);
    assert.deepEqual(said(here.proxy, `${seal}-aws-kms-key-id`, isMade), ['alias/ours']);
    assert.deepEqual(said(here.proxy, seal, isPart), [undefined]);
    assert.deepEqual(
      said(here.proxy, 'x-amz-request-payer', () => true),
      ['requester'],
    );
  });

  test('is encrypted with a key of the person, which is in no argument, no Journal and no message', async () => {
    await using here = await ground();
    const [key, path] = [randomBytes(32), join(here.path, 'key')];
    const word = key.toString('base64');
    fs.writeFileSync(path, `${word}\n`, { mode: 0o600 });
    here.proxy.trick = () => 'claims to encrypt';
    const done = await here.runTo(0, ['transfer', '--s3-sse-c-key-file', path, here.source, tree]);
    const isOfObject = (asked: Asked) => isObject(asked) && asked.method !== 'DELETE';
    assert.deepEqual(said(here.proxy, `${seal}-customer-key`, isOfObject), [word]);
    const md5 = createHash('md5').update(key).digest('base64');
    assert.deepEqual(said(here.proxy, `${seal}-customer-key-md5`, isPart), [md5]);
    assert.equal(JSON.stringify(done).includes(word), false);
    for (const file of fs.readdirSync(here.state, { recursive: true, withFileTypes: true }))
      if (file.isFile())
        assert.equal(fs.readFileSync(join(file.parentPath, file.name)).includes(word), false);
    const back = join(here.path, 'back');
    await here.runTo(0, ['transfer', '--s3-sse-c-key-file', path, tree, back]);
    assertSame(here.source, back);
    fs.chmodSync(path, 0o644);
    await here.runTo(5, ['transfer', '--s3-sse-c-key-file', path, here.source, tree]);
  });

  test('is refused where the flags contradict, or are for no bucket', async () => {
    await using here = await ground();
    await here.runTo(2, ['transfer', '--s3-sse-kms-key-id', 'k', here.source, tree]);
    await here.runTo(2, ['transfer', '--s3-tags', 'a=1&a=2', here.source, tree]);
    await here.runTo(2, ['transfer', '--s3-acl', 'public', here.source, tree]);
    await here.runTo(2, ['transfer', '--s3-acl', 'private', here.source, join(here.path, 'there')]);
  });
});
