import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { assertStatus } from '../survive/program.ts';
import { bucket, s3Ground } from './ground.ts';
import { keys } from './server.ts';

// Which service is asked, in the order of AWS's own programs. A proxy hears who is asked for where that is AWS.

const nowhere = 'http://127.0.0.1:1';

async function ground() {
  const here = await s3Ground({ AWS_ENDPOINT_URL_S3: undefined });
  const asked: string[] = [];
  const proxy = createServer().on('connect', (request, socket) => {
    asked.push(request.url!);
    socket.end('HTTP/1.1 403 Forbidden\r\n\r\n');
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const { port } = proxy.address() as AddressInfo;
  const file = join(here.path, 'config');
  fs.writeFileSync(file, configOf(here.server.endpoint));
  const aws = { AWS_CONFIG_FILE: file, HTTPS_PROXY: `http://127.0.0.1:${port}`, NO_PROXY: '127.0.0.1' };
  return {
    ls: (env: NodeJS.ProcessEnv, ...more: readonly string[]) =>
      here.run(['ls', `s3://${bucket}`, ...more], { env: { ...aws, ...env } }),
    asked,
    endpoint: here.server.endpoint,
    async [Symbol.asyncDispose]() {
      proxy.close();
      await here[Symbol.asyncDispose]();
    },
  };
}

const pair = `
aws_access_key_id = ${keys.accessKeyId}
aws_secret_access_key = ${keys.secretAccessKey}`;

const configOf = (endpoint: string) => `
[profile plain]${pair}
endpoint_url = ${endpoint}
[profile wrong]${pair}
endpoint_url = ${nowhere}
[profile service]${pair}
services = mine
endpoint_url = ${nowhere}
[profile other-service]${pair}
services = none
endpoint_url = ${endpoint}
[profile ignoring]${pair}
ignore_configured_endpoint_urls = true
endpoint_url = ${endpoint}
[profile mistyped]${pair}
services = min
[services mine]
s3 =
  endpoint_url = ${endpoint}
[services none]
dynamodb =
  endpoint_url = ${nowhere}
`;

describe('the endpoint', { skip: needs('versitygw') }, () => {
  test('of a profile counts where the environment names none, that of its service first', async () => {
    await using here = await ground();
    for (const name of ['plain', 'service', 'other-service']) {
      assertStatus(0, await here.ls({}, '--s3-profile', name));
      assertStatus(0, await here.ls({ AWS_PROFILE: name }));
    }
    for (const variable of ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'])
      assertStatus(0, await here.ls({ [variable]: here.endpoint }, '--s3-profile', 'wrong'));
    const mistyped = await here.ls({}, '--s3-profile', 'mistyped');
    assertStatus(2, mistyped);
    assert.match(mistyped.stderr, /profile mistyped is for services min, which are not there/);
    assert.deepEqual(here.asked, []);
  });

  test('that was only configured is ignored where that is asked for', async () => {
    await using here = await ground();
    const ignore = { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'True' };
    const ways = [
      [{ ...ignore, AWS_ENDPOINT_URL_S3: here.endpoint }, []],
      [ignore, ['--s3-profile', 'plain']],
      [{ AWS_ENDPOINT_URL_S3: here.endpoint }, ['--s3-profile', 'ignoring']],
    ] as const;
    for (const [env, words] of ways) {
      here.asked.length = 0;
      assertStatus(1, await here.ls(env, ...words));
      assert.match(here.asked.join(), /amazonaws\.com:443/);
    }
    assertStatus(
      0,
      await here.ls({ ...ignore, AWS_ENDPOINT_URL_S3: nowhere }, '--s3-endpoint', here.endpoint),
    );
    const own = { ...ignore, DIFPIPE_SOURCE_AWS_ENDPOINT_URL_S3: here.endpoint };
    assertStatus(0, await here.ls(own));
    const doNot = { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: 'false', AWS_ENDPOINT_URL_S3: here.endpoint };
    assertStatus(0, await here.ls(doNot, '--s3-profile', 'ignoring'));
  });

  test('that does not answer is said in words, with where to look', async () => {
    await using here = await ground();
    const { stderr } = await here.ls({ AWS_ENDPOINT_URL_S3: nowhere });
    assert.match(
      stderr,
      /the service is not reached: nothing answers on that port; look at the endpoint \(AWS_/,
    );
  });

  test('of a region that a flag, a variable of an end or AWS_REGION names is asked, in this order', async () => {
    await using here = await ground();
    const all = { AWS_REGION: 'eu-north-1' };
    const own = { ...all, DIFPIPE_SOURCE_AWS_REGION: 'eu-south-1' };
    for (const [region, env, words] of [
      ['eu-north-1', all, []],
      ['ap-south-1', all, ['--s3-region', 'ap-south-1']],
      ['eu-south-1', own, ['--s3-region', 'ap-south-1']],
    ] as const) {
      here.asked.length = 0;
      assertStatus(1, await here.ls(env, ...words));
      assert.match(here.asked.join(), new RegExp(`\\b${region}\\.amazonaws\\.com:443`));
    }
  });
});
