/** Who a person is on web servers: a user and a password or a token from the environment, else from ~/.netrc. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { TransferError } from '../../errors.ts';
import type { HttpPlace } from '../../location/location.ts';
import { show } from '../../report/show.ts';
import type { WebAccess } from '../../store/http/access.ts';
import { reasonOf } from '../../work/posix/errno.ts';
import { readSmall } from '../../work/read-small.ts';
import { loginIn } from './netrc.ts';
import { homeOfUser } from './user.ts';

/** What the environment says of one end. */
export type WebSecrets = {
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly token: string | undefined;
};

/** Throws 'refused' where others may read what is in ~/.netrc of that server. */
export function webAccess({ url }: HttpPlace, secrets: WebSecrets): WebAccess {
  return { authorization: authorizationOf(new URL(url), secrets), proxies: proxies() };
}

function authorizationOf(url: URL, { user, password, token }: WebSecrets): string | undefined {
  if (token !== undefined) return `Bearer ${token}`;
  if (user !== undefined) return basic(user, password ?? '');
  const path = process.env.NETRC || join(homeOfUser(), '.netrc');
  const text = textOf(path);
  const login = text === undefined ? undefined : loginIn(text, url.hostname.replace(/^\[|\]$/g, ''));
  if (!login) return undefined;
  if ((statSync(path).mode & 0o077) === 0) return basic(login.user, login.password);
  const hint = 'chmod 600 it';
  throw new TransferError('refused', `others may read the passwords in ${show(Buffer.from(path))}`, { hint });
}

function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function textOf(path: string): string | undefined {
  try {
    return readSmall(path).toString();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new TransferError('usage', `cannot read ${show(Buffer.from(path))}: ${reasonOf(cause)}`, { cause });
  }
}

/** HTTP_PROXY in capitals may have come from a request to a server that runs us; nobody heeds it. */
function proxies(): Record<string, string> {
  const { http_proxy, https_proxy, HTTPS_PROXY, all_proxy, ALL_PROXY, no_proxy, NO_PROXY } = process.env;
  const all = all_proxy || ALL_PROXY;
  const found = {
    http_proxy: http_proxy || all,
    https_proxy: https_proxy || HTTPS_PROXY || all,
    no_proxy: no_proxy || NO_PROXY,
  };
  const given = Object.entries(found).filter((pair): pair is [string, string] => Boolean(pair[1]));
  return Object.fromEntries(
    given.map(([name, value]) => [name, name === 'no_proxy' ? value : proxyOf(name, value)]),
  );
}

/** Many write no scheme. */
function proxyOf(name: string, value: string): string {
  const address = /^[a-z][a-z0-9+.-]*:\/\//i.test(value) ? value : `http://${value}`;
  mustBeHttp(name, address);
  return address;
}

function mustBeHttp(name: string, value: string): void {
  if (/^https?:\/\/[^/]/i.test(value)) return;
  throw new TransferError('usage', `the proxy of ${name} is no http:// address`, {
    hint: 'other kinds of proxies are not spoken to; no_proxy leaves it out for some hosts',
  });
}
