/** By what ssh_config lets us prove who we are. */
import type { Settings } from './settings.ts';

export type Method = 'publickey' | 'keyboard-interactive' | 'password';

/** In ssh's order, each with what turns it off. */
const switches: Readonly<Record<Method, readonly string[]>> = {
  publickey: ['pubkeyauthentication'],
  'keyboard-interactive': ['kbdinteractiveauthentication', 'challengeresponseauthentication'],
  password: ['passwordauthentication'],
};

/** Those that may be tried, in the order in which they are; others of `PreferredAuthentications` are not known here. */
export function methodsOf(settings: Settings): readonly Method[] {
  const allowed = (Object.keys(switches) as Method[]).filter((method) => !isOff(settings, method));
  const preferred = settings.get('preferredauthentications')?.[0]?.split(',');
  if (!preferred) return allowed;
  return preferred.flatMap((word) => allowed.filter((method) => method === word.trim()));
}

function isOff(settings: Settings, method: Method): boolean {
  const said = switches[method].flatMap((keyword) => settings.get(keyword) ?? [])[0];
  return said !== undefined && ['no', 'false'].includes(said.toLowerCase());
}
