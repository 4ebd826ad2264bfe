/**
 * Names that share one file: one of them is put in place, the others are linked to it. Which one is decided by
 * what the destination has already, so that a new name costs a link and not a copy.
 */

import { isKind } from '../../../errors.ts';
import type { LinkGroup, LinkName } from '../../../journal/types.ts';
import type { Bundle } from '../../../profile/bundle.ts';
import type { Entry } from '../../../store/entry.ts';
import { pathIn } from '../../../store/named.ts';
import type { RelativePath } from '../../../store/path.ts';
import { each } from '../../../work/each.ts';
import { Reentered } from '../directory/enter.ts';
import type { Here } from '../directory/here.ts';
import type { Lane } from '../lane.ts';
import { becameOf, packed, pathOf, type Settled, settleFirsts } from './first-names.ts';
import { isAlike, isJoined, isOne, lookAtBoth } from './same-file.ts';

/** Settles names as if they had no others; a large file is handed back. */
export type Alone = (bundle: Bundle) => Promise<void>;

const membersAtOnce = 8;
const groupsAtOnce = 1000; // they wait for answers
const looksAtOnce = 64;
const toldAtOnce = 4000; // as many as some programs there are asked at a time

type Linking = {
  readonly lane: Lane;
  readonly alone: Alone;
  readonly directories: Reentered;
  /** which file each is a name of now, where looking at one does not tell */
  readonly told: ReadonlyMap<LinkName, string | undefined> | undefined;
};

/** `led` says that the first of each was put in place a moment ago. Names that fail are named one by one. */
export async function link(
  lane: Lane,
  alone: Alone,
  groups: readonly LinkGroup[],
  led: boolean,
): Promise<void> {
  await using directories = new Reentered(lane);
  const linking = { lane, alone, directories, told: await toldOf(lane, groups) };
  const there = new Map<LinkGroup, LinkName>();
  await each(groupsAtOnce, groups, lane.signal, async (group) => {
    const first = led ? group.names[0] : await firstThere(lane, group.names);
    if (first) there.set(group, first);
  });
  const firsts = groups.map((group) => there.get(group) ?? group.names[0]!);
  const settled = led ? undefined : await settleFirsts(lane, directories, firsts);
  await each(groupsAtOnce, groups.entries(), lane.signal, ([at, group]) => {
    const first = firsts[at]!;
    const became = settled ? settled.get(first) : 'done';
    return linkOne(linking, { group, first, became, isAnother: !there.has(group) });
  });
}

type Begun = {
  readonly group: LinkGroup;
  readonly first: LinkName;
  /** undefined: nothing was done with it */
  readonly became: Settled | undefined;
  readonly isAnother: boolean;
};

async function linkOne(linking: Linking, { group, first, became, isAnother }: Begun): Promise<void> {
  const { lane } = linking;
  const { groups: later } = lane.ledger.out;
  const names = group.names.filter((name) => name !== first);
  if (became === 'later') return void later.push({ ...group, names: [first, ...names] });
  if (!became) names.unshift(first);
  const leader = became === 'done' ? first : await lead(linking, group, names);
  if (!leader) return;
  await each(membersAtOnce, names, lane.signal, async (member) => {
    const settled = await tried(linking, { leader, member, isAnother });
    if (settled === 'later') later.push({ ...group, names: [member] });
  });
}

/** The first that gets into place by itself, taken off the names; undefined where none does, or one is left for later. */
async function lead(linking: Linking, group: LinkGroup, names: LinkName[]): Promise<LinkName | undefined> {
  for (let member = names.shift(); member; member = names.shift()) {
    const settled = await settleAlone(linking, member);
    if (settled === 'done') return member;
    if (settled === 'later')
      return void linking.lane.ledger.out.groups.push({ ...group, names: [member, ...names] });
  }
  return undefined;
}

async function toldOf({ setup, signal }: Lane, groups: readonly LinkGroup[]): Promise<Linking['told']> {
  const { linkOf, stat } = setup.source;
  if (!linkOf) return undefined;
  const told = new Map<LinkName, string | undefined>();
  const names = groups.flatMap((group) => group.names);
  await each(toldAtOnce, names, signal, async (name) => {
    const entry = await stat(pathOf(name), signal);
    told.set(name, entry?.kind === 'file' ? await linkOf(entry, signal) : undefined);
  });
  return told;
}

/** The first name that the destination has already, as the source has it. */
async function firstThere(lane: Lane, names: readonly LinkName[]): Promise<LinkName | undefined> {
  if (lane.setup.rootIsNew) return undefined;
  for (let at = 0; at < names.length; at += looksAtOnce) {
    const some = names.slice(at, at + looksAtOnce);
    const there = await Promise.all(some.map((name) => isThere(lane, name)));
    const first = there.indexOf(true);
    if (first >= 0) return some[first];
  }
  return undefined;
}

async function isThere(lane: Lane, name: LinkName): Promise<boolean> {
  const { setup, signal } = lane;
  const dest = await setup.dest.stat(lane.target(pathOf(name)), signal);
  const source = dest && (await setup.source.stat(pathOf(name), signal));
  return dest !== undefined && source !== undefined && isAlike(source, dest, lane);
}

/** Copies it, or finds it in place, as if it had no other name; a large file is left for later. */
async function settleAlone({ lane, alone }: Linking, member: LinkName): Promise<Settled> {
  await alone({ dir: member.dir, names: packed(member), what: 'entries', fresh: undefined, slice: 0 });
  return becameOf(lane)(member);
}

type Two = { readonly leader: LinkName; readonly member: LinkName; readonly isAnother: boolean };

async function tried(linking: Linking, two: Two): Promise<Settled> {
  try {
    return await join(linking, two);
  } catch (error) {
    linking.lane.failed(pathOf(two.member), error);
    return 'failed';
  }
}

async function join(linking: Linking, { leader, member, isAnother }: Two): Promise<Settled> {
  const { lane } = linking;
  const { ledger, setup, signal } = lane;
  const { dryRun } = setup;
  const [isStillOne, both] = await Promise.all([
    linking.told ? isToldOne(linking.told, leader, member) : areOne(linking, leader, member),
    // of a new tree, what is there is met by linking
    lookAtBoth(lane, lane.target(pathOf(leader)), setup.rootIsNew ? undefined : lane.target(pathOf(member))),
  ]);
  const { wanted, present } = both;
  if (!isStillOne) return settleAlone(linking, member);
  if (!wanted && !dryRun) return settleAlone(linking, member); // somebody took it away
  const seen = () => setup.source.stat(pathOf(member), signal);
  if (!(dryRun && isAnother) && (await isJoined(lane, both, seen))) return skipped(linking, member);
  if (dryRun && present) await (await linking.directories.at(member.dir)).clear(present);
  if (!dryRun && !(await tie(linking, { leader, member, isAnother }, present)))
    return copyOf(linking, member);
  ledger.did('link', () => pathOf(member), 0);
  return 'done';
}

function isToldOne(told: NonNullable<Linking['told']>, leader: LinkName, member: LinkName): boolean {
  const file = told.get(leader);
  return file !== undefined && file === told.get(member);
}

async function areOne({ lane }: Linking, leader: LinkName, member: LinkName): Promise<boolean> {
  const { setup, signal } = lane;
  const look = (name: LinkName) => setup.source.stat(pathOf(name), signal);
  const [first, mine] = await Promise.all([look(leader), look(member)]);
  return first !== undefined && mine !== undefined && isOne(first, mine);
}

async function skipped({ lane, directories }: Linking, { dir }: LinkName): Promise<Settled> {
  lane.ledger.skipped(0);
  const { sweep, dryRun } = lane.setup;
  if (!sweep || dryRun) return 'done';
  const here = await directories.at(dir);
  here.touched = true; // a killed run may have come as far as the link
  return 'done';
}

/** False where the destination cannot, and then what is there stays. */
async function tie({ lane, directories }: Linking, two: Two, present: Entry | undefined): Promise<boolean> {
  lane.wrote();
  const here = await directories.at(two.member.dir);
  if (present) {
    const trial = pathIn(here.dir.path, lane.partialName());
    if (!(await makesName(here, two, trial))) return false;
    await here.change(() => lane.setup.dest.remove(trial, lane.signal));
    await here.clear(present);
  }
  return makesName(here, two, lane.target(pathOf(two.member)));
}

/** Makes a path another name of the leader's file; false where the destination cannot. */
async function makesName(here: Here, { leader, member }: Two, path: RelativePath): Promise<boolean> {
  const { lane } = here;
  const { setup, signal } = lane;
  const first = lane.target(pathOf(leader));
  try {
    await here.change(() => setup.dest.makeLink!(path, first, signal));
    return true;
  } catch (error) {
    if (isKind(error, 'unsupported', 'denied', 'io')) return false;
    const isThere = async () =>
      isJoined(lane, await lookAtBoth(lane, first, path), () => setup.source.stat(pathOf(member), signal));
    if (isKind(error, 'conflict') && (await isThere())) return true; // only the answer was lost
    throw error;
  }
}

function copyOf(linking: Linking, member: LinkName): Promise<Settled> {
  linking.lane.ledger.notice('hardlink');
  return settleAlone(linking, member);
}
