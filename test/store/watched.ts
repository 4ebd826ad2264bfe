/** A real SFTP server, of which is known what it was asked, and some of whose answers come late. */
import { packet } from '../../src/store/sftp/protocol/numbers.ts';
import type { OpenWire } from '../../src/store/sftp/protocol/wire.ts';
import { through } from './far.ts';

export type Watched = {
  readonly open: OpenWire;
  /** the names of all requests, extended ones by their own */
  readonly asked: readonly string[];
  /** on which connection each was, the first is 1 */
  readonly on: readonly number[];
  /** What answers such requests comes when another one, by that name, was asked after them, on any connection; once. */
  readonly keep: (kept: string, until: string) => void;
};

type Held = { readonly since: number; readonly until: string; readonly give: () => void };

const names = new Map<number, string>(Object.entries(packet).map(([name, type]) => [type, name]));

export function watched(real: OpenWire): Watched {
  const asked: string[] = [];
  const on: number[] = [];
  let opened = 0;
  const kept = new Map<string, { readonly until: string; isUsed: boolean }>();
  let held: Held[] = [];
  const isOver = ({ since, until }: Pick<Held, 'since' | 'until'>) => asked.indexOf(until, since) >= 0;
  const ask = (name: string) => {
    asked.push(name);
    for (const [one, { until, isUsed }] of kept) if (isUsed && until === name) kept.delete(one);
    const due = held.filter(isOver);
    held = held.filter((one) => !isOver(one));
    for (const { give } of due) give();
  };
  const open: OpenWire = async (signal, how) => {
    const wire = await real(signal, how);
    const line = ++opened;
    const waiting = new Map<number, Pick<Held, 'since' | 'until'>>();
    const stdin = through((bytes, push) => {
      const name = nameOf(bytes);
      on.push(line);
      ask(name);
      const rule = kept.get(name) ?? kept.get('all');
      if (rule) rule.isUsed = true;
      const isKept = rule && rule.until !== name && bytes[0] !== packet.INIT;
      if (isKept) waiting.set(bytes.readUInt32BE(1), { since: asked.length, until: rule.until });
      push(bytes);
    });
    const stdout = through((bytes, push) => {
      const how = bytes[0] === packet.VERSION ? undefined : waiting.get(bytes.readUInt32BE(1));
      if (!how || isOver(how)) push(bytes);
      else held.push({ ...how, give: () => push(bytes) });
    });
    stdin.pipe(wire.stdin);
    wire.stdout.pipe(stdout);
    return { ...wire, stdin, stdout };
  };
  return { open, asked, on, keep: (name, until) => void kept.set(name, { until, isUsed: false }) };
}

function nameOf(bytes: Buffer): string {
  const name = names.get(bytes[0]!)!;
  if (name !== 'EXTENDED') return name;
  return bytes.subarray(9, 9 + bytes.readUInt32BE(5)).toString();
}
