import assert from 'node:assert/strict';
import { test } from 'node:test';
import { proxiesIn } from '../../src/work/http/proxies.ts';

const to = (host: string, port = 443) => ({ host, port, isSecure: true });

function ways(value: string, except = '') {
  return proxiesIn({ http: undefined, https: { name: 'https_proxy', value } }, except);
}

test('no_proxy spares hosts, all below them, numbers and networks, as curl takes them', () => {
  const spared: readonly (readonly [except: string, host: string, port?: number])[] = [
    ['*', 'a.test'],
    ['b.test,A.Test', 'a.test'],
    ['a.test', 'x.a.TEST'],
    ['.a.test', 'x.a.test'],
    ['*.a.test', 'x.a.test'],
    ['b.test a.test', 'a.test'],
    ['a.test:443', 'x.a.test', 443],
    ['10.0.0.1', '10.0.0.1'],
    ['10.0.0.1:9000', '10.0.0.1', 9000],
    ['10.0.0.0/8', '10.1.2.3'],
    ['::1', '::1'],
    ['[::1]', '::1'],
    ['[::1]:443', '::1'],
    ['fd00::/8', 'fd12::1'],
  ];
  for (const [except, host, port] of spared)
    assert.equal(ways('p', except)(to(host, port)), undefined, `${except} ${host}`);
  const asked: typeof spared = [
    ['', 'a.test'],
    ['a.test', 'xa.test'],
    ['x.a.test', 'a.test'],
    ['a.test:80', 'a.test', 443],
    ['0.0.1', '10.0.0.1'],
    ['10.0.0.0/8', '11.1.2.3'],
    ['10.0.0.0/8', 'a.test'],
    ['10.0.0.0/99', '10.0.0.1'],
    ['fd00::/8', '10.0.0.1'],
  ];
  for (const [except, host, port] of asked)
    assert.equal(ways('p', except)(to(host, port))?.host, 'p', `${except} ${host}`);
});

test('a proxy is named with or without a scheme, a port, and who asks', () => {
  const of = (value: string) => ways(value)(to('a.test'))!;
  const basic = (text: string) => `Basic ${Buffer.from(text).toString('base64')}`;
  const { host, port, isSecure, authorization } = of('p.test:3128');
  assert.deepEqual([host, port, isSecure, authorization], ['p.test', 3128, false, undefined]);
  assert.deepEqual(
    [of('p.test').port, of('https://p.test').port, of('http://[::1]:1').host],
    [80, 443, '::1'],
  );
  const known = of('me:p%40ss%@p.test:3128');
  assert.equal(of('http://me:p%40ss@p.test:3128/').authorization, basic('me:p@ss'));
  assert.equal(known.authorization, basic('me:p%40ss%'));
  assert.equal(known.name, 'http://p.test:3128');
});

test('another kind of proxy is refused for whom it is asked for, and for nobody else', () => {
  for (const value of ['socks5://me:secret@p', 'http://', 'http://me:pa#ss@p'])
    assert.throws(
      () => ways(value)(to('a.test')),
      /^TransferError: the proxy of https_proxy is no http:\/\/ address$/,
    );
  assert.equal(ways('socks5://p', 'a.test')(to('a.test')), undefined);
  assert.equal(ways('socks5://p')({ ...to('a.test'), isSecure: false }), undefined);
});
