/**
 * One host to connect to, with all that ssh_config and its defaults say about it.
 */
import { join } from 'node:path';
import { TransferError } from '../../errors.ts';
import { printable } from '../../report/show.ts';
import { spanMs } from '../../work/span.ts';
import type { Access } from '../access.ts';
import { type Algorithms, algorithmsOf } from './algorithms.ts';
import { expandPath, expandTokens } from './expand.ts';
import { type Method, methodsOf } from './methods.ts';
import { type ConfigText, hostOf, type Settings, settingsFor } from './settings.ts';

/** What is known of a host before its configuration is read. */
export type Named = {
  readonly user: string | undefined;
  readonly host: string;
  readonly port: number | undefined;
};

/** How it is reached. */
export type Approach =
  | { readonly kind: 'direct'; readonly family: 0 | 4 | 6 }
  /** through other hosts, the last of which is next to this one */
  | { readonly kind: 'jump'; readonly hops: readonly string[] }
  /** the standard streams of a program */
  | { readonly kind: 'command'; readonly command: string };

export type Target = {
  /** user@host, with the port where it is not 22: for messages */
  readonly name: string;
  /** what a person tells ssh to get there */
  readonly typed: string;
  readonly user: string;
  readonly host: string;
  readonly port: number;
  readonly approach: Approach;
  readonly algorithms: Algorithms;
  /** the name its key goes by, first; then names that are as good if the first is not known */
  readonly keyNames: readonly string[];
  readonly keyFiles: { readonly own: readonly string[]; readonly system: readonly string[] };
  /** keys that no host may show, whoever knows it by one of them */
  readonly revokedKeysFile: string | undefined;
  readonly acceptNewHostKeys: boolean;
  readonly hashNames: boolean;
  /** private keys, in the order in which they are tried */
  readonly identityFiles: readonly string[];
  /** whether the configuration names them: those where keys usually are may be missing */
  readonly namesIdentities: boolean;
  /** of users; they cannot be shown, which is said */
  readonly certificateFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** by what we may prove who we are, in the order in which it is tried */
  readonly methods: readonly Method[];
  /** how often a person is asked for a password */
  readonly passwordTries: number;
  readonly agentSocket: string | undefined;
  readonly connectMs: number;
  readonly aliveMs: number;
  readonly aliveCount: number;
};

const possibleHost = /^\w[\w.-]*$|^[\da-f:.]+(%\w+)?$/i;
const possibleUser = /^[\w.+][\w.+@-]*$/;
const usualIdentities = ['id_ed25519', 'id_ecdsa', 'id_rsa'];

/** Throws 'usage' for names that a shell or another program could take for something else. */
export async function targetOf(
  named: Named,
  access: Access,
  files: readonly ConfigText[],
  signal: AbortSignal,
): Promise<Target> {
  refuseOdd(named.host, possibleHost, 'host'); // before a command could be told of it
  if (named.user !== undefined) refuseOdd(named.user, possibleUser, 'user');
  const asked = { ...named, localUser: access.userName, home: access.home };
  const settings = await settingsFor(asked, files, signal);
  const user = named.user ?? settings.get('user')?.[0] ?? access.userName;
  const host = hostOf(asked, settings).toLowerCase();
  const port = named.port ?? whole(settings, 'port') ?? 22;
  refuseOdd(host, possibleHost, 'host');
  refuseOdd(user, possibleUser, 'user');
  const facts = {
    ...{ host, originalHost: named.host, user, port, localUser: access.userName, home: access.home },
    keyAlias: settings.get('hostkeyalias')?.[0] ?? host,
    jump: settings.get('proxyjump')?.[0] ?? '',
  };
  const path = (text: string) => expandPath(text, facts, access.variable);
  return {
    name: `${user}@${host.includes(':') ? `[${host}]` : host}${port === 22 ? '' : `:${port}`}`,
    typed: typed(named),
    user,
    host,
    port,
    approach: approachOf(settings, (text) => expandTokens(text, facts)),
    algorithms: algorithmsOf(settings, host),
    keyNames: keyNamesOf(settings, host, port),
    ...trustOf(settings, access, path),
    ...identityOf(settings, access, path),
    ...timesOf(settings),
  };
}

function typed({ user, host, port }: Named): string {
  return `${port === undefined ? '' : `-p ${port} `}${user === undefined ? '' : `${user}@`}${host}`;
}

type Expand = (text: string) => string;

function refuseOdd(name: string, allowed: RegExp, what: 'host' | 'user'): void {
  if (allowed.test(name)) return;
  const hint = 'look at HostName and User in ~/.ssh/config';
  throw new TransferError('usage', `'${printable(name)}' cannot be a ${what} of SSH`, { hint });
}

function approachOf(settings: Settings, expand: Expand): Approach {
  const command = given(settings, 'proxycommand');
  if (command !== undefined) return { kind: 'command', command: expand(command) };
  const jump = given(settings, 'proxyjump');
  if (jump !== undefined) return { kind: 'jump', hops: jump.split(',').map((hop) => hop.trim()) };
  const family = settings.get('addressfamily')?.[0]?.toLowerCase();
  return { kind: 'direct', family: family === 'inet' ? 4 : family === 'inet6' ? 6 : 0 };
}

/** A value; undefined where it is not there, or there to say that there is none. */
function given(settings: Settings, keyword: string): string | undefined {
  const value = settings.get(keyword)?.[0];
  return value?.toLowerCase() === 'none' ? undefined : value;
}

function keyNamesOf(settings: Settings, host: string, port: number): readonly string[] {
  const alias = settings.get('hostkeyalias')?.[0];
  if (alias !== undefined) return [alias.toLowerCase()];
  return port === 22 ? [host] : [`[${host}]:${port}`, host];
}

function trustOf(settings: Settings, access: Access, path: Expand) {
  const own = settings.get('userknownhostsfile') ?? ['%d/.ssh/known_hosts', '%d/.ssh/known_hosts2'];
  const system = settings.get('globalknownhostsfile') ?? [
    '/etc/ssh/ssh_known_hosts',
    '/etc/ssh/ssh_known_hosts2',
  ];
  const ofHome = (text: string) => text.replace(/^~(?=\/)/, () => access.home); // and no tokens, as in ssh
  const revoked = given(settings, 'revokedhostkeys');
  const strict = settings.get('stricthostkeychecking')?.[0]?.toLowerCase() ?? 'ask';
  return {
    keyFiles: { own: withoutNone(own).map(path), system: withoutNone(system).map(ofHome) },
    revokedKeysFile: revoked === undefined ? undefined : path(revoked),
    // 'no' would also let changed keys pass, which nothing here does.
    acceptNewHostKeys: access.acceptNewHostKeys || ['accept-new', 'no', 'off', 'false'].includes(strict),
    hashNames: isYes(settings, 'hashknownhosts'),
  };
}

function identityOf(settings: Settings, access: Access, path: Expand) {
  const usual = usualIdentities.map((name) => join(access.home, '.ssh', name));
  const files = settings.get('identityfile');
  return {
    identityFiles: files === undefined ? usual : withoutNone(files).map(path),
    namesIdentities: files !== undefined,
    certificateFiles: withoutNone(settings.get('certificatefile') ?? []).map(path),
    identitiesOnly: isYes(settings, 'identitiesonly'),
    methods: methodsOf(settings),
    passwordTries: whole(settings, 'numberofpasswordprompts') ?? 3,
    agentSocket: agentOf(settings.get('identityagent')?.[0], access, path),
  };
}

function agentOf(value: string | undefined, access: Access, path: Expand): string | undefined {
  if (value === undefined || /^(SSH_AUTH_SOCK|\$\{?SSH_AUTH_SOCK\}?)$/.test(value)) return access.agentSocket;
  if (value.toLowerCase() === 'none') return undefined;
  const [, name] = /^\$(\w+)$/.exec(value) ?? [];
  return name === undefined ? path(value) : access.variable(name);
}

function timesOf(settings: Settings) {
  return {
    connectMs: span(settings, 'connecttimeout') || 30_000,
    aliveMs: span(settings, 'serveraliveinterval') || 5000,
    aliveCount: whole(settings, 'serveralivecountmax') || 3,
  };
}

function whole(settings: Settings, keyword: string): number | undefined {
  const value = settings.get(keyword)?.[0];
  return value !== undefined && /^\d{1,6}$/.test(value) ? Number(value) : undefined;
}

const longestMs = 1_000_000_000; // eleven days: a timer knows hardly more than twice that

function span(settings: Settings, keyword: string): number | undefined {
  const ms = spanMs(settings.get(keyword)?.[0]?.toLowerCase() ?? '');
  return ms === undefined ? undefined : Math.min(ms, longestMs);
}

function isYes(settings: Settings, keyword: string): boolean {
  return ['yes', 'true'].includes(settings.get(keyword)?.[0]?.toLowerCase() ?? '');
}

function withoutNone(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => path.toLowerCase() !== 'none');
}
