import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { errorOf } from '../far/ground.ts';
import { type Forward, hidden, startForward } from '../http/forward.ts';
import { needs } from '../peer.ts';
import { freePort } from '../port.ts';
import { assertSame, type Ended } from '../survive/program.ts';
import { MiB, solid } from '../trees.ts';
import { certify } from './authority.ts';
import { bucket, type S3Ground, s3Ground } from './ground.ts';
import { startS3, startSecureS3 } from './server.ts';

// A network with one way out: the name of the service is known to the proxy alone, so what arrives came through it.

const tree = `s3://${bucket}/tree`;

const kinds = {
  http: { serve: startS3, variable: 'http_proxy' },
  https: { serve: startSecureS3, variable: 'https_proxy' },
} as const;

type Kind = keyof typeof kinds;

function ground(kind: Kind): Promise<S3Ground> {
  return s3Ground({}, kinds[kind].serve);
}

/** As a person has it who is in that network. */
function inside({ server }: S3Ground, env: NodeJS.ProcessEnv): { readonly env: NodeJS.ProcessEnv } {
  const AWS_ENDPOINT_URL_S3 = server.endpoint.replace('127.0.0.1', hidden);
  return { env: { AWS_ENDPOINT_URL_S3, NODE_EXTRA_CA_CERTS: server.access.caFile, ...env } };
}

function fill(here: S3Ground): void {
  solid(join(here.source, 'large'), 40 * MiB);
  for (let i = 0; i < 200; i++) fs.writeFileSync(join(here.source, `f${i}`), `${i}`);
}

async function mirrored(here: S3Ground, by: Forward, env: NodeJS.ProcessEnv): Promise<void> {
  by.asked.length = 0;
  const back = join(here.path, 'back');
  await here.runTo(0, ['transfer', here.source, tree], inside(here, env));
  await here.runTo(0, ['transfer', tree, back], inside(here, env));
  assertSame(here.source, back);
  fs.rmSync(back, { recursive: true });
}

function said(ended: Ended): string {
  return ended.stderr + JSON.stringify(ended.said);
}

describe('an object store behind a proxy', { skip: needs('versitygw', 'openssl', 'rsync') }, () => {
  for (const kind of ['http', 'https'] as const) {
    const { variable } = kinds[kind];

    test(`over ${kind} is asked through it, by whatever variable it is named`, async () => {
      await using here = await ground(kind);
      await using by = await startForward();
      fill(here);
      await mirrored(here, by, { [variable]: `http://me:pass@${by.url}` });
      const { port } = here.server;
      const wanted =
        kind === 'https' ? /^CONNECT / : new RegExp(`^[A-Z]+ http://${hidden}:${port}/${bucket}`);
      for (const asked of by.asked) assert.match(asked, wanted);
      assert.ok(by.asked.length > 0);
      const names = kind === 'https' ? ['HTTPS_PROXY', 'all_proxy', 'ALL_PROXY'] : ['all_proxy', 'ALL_PROXY'];
      for (const name of names) {
        by.asked.length = 0;
        await here.runTo(0, ['ls', tree], inside(here, { [name]: `me:pass@${by.url}` }));
        assert.ok(by.asked.length > 0, name);
      }
    });

    test(`over ${kind} is asked through a proxy that speaks TLS`, async () => {
      await using here = await ground(kind);
      const certified = certify(here.path);
      await using by = await startForward(certified);
      fill(here);
      const both = join(here.path, 'both.pem');
      const files = [certified.authority, here.server.access.caFile].filter((file) => file !== undefined);
      fs.writeFileSync(both, files.map((file) => fs.readFileSync(file, 'utf8')).join(''));
      const env = { [variable]: `https://me:pass@${by.url}`, NODE_EXTRA_CA_CERTS: both };
      await mirrored(here, by, env);
      assert.ok(by.asked.length > 0);
      const untrusted = inside(here, { ...env, NODE_EXTRA_CA_CERTS: here.server.access.caFile });
      const { message } = errorOf(await here.runTo(5, ['ls', tree], untrusted));
      assert.match(message, /the proxy https:\S+ is not reached \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)/);
    });

    test(`over ${kind} is asked straight where no_proxy says so`, async () => {
      await using here = await ground(kind);
      await using by = await startForward();
      const env = { [variable]: `http://me:pass@${by.url}`, NODE_EXTRA_CA_CERTS: here.server.access.caFile };
      for (const no_proxy of ['127.0.0.1', 'x.test, 127.0.0.0/8', `127.0.0.1:${here.server.port}`, '*']) {
        await here.runTo(0, ['ls', `s3://${bucket}`], { env: { ...env, no_proxy } });
        assert.deepEqual(by.asked, [], no_proxy);
      }
      await here.runTo(0, ['ls', `s3://${bucket}`], { env: { ...env, no_proxy: '127.0.0.1:1' } });
      assert.ok(by.asked.length > 0);
      by.asked.length = 0;
      const words = ['transfer', tree, join(here.path, 'back'), '--retries', '0'];
      const ended = await here.runTo(1, words, inside(here, { ...env, NO_PROXY: '.invalid' }));
      const { message } = errorOf(ended);
      assert.match(
        message,
        /the service is not reached: (no host has that name|its name cannot be looked up)/,
      );
      assert.deepEqual(by.asked, []);
    });

    test(`over ${kind}: what the proxy refuses is said to be the proxy's, without secrets`, async () => {
      await using here = await ground(kind);
      await using by = await startForward();
      fs.writeFileSync(join(here.source, 'file'), 'content');
      const words = ['transfer', here.source, tree, '--retries', '0'];
      const fails = async (who: string, url = by.url, status = 1) => {
        const ended = await here.runTo(status, words, inside(here, { [variable]: `http://${who}${url}` }));
        assert.doesNotMatch(said(ended), /secret|pass@|me:/);
        return errorOf(ended);
      };
      const unknown = await fails('me:secret@');
      assert.equal(unknown.kind, 'denied');
      assert.match(
        unknown.message,
        new RegExp(`the proxy http://${by.url} does not take the user .*HTTP 407`),
      );
      assert.match(unknown.hint, new RegExp(`into ${variable}: http://user:password@host:port`));
      assert.match((await fails('')).message, /the proxy http:\S+ wants to know who asks \(HTTP 407\)/);

      by.refuses = 403;
      const denied = await fails('me:pass@');
      assert.equal(denied.kind, 'denied');
      const refuses = kind === 'https' ? 'lets nobody through to' : 'answers in place of';
      assert.match(
        denied.message,
        new RegExp(`the proxy http://${by.url} ${refuses} ${hidden}:\\d+ \\(HTTP 403\\)`),
      );
      assert.match(denied.hint, /no_proxy/);

      by.refuses = undefined;
      const away = await fails('me:pass@', `127.0.0.1:${await freePort()}`);
      assert.equal(away.kind, 'transient');
      assert.match(away.message, /the proxy http:\S+ is not reached \(ECONNREFUSED\)/);
      assert.match(away.hint, new RegExp(`look at ${variable}`));

      const other = inside(here, { [variable]: 'socks5://me:secret@127.0.0.1:1' });
      const ended = await here.runTo(2, words, other);
      assert.match(errorOf(ended).message, new RegExp(`^the proxy of ${variable} is no http:// address`));
      assert.doesNotMatch(said(ended), /secret/);
      await here.runTo(0, ['ls', `s3://${bucket}`], {
        env: { ...other.env, AWS_ENDPOINT_URL_S3: here.server.endpoint, no_proxy: '127.0.0.1' },
      });
    });
  }

  test('is asked through it by whom a service of the machine lets in, which is asked straight', async () => {
    await using here = await ground('http');
    await using by = await startForward();
    const { accessKeyId, secretAccessKey } = here.server.access.keys;
    const asked: string[] = [];
    const lending = http.createServer((request, response) => {
      asked.push(request.url!);
      const keys = { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, Token: '' };
      response.end(JSON.stringify({ ...keys, Expiration: '2099-01-01T00:00:00Z' }));
    });
    await once(lending.listen(0, '127.0.0.1'), 'listening');
    const { port } = lending.address() as AddressInfo;
    const env = {
      AWS_ACCESS_KEY_ID: '',
      AWS_SECRET_ACCESS_KEY: '',
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/keys`,
      http_proxy: `http://me:pass@${by.url}`,
    };
    await here.runTo(0, ['ls', `s3://${bucket}`], inside(here, env));
    lending.close();
    assert.deepEqual(asked, ['/keys']);
    assert.ok(by.asked.length > 0);
    for (const one of by.asked) assert.ok(one.includes(hidden), one);
  });
});
