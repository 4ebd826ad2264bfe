import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loginIn } from '../../src/cli/access/netrc.ts';

const cases: Record<string, readonly [text: string, login: readonly [string, string] | undefined]> = {
  'a line for the host': ['machine h login u password p', ['u', 'p']],
  'lines for the host': ['machine h\n\tlogin u\n\tpassword p\n', ['u', 'p']],
  'the first of two': ['machine h login u password p machine h login v password q', ['u', 'p']],
  'the default': ['machine other login x password y\ndefault login u password p', ['u', 'p']],
  'the host before the default': ['default login x password y\nmachine h login u password p', ['u', 'p']],
  'quotes and backslashes': ['machine h login "u v" password "a\\"b\\\\c"', ['u v', 'a"b\\c']],
  'no password': ['machine h login u', ['u', '']],
  'an account': ['machine h account login login u password p', ['u', 'p']],
  'a macro': ['macdef init\nmachine h login x password y\n\nmachine h login u password p', ['u', 'p']],
  'a comment': ['# machine h login x password y\nmachine h login u password p#1', ['u', 'p#1']],
  'a host in capitals': ['machine H login u password p', ['u', 'p']],
  'another host': ['machine hh login u password p', undefined],
  'no user': ['machine h password p', undefined],
  nothing: ['', undefined],
  'a word that ends': ['machine', undefined],
};
for (const [what, [text, login]] of Object.entries(cases))
  test(`loginIn() reads ${what}`, () => {
    const found = loginIn(text, 'h');
    assert.deepEqual(found && [found.user, found.password], login);
  });
