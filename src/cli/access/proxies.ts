/** The way out of a person's network, as the environment tells it to curl and to AWS's programs. */
import { type Proxies, proxiesIn, type Variable } from '../../work/http/proxies.ts';

/** HTTP_PROXY in capitals may have come from a request to a server that runs us; nobody heeds it. */
export function ownProxies(): Proxies {
  const all = ['all_proxy', 'ALL_PROXY'];
  const found = { http: given('http_proxy', ...all), https: given('https_proxy', 'HTTPS_PROXY', ...all) };
  return proxiesIn(found, given('no_proxy', 'NO_PROXY')?.value ?? '');
}

function given(...names: readonly string[]): Variable | undefined {
  for (const name of names) {
    const value = process.env[name];
    if (value) return { name, value };
  }
  return undefined;
}
