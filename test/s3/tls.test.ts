import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { errorOf } from '../far/ground.ts';
import { needs } from '../peer.ts';
import { assertSame } from '../survive/program.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, type S3Ground, s3Ground } from './ground.ts';
import { startSecureS3 } from './server.ts';

// A service over TLS that an authority vouches for which only the person knows.

const tree = `s3://${bucket}/tree`;

/** In the profile of AWS's files that is the usual one. */
function configure({ env }: S3Ground, line: string): void {
  fs.mkdirSync(join(env.HOME!, '.aws'), { recursive: true });
  fs.writeFileSync(join(env.HOME!, '.aws/config'), `[default]\n${line}\n`);
}

describe('an object store over TLS', { skip: needs('versitygw', 'openssl', 'rsync') }, () => {
  test('whose authority nobody named is refused, and gets no signature', async () => {
    await using here = await s3Ground({}, startSecureS3);
    fs.writeFileSync(join(here.source, 'file'), 'content');
    const { message, kind, hint } = errorOf(await here.runTo(5, ['transfer', here.source, tree]));
    assert.equal(kind, 'refused');
    assert.match(message, /its certificate is not trusted \(UNABLE_TO_VERIFY_LEAF_SIGNATURE\)/);
    assert.match(hint, /AWS_CA_BUNDLE/);
    assert.equal(fs.existsSync(join(here.server.path, bucket, 'tree')), false);
  });

  test("is used with its authority, named as AWS's programs or Node take it", async () => {
    await using here = await s3Ground({}, startSecureS3);
    const caFile = here.server.access.caFile!;
    solid(join(here.source, 'large'), 17 * MiB);
    for (let i = 0; i < 50; i++) fs.writeFileSync(join(here.source, `f${i}`), `${i}`);
    await here.runTo(0, ['transfer', here.source, tree], { env: { AWS_CA_BUNDLE: caFile } });
    await here.runTo(0, ['ls', tree], { env: { NODE_EXTRA_CA_CERTS: caFile } });
    await here.runTo(0, ['ls', tree], { env: { DIFPIPE_SOURCE_AWS_CA_BUNDLE: caFile } });
    configure(here, `ca_bundle = ${caFile}`);
    const back = join(here.path, 'back');
    await here.runTo(0, ['transfer', tree, back]);
    assertSame(here.source, back);
  });

  test('whose certificate is for another host is said to be that', async () => {
    await using here = await s3Ground({}, startSecureS3);
    const env = {
      AWS_CA_BUNDLE: here.server.access.caFile,
      AWS_ENDPOINT_URL_S3: here.server.endpoint.replace('127.0.0.1', 'localhost'),
    };
    const { message, hint } = errorOf(await here.runTo(5, ['ls', tree], { env }));
    assert.match(message, /its certificate is for another host \(ERR_TLS_CERT_ALTNAME_INVALID\)/);
    assert.match(hint, /look at the endpoint/);
  });

  test('is refused where another authority is named, or none is in the file', async () => {
    await using here = await s3Ground({}, startSecureS3);
    const caFile = here.server.access.caFile!;
    const [other, empty] = ['server.pem', 'empty'].map((name) => join(caFile, '..', name));
    const keyAlone = join(caFile, '..', 'key-alone');
    fs.writeFileSync(empty!, '');
    fs.writeFileSync(keyAlone, '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n');
    const ls = async (status: number, AWS_CA_BUNDLE: string) =>
      errorOf(await here.runTo(status, ['ls', tree], { env: { AWS_CA_BUNDLE } }));
    fs.copyFileSync('/etc/ssl/certs/ca-certificates.crt', other!);
    assert.match((await ls(5, other!)).message, /its certificate is not trusted/);
    assert.match((await ls(2, empty!)).message, /^cannot take authorities from \S+\/empty: there is no cert/);
    assert.match((await ls(2, keyAlone)).message, /\/key-alone: there is no certificate in it/);
    assert.match(
      (await ls(2, '/nowhere')).message,
      /^cannot take authorities from \/nowhere: no such file or directory/,
    );
  });
});
