/** What is compared and kept, with how many lanes and how fast. */
import { type Command, Option } from 'commander';
import type { Preserve } from '../../request.ts';
import { rate, someOf, wholeNumberOrAuto } from '../words/values.ts';

const preserved = [
  'mode',
  'owner',
  'times',
  'hardlinks',
  'xattrs',
  'acls',
  'sparse',
  'specials',
] as const satisfies readonly (keyof Preserve)[];

export type CompareFlags = {
  readonly streams: number | 'auto';
  readonly checksum?: boolean;
  readonly preserve: true | (typeof preserved)[number][];
  readonly numericIds?: boolean;
  readonly bwlimit?: number;
};

/** What is compared and kept. */
export function compareFlags(command: Command, checksum: string): Command {
  return command
    .addOption(new Option('-c, --checksum', checksum))
    .addOption(
      new Option('--no-preserve <list>', `leave out some of ${preserved.join(', ')}`).argParser(
        someOf('--no-preserve', preserved),
      ),
    )
    .addOption(new Option('--numeric-ids', 'owners go by number anyway; taken because rsync has it'));
}

/** True for all but what --no-preserve named. */
export function preserveOf(left: CompareFlags['preserve']): Preserve {
  const out = new Set<string>(left === true ? [] : left);
  return Object.fromEntries(preserved.map((what) => [what, !out.has(what)])) as Preserve;
}

export function streamsFlag(command: Command): Command {
  return command.addOption(
    new Option('--streams <n>', 'lanes that work side by side, or auto; of more than 64 only 64')
      .argParser(wholeNumberOrAuto('--streams', 1))
      .default('auto'),
  );
}

export function speedFlags(command: Command): Command {
  return streamsFlag(command).addOption(
    new Option(
      '--bwlimit <rate>',
      'bytes per second: 10M is 10 MiB, 10MB is 10^7, a bare number is KiB',
    ).argParser(rate('--bwlimit')),
  );
}
