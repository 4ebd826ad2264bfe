import assert from 'node:assert/strict';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { assertStatus } from '../survive/program.ts';
import { bucket, type S3Ground, s3Ground } from './ground.ts';
import { keys } from './server.ts';

const skip = needs('versitygw');
const secret = 'hunter2';

const config = `
[profile region]
region = us-east-1
[profile command]
credential_process = sh -c "echo ${secret} >&2; exit 3"
[profile counted]
credential_process = sh -c 'echo asked >> "$ASKED"; exit 3'
[profile old]
credential_process = echo '{"Version":1,"AccessKeyId":"x","SecretAccessKey":"${secret}","Expiration":"2020-01-01T00:00:00Z"}'
[profile circle]
role_arn = arn:aws:iam::1:role/x
source_profile = other
[profile other]
role_arn = arn:aws:iam::1:role/x
source_profile = circle
[profile token]
role_arn = arn:aws:iam::1:role/x
web_identity_token_file = /nonexistent/token
[profile code]
role_arn = arn:aws:iam::1:role/x
source_profile = wrong
mfa_serial = arn:aws:iam::1:mfa/x
[profile login]
sso_start_url = https://x.example/start
sso_region = us-east-1
sso_account_id = 1
sso_role_name = x
[profile wrong]
aws_access_key_id = nobody
aws_secret_access_key = nothing
[profile right]
aws_access_key_id = ${keys.accessKeyId}
aws_secret_access_key = ${keys.secretAccessKey}
`;

async function ground() {
  const here = await s3Ground();
  const file = join(here.path, 'config');
  fs.writeFileSync(file, config);
  return { ...here, aws: { AWS_CONFIG_FILE: file, AWS_EC2_METADATA_DISABLED: 'true' } };
}

const noKeys = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };

function ls(here: S3Ground, env: NodeJS.ProcessEnv, ...more: readonly string[]) {
  return here.run(['ls', `s3://${bucket}`, ...more], { env });
}

describe('a profile', { skip }, () => {
  test('whose program fails asks it no more to say why, and not again for each question', async () => {
    await using here = await ground();
    const usual = join(here.path, 'usual');
    fs.writeFileSync(usual, config.replace('[profile counted]', '[default]'));
    const asks = async (env: NodeJS.ProcessEnv, ...more: readonly string[]) => {
      const asked = join(here.path, 'asked');
      fs.rmSync(asked, { force: true });
      const { stderr } = await ls(here, { ...here.aws, ...noKeys, ...env, ASKED: asked }, ...more);
      assert.match(stderr, /its credential_process failed/);
      return fs.readFileSync(asked, 'utf8');
    };
    assert.equal(await asks({}, '--s3-profile', 'counted'), 'asked\n');
    assert.equal(await asks({ AWS_PROFILE: 'counted' }), 'asked\n');
    // AWS's library asks it as a profile's and as a program, and says of neither why it failed.
    assert.equal(await asks({ AWS_CONFIG_FILE: usual }), 'asked\nasked\nasked\n');
  });

  test('that leads to no credentials says why, and shows none', async () => {
    await using here = await ground();
    const reasons = {
      region: /cannot find credentials for S3; set AWS_ACCESS_KEY_ID/,
      command: /S3: its credential_process failed; /,
      old: /S3: [^;]*expired credentials; /,
      circle: /S3: Detected a cycle [^;]*; /,
      token: /S3: ENOENT: [^;]*'\/nonexistent\/token'; /,
      code: /S3: Profile code requires multi-factor authentication[^;]*; /,
      login: /S3: The SSO session [^;]* is invalid[^;]*aws sso login[^;]*; /,
    };
    for (const [name, reason] of Object.entries(reasons)) {
      const named = await ls(here, { ...here.aws, ...noKeys }, '--s3-profile', name);
      const set = await ls(here, { ...here.aws, ...noKeys, AWS_PROFILE: name });
      for (const ended of [named, set]) {
        assertStatus(1, ended);
        assert.match(ended.stderr, reason);
        assert.ok(!ended.stderr.includes(secret));
      }
    }
  });

  test('that is named and lends none is not stood in for by the machine, which lends to one that does not say', async () => {
    await using here = await ground();
    const lent = {
      AccessKeyId: keys.accessKeyId,
      SecretAccessKey: keys.secretAccessKey,
      Token: '',
      Expiration: '2099-01-01T00:00:00Z',
    };
    await using machine = createServer((_, response) => response.end(JSON.stringify(lent)));
    machine.listen(0, '127.0.0.1');
    await once(machine, 'listening');
    const { port } = machine.address() as AddressInfo;
    const env = {
      ...here.aws,
      ...noKeys,
      AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/`,
    };
    assertStatus(0, await ls(here, env));
    assertStatus(0, await ls(here, env, '--s3-profile', 'region'));
    for (const name of ['command', 'circle']) {
      assertStatus(1, await ls(here, env, '--s3-profile', name));
      assertStatus(1, await ls(here, { ...env, AWS_PROFILE: name }));
    }
  });

  test('goes before the keys of the environment where a flag names it, and after them where the environment does', async () => {
    await using here = await ground();
    const flag = await ls(here, { ...here.aws, AWS_ACCESS_KEY_ID: 'nobody' }, '--s3-profile', 'right');
    const environment = await ls(here, { ...here.aws, AWS_PROFILE: 'wrong' });
    for (const ended of [flag, environment]) {
      assertStatus(0, ended);
      assert.equal(ended.stderr, '');
    }
    assertStatus(1, await ls(here, here.aws, '--s3-profile', 'wrong'));
  });
});
