/** Who a person is on web servers: a user and a password or a token from the environment, else from ~/.netrc. */
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { TransferError } from '../../errors.ts';
import type { HttpPlace } from '../../location/location.ts';
import { hasSignature } from '../../location/signed.ts';
import { show } from '../../report/show.ts';
import type { WebAccess } from '../../store/http/access.ts';
import { basic } from '../../work/http/basic.ts';
import { reasonOf } from '../../work/posix/errno.ts';
import { readSmall } from '../../work/read-small.ts';
import { homeOfUser } from '../surroundings/user.ts';
import { loginIn } from './netrc.ts';
import { ownProxies } from './proxies.ts';

/** What the environment says of one end. */
export type WebSecrets = {
  readonly user: string | undefined;
  readonly password: string | undefined;
  readonly token: string | undefined;
};

/**
 * An address that carries a signature says by that who asks: services refuse another proof beside it. Throws 'refused'
 * where others may read what is in ~/.netrc of that server.
 */
export function webAccess(place: HttpPlace, secrets: WebSecrets): WebAccess {
  const url = new URL(place.url);
  const authorization = hasSignature(url) ? undefined : authorizationOf(url, secrets);
  return { authorization, proxies: ownProxies() };
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

function textOf(path: string): string | undefined {
  try {
    return readSmall(path).toString();
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new TransferError('usage', `cannot read ${show(Buffer.from(path))}: ${reasonOf(cause)}`, { cause });
  }
}
