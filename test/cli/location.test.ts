import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TransferError } from '../../src/errors.ts';
import { formatLocation } from '../../src/location/format.ts';
import { parseLocation } from '../../src/location/parse.ts';

const base = Buffer.from('/home/x');

function parse(text: string | Uint8Array) {
  return parseLocation(text, base);
}

function local(path: string | Uint8Array) {
  return { kind: 'local', path: Buffer.from(path as string) };
}

const localPlaces: readonly (readonly [typed: string, path: string])[] = [
  ['/data', '/data'],
  ['/data/', '/data/'],
  ['/', '/'],
  ['a/b', '/home/x/a/b'],
  ['.', '/home/x'],
  ['./', '/home/x/'],
  ['a/.', '/home/x/a/'],
  ['./a:b', '/home/x/a:b'],
  ['/a:b/c', '/a:b/c'],
  ['dir/a:b', '/home/x/dir/a:b'],
  ['//a///b/./c', '/a/b/c'],
  ['../y', '/home/x/../y'],
  ['-', '/home/x/-'],
  ['--help', '/home/x/--help'],
  ['u@h', '/home/x/u@h'],
  ['file:///a%20b%25', '/a b%'],
  ['file://localhost/a', '/a'],
  ['a\nb', '/home/x/a\nb'],
];
for (const [typed, path] of localPlaces) {
  test(`parseLocation() takes ${JSON.stringify(typed)} for the local path ${JSON.stringify(path)}`, () => {
    assert.deepEqual(parse(typed), local(path));
  });
}

const remotePlaces: Readonly<Record<string, object>> = {
  'u@h:/data': { kind: 'ssh', user: 'u', host: 'h', port: undefined, path: Buffer.from('/data') },
  'u@h:': { kind: 'ssh', user: 'u', host: 'h', port: undefined, path: Buffer.from('') },
  'u@h:a:b': { kind: 'ssh', user: 'u', host: 'h', port: undefined, path: Buffer.from('a:b') },
  'u@realm@h:a': { kind: 'ssh', user: 'u@realm', host: 'h', port: undefined, path: Buffer.from('a') },
  'h.example:/data': {
    kind: 'ssh',
    user: undefined,
    host: 'h.example',
    port: undefined,
    path: Buffer.from('/data'),
  },
  'u@[fe80::1%eth0]:/d': {
    kind: 'ssh',
    user: 'u',
    host: 'fe80::1%eth0',
    port: undefined,
    path: Buffer.from('/d'),
  },
  'ssh://u@h:2222/a%20b': { kind: 'ssh', user: 'u', host: 'h', port: 2222, path: Buffer.from('/a b') },
  'sftp://h/~/a': { kind: 'ssh', user: undefined, host: 'h', port: undefined, path: Buffer.from('a') },
  'SSH://h': { kind: 'ssh', user: undefined, host: 'h', port: undefined, path: Buffer.from('/') },
  's3://bucket/a/b': { kind: 's3', bucket: 'bucket', prefix: 'a/b' },
  's3://bucket': { kind: 's3', bucket: 'bucket', prefix: '' },
  'https://h:8443/a?b=c': { kind: 'http', url: 'https://h:8443/a?b=c' },
  'gs://bucket/x': { kind: 'cloud', service: 'gs', remote: 'bucket', path: 'x' },
  'az://container/x': { kind: 'cloud', service: 'az', remote: 'container', path: 'x' },
  ':sftp,host=h.example,port=22:a/b': {
    kind: 'cloud',
    service: 'rclone',
    remote: ':sftp,host=h.example,port=22',
    path: 'a/b',
  },
  ':webdav,url="http://h:80/x,y":/a:b': {
    kind: 'cloud',
    service: 'rclone',
    remote: ':webdav,url="http://h:80/x,y"',
    path: '/a:b',
  },
  'remote,shared_with_me:a': {
    kind: 'cloud',
    service: 'rclone',
    remote: 'remote,shared_with_me',
    path: 'a',
  },
  ':local:a': { kind: 'cloud', service: 'rclone', remote: ':local', path: 'a' },
  'remote:a/b': { kind: 'cloud', service: 'rclone', remote: 'remote', path: 'a/b' },
  'größe 2:a/ü': { kind: 'cloud', service: 'rclone', remote: 'größe 2', path: 'a/ü' },
  '東京,shared_with_me:a': { kind: 'cloud', service: 'rclone', remote: '東京,shared_with_me', path: 'a' },
};
for (const [typed, place] of Object.entries(remotePlaces)) {
  test(`parseLocation() takes ${typed} for what it is`, () => assert.deepEqual(parse(typed), place));
}

const wrong = [
  '',
  'a\0b',
  '-h:/x',
  '-oProxyCommand=x@h:/x',
  'u@-h:/x',
  'ssh://-oProxyCommand=x/y',
  'ssh://u@-h/y',
  '$(id)@h:/x',
  'u;id@h:/x',
  'u\n@h:/x',
  'u@h\n:/x',
  'u@:/x',
  '@h:/x',
  'u:hunter2@h:/x',
  'ssh://u:hunter2@h/x',
  'ssh://h:0/x',
  'ssh://h:99999/x',
  'ssh://h/%zz',
  'ssh://h/a%00b',
  'file://host/x',
  'file:///%',
  's3:///x',
  's3://-b/x',
  's3://key:hunter2@b/x',
  'https://hunter2@h/x',
  'https:///x',
  'https://h:99999/x',
  'https://h:0/x',
  'https://1.2.3.4.5/x',
  'h::module',
  'rsync://h/x',
  ':sftp,pass=hunter2:y',
  ':s3,env_auth,secret_access_key="hunter2":y',
  ':webdav,url="https://u:hunter2@h/":y',
  ':http,url="https://h/?sig=hunter2":y',
  ':http,url=http://h:8080/:y',
  ':webdav,url=https://u:hunter2@h/:y',
  'remote,token=\'{"x":"hunter2"}\':y',
  ':azureblob,key=hunter2:y',
  ':,x:y',
  '$x:y',
];
for (const typed of wrong) {
  test(`parseLocation() refuses ${JSON.stringify(typed)}, in one line and with a hint`, () => {
    assert.throws(
      () => parse(typed),
      (error) => {
        assert.ok(error instanceof TransferError);
        assert.equal(error.kind, 'usage');
        assert.ok(error.hint);
        assert.doesNotMatch(error.message + error.hint, /\n|hunter2/);
        return true;
      },
    );
  });
}

test('parseLocation() keeps bytes that are not UTF-8', () => {
  const name = Buffer.from('/caf\xe9/\xff', 'latin1');
  assert.deepEqual(parse(name), local(name));
});

test('parseLocation() takes a web host of any script, and a path of any bytes', () => {
  assert.deepEqual(parse('https://bücher.example/é'), {
    kind: 'http',
    url: 'https://xn--bcher-kva.example/%C3%A9',
  });
  const typed = Buffer.from('http://h/caf\xe9?q=\xe9', 'latin1');
  assert.deepEqual(parse(typed), { kind: 'http', url: 'http://h/caf%E9?q=%E9' });
});

test('formatLocation() is taken back to the same place, whatever the bytes', () => {
  const names = ['/a b', '/a:b', '/é', '/a\nb', '/a%20', "/$'x'", '/ends ', '/\u202e', '/file:', '/a/'];
  const bytes = Buffer.from(Array.from({ length: 255 }, (_, i) => i + 1));
  const odd = [Buffer.from('/caf\xe9', 'latin1'), Buffer.concat([Buffer.from('/'), bytes])];
  for (const path of [...names.map((name) => Buffer.from(name)), ...odd]) {
    const text = formatLocation({ kind: 'local', path });
    assert.match(text, /^[\x20-\x7eé]+$/);
    const back = parseLocation(text);
    assert.ok(back.kind === 'local');
    // Of several slashes one is kept: no two of these names differ only in that.
    assert.equal(Buffer.from(back.path).toString('latin1'), path.toString('latin1').replace(/\/+/g, '/'));
  }
  for (const typed of Object.keys(remotePlaces).filter((text) => !text.includes('?'))) {
    assert.deepEqual(parse(formatLocation(parse(typed))), parse(typed));
  }
});

test('formatLocation() leaves out the query of an HTTP address, which may be a signature', () => {
  const place = parse('https://h/a?X-Amz-Signature=abc');
  assert.equal(formatLocation(place), 'https://h/a');
});

for (const name of ['box@home', 'nas.local', 'u@nas.local', 'größe@1.5']) {
  test(`parseLocation() takes ${name}:a for a remote only where rclone has one`, () => {
    const remote = parseLocation(`${name}:a`, base, (one) => one === name);
    assert.deepEqual(remote, { kind: 'cloud', service: 'rclone', remote: name, path: 'a' });
    if (/^[\w@.]+$/.test(name)) assert.equal(parse(`${name}:a`).kind, 'ssh');
    assert.equal(parse(`${name},shared_with_me:a`).kind, 'cloud');
  });
}

const hosts: Readonly<Record<string, string>> = {
  'nas:/x': '/x',
  'nas:x/y': 'x/y',
  'nas:~/x': '~/x',
  'nas:': '',
};
for (const [typed, path] of Object.entries(hosts)) {
  test(`parseLocation() takes ${typed} for a host where rclone has no such remote`, () => {
    const place = parseLocation(typed, base, () => false);
    assert.deepEqual(place, { ...place, kind: 'ssh', host: 'nas', user: undefined, path: Buffer.from(path) });
    assert.deepEqual(parseLocation(formatLocation(place), base), place);
  });
}
