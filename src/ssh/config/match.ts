/**
 * The conditions of a Match line of ssh_config: all, host, originalhost, user, localuser, tagged, localnetwork, exec,
 * and final and canonical, which are true when everything is read for the second time. exec runs a command of the
 * person's, as ssh does, if all that stands before it is true.
 */

import { BlockList, isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { runsWell } from './match-exec.ts';
import { matchesList } from './pattern.ts';

/** What was found of the host so far. */
export type Known = {
  readonly host: string;
  readonly originalHost: string;
  readonly user: string;
  readonly port: number;
  readonly keyAlias: string;
  readonly jump: string;
  readonly tag: string;
  readonly localUser: string;
  readonly home: string;
  readonly isFinal: boolean;
};

/** `unknown`: all that is understood is true, and it depends on this word. */
export type Verdict = { readonly isMeant: boolean; readonly unknown?: string };

type Condition = { readonly word: string; readonly value: string; readonly isNegated: boolean };

const alone: readonly string[] = ['all', 'canonical', 'final'];

export async function judge(args: readonly string[], known: Known, signal: AbortSignal): Promise<Verdict> {
  let unknown: string | undefined;
  for (const { word, value, isNegated } of conditionsOf(args)) {
    if (word === 'exec' && unknown !== undefined) continue; // it may be that ssh would not have come to it
    const is = word === 'exec' ? await runsWell(value, known, signal) : isTrue(word, value, known);
    if (is === isNegated) return { isMeant: false };
    if (is === undefined) unknown ??= word;
  }
  return { isMeant: unknown === undefined && args.length > 0, ...(unknown !== undefined && { unknown }) };
}

/** Whether it asks for everything to be read again when the name of the host is known. */
export function asksForFinal(args: readonly string[]): boolean {
  return conditionsOf(args).some(({ word }) => word === 'final');
}

function conditionsOf(args: readonly string[]): readonly Condition[] {
  const conditions: Condition[] = [];
  for (let at = 0; at < args.length; at++) {
    const [, before, after] = /^(!?\w+)=(.*)$/s.exec(args[at]!) ?? [];
    const written = before ?? args[at]!;
    const word = written.toLowerCase().replace(/^!/, '');
    const value = alone.includes(word) ? '' : (after ?? args[++at] ?? '');
    conditions.push({ word, value, isNegated: written.startsWith('!') });
  }
  return conditions;
}

/** Undefined where we do not know how to tell. */
function isTrue(word: string, list: string, known: Known): boolean | undefined {
  const patterns = list.split(',');
  switch (word) {
    case 'all':
      return true;
    case 'canonical':
    case 'final':
      return known.isFinal;
    case 'host':
      return matchesList(known.host, patterns);
    case 'originalhost':
      return matchesList(known.originalHost, patterns);
    case 'user':
      return matchesList(known.user, patterns);
    case 'localuser':
      return matchesList(known.localUser, patterns);
    case 'tagged':
      return matchesList(known.tag, patterns);
    case 'localnetwork':
      return isOnOne(patterns);
    default:
      return undefined;
  }
}

/** Whether this machine has an address in one of these networks; undefined where one of them is no network. */
function isOnOne(networks: readonly string[]): boolean | undefined {
  const list = new BlockList();
  for (const network of networks) {
    const [, address = '', bits] = /^([\da-f:.]+)(?:\/(\d{1,3}))?$/i.exec(network) ?? [];
    const most = isIPv6(address) ? 128 : 32;
    if (isIP(address) === 0 || Number(bits ?? 0) > most) return undefined;
    list.addSubnet(address, Number(bits ?? most), isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  const ours = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
  return ours.some(({ address }) => list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4'));
}
