import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { errorOf } from '../far/ground.ts';
import { needs } from '../peer.ts';
import { assertSame, assertStatus, failures } from '../survive/program.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, s3Ground } from './ground.ts';
import { startProxy, type Trick } from './proxy.ts';
import { keys } from './server.ts';

// Credentials that were good when a run began, and what a service says of what it does not give at once.

const skip = needs('versitygw', 'rsync');
const dest = `s3://${bucket}/tree`;
const expired: Trick = { says: 400, code: 'ExpiredToken' };

async function ground() {
  const here = await s3Ground();
  const proxy = await startProxy(here.server.port);
  const credentials = join(here.path, 'credentials');
  const logIn = ({ accessKeyId, secretAccessKey } = keys) => {
    const lines = [
      '[default]',
      `aws_access_key_id = ${accessKeyId}`,
      `aws_secret_access_key = ${secretAccessKey}`,
    ];
    fs.writeFileSync(`${credentials}.new`, lines.join('\n'));
    fs.renameSync(`${credentials}.new`, credentials); // the program may be reading it
  };
  logIn();
  for (let i = 0; i < 40; i++) fs.writeFileSync(join(here.source, `f${i}`), `${i}`);
  const env = {
    AWS_ACCESS_KEY_ID: undefined,
    AWS_SECRET_ACCESS_KEY: undefined,
    AWS_SHARED_CREDENTIALS_FILE: credentials,
    AWS_EC2_METADATA_DISABLED: 'true',
    AWS_ENDPOINT_URL_S3: proxy.endpoint,
  };
  return {
    ...here,
    proxy,
    logIn,
    run: (...words: readonly string[]) => here.run(words, { env }),
    runWith: (more: NodeJS.ProcessEnv, ...words: readonly string[]) =>
      here.run(words, { env: { ...env, ...more } }),
    async [Symbol.asyncDispose]() {
      await proxy[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
    },
  };
}

describe('a session that ends while a run goes on', { skip }, () => {
  test('is taken up by another one that somebody has logged in for meanwhile', async () => {
    await using here = await ground();
    here.logIn({ ...keys, accessKeyId: 'yesterday' });
    here.proxy.trick = ({ headers }) => {
      if (!headers.authorization!.includes('yesterday')) return undefined;
      here.logIn();
      return expired;
    };
    assertStatus(0, await here.run('transfer', '--retries', '0', here.source, dest));
    const back = join(here.path, 'back');
    assertStatus(0, await here.run('transfer', dest, back));
    assertSame(here.source, back);
  });

  test('stops the run in place of failing each file, and it goes on after a login', async () => {
    await using here = await ground();
    here.proxy.trick = () => (here.proxy.asked.length < 12 ? undefined : expired);
    const ended = await here.run('transfer', '--retries', '1', here.source, dest);
    assertStatus(1, ended);
    assert.equal(ended.summary!.outcome, 'stopped');
    const { hint } = ended.said.find(({ type }) => type === 'failed')!;
    assert.equal(hint, 'log in again, then resume');
    here.proxy.trick = () => undefined;
    assertStatus(0, await here.run('runs', 'resume'));
    assertStatus(0, await here.run('verify', '--checksum', here.source, dest));
  });
});

describe('keys that have expired', { skip }, () => {
  test('are looked for once for all requests that are refused together', async () => {
    await using here = await ground();
    const [config, program, calls] = ['config', 'keys', 'calls'].map((name) => join(here.path, name)) as [
      string,
      string,
      string,
    ];
    const { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey } = keys;
    const answer = JSON.stringify({ Version: 1, AccessKeyId, SecretAccessKey });
    const script = `#!/bin/sh\nsleep 0.3\necho call >>'${calls}'\necho '${answer}'\n`;
    fs.writeFileSync(program, script, { mode: 0o755 });
    fs.writeFileSync(config, `[default]\ncredential_process = ${program}\n`);
    const called = () => fs.readFileSync(calls, 'utf8').split('\n').length - 1;
    let refused = 0;
    here.proxy.trick = () => {
      if (here.proxy.asked.length < 12 || called() > 1) return undefined;
      refused++;
      return expired;
    };
    const env = { AWS_CONFIG_FILE: config, AWS_SHARED_CREDENTIALS_FILE: '/dev/null' };
    assertStatus(0, await here.runWith(env, 'transfer', '--retries', '0', here.source, dest));
    assert.ok(refused > 1);
    assert.equal(called(), 2);
  });

  for (const end of ['', 'DIFPIPE_DEST_'])
    test(`stop the run at once where they are given by ${end}AWS_ACCESS_KEY_ID`, async () => {
      await using here = await ground();
      const refused: string[] = [];
      here.proxy.trick = ({ method, url }) => {
        if (here.proxy.asked.length < 12) return undefined;
        refused.push(`${method} ${url}`);
        return expired;
      };
      const env = {
        [`${end}AWS_ACCESS_KEY_ID`]: keys.accessKeyId,
        [`${end}AWS_SECRET_ACCESS_KEY`]: keys.secretAccessKey,
      };
      const ended = await here.runWith(env, 'transfer', '--retries', '4', here.source, dest);
      assertStatus(1, ended);
      assert.equal(ended.summary!.outcome, 'stopped');
      assert.equal(ended.said.find(({ type }) => type === 'failed')!.hint, 'log in again, then resume');
      assert.deepEqual(refused, [...new Set(refused)]);
    });
});

test('a token that never was one is said to be that, and the run does not begin', { skip }, async () => {
  await using here = await ground();
  here.proxy.trick = () => ({ says: 400, code: 'InvalidToken' });
  const { kind, hint } = errorOf(await here.run('transfer', here.source, dest));
  assert.equal(kind, 'denied');
  assert.match(hint, /unset AWS_SESSION_TOKEN/);
});

test('a look at the sum of a large object that comes too late for its session is taken again', {
  skip,
}, async () => {
  await using here = await ground();
  solid(join(here.source, 'large'), 70 * MiB);
  assertStatus(0, await here.run('transfer', here.source, dest));
  let isLate = true;
  here.proxy.trick = ({ method, url, headers }) => {
    const isSum = method === 'HEAD' && url.endsWith('/large') && 'x-amz-checksum-mode' in headers;
    if (!isSum || !isLate) return undefined;
    isLate = false;
    return expired;
  };
  const back = join(here.path, 'back');
  assertStatus(0, await here.run('transfer', '--retries', '0', dest, back));
  assert.equal(isLate, false);
  assertSame(here.source, back);
});

describe('what a service does not give or take', { skip }, () => {
  test('from an archive says how to get it, and a limit what to do', async () => {
    await using here = await ground();
    assertStatus(0, await here.run('transfer', here.source, dest));
    here.proxy.trick = ({ method, url }) =>
      method === 'GET' && url.endsWith('/f3') ? { says: 403, code: 'InvalidObjectState' } : undefined;
    const ended = await here.run('transfer', dest, join(here.path, 'back'));
    assertStatus(3, ended);
    assert.match(failures(ended).get('f3') ?? '', /^unsupported: /);
    assert.match(String(ended.said.find(({ type }) => type === 'failed')!.hint), /restore-object/);
    here.proxy.trick = ({ headers }) =>
      headers['x-amz-copy-source']?.includes('/f3')
        ? { says: 403, code: 'ObjectNotInActiveTierError' }
        : undefined;
    const copied = await here.run('transfer', dest, `${dest}1`);
    assertStatus(3, copied);
    assert.match(failures(copied).get('f3') ?? '', /^unsupported: /);
    assert.match(String(copied.said.find(({ type }) => type === 'failed')!.hint), /restore-object/);
    here.proxy.trick = ({ method }) => (method === 'PUT' ? { says: 403, code: 'QuotaExceeded' } : undefined);
    const full = await here.run('transfer', here.source, `${dest}2`);
    assertStatus(1, full);
    assert.match(full.stderr, /make room there/);
  });
});
