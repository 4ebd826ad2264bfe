/** The flags that several verbs share, and what they ask for. */
import { type Command, Option } from 'commander';
import type { Preserve } from '../request.ts';
import { oneOf, rate, someOf, wholeNumberOrAuto } from './values.ts';

export const preserved = [
  'mode',
  'owner',
  'times',
  'hardlinks',
  'xattrs',
  'acls',
  'sparse',
  'specials',
] as const satisfies readonly (keyof Preserve)[];

export const progressKinds = ['auto', 'bar', 'line', 'none'] as const;

export type CompareFlags = {
  readonly streams: number | 'auto';
  readonly checksum?: boolean;
  readonly preserve: true | (typeof preserved)[number][];
  readonly numericIds?: boolean;
  readonly bwlimit?: number;
};

export type StateFlags = { readonly stateDir?: string };

export type VoiceFlags = {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly progress: (typeof progressKinds)[number];
  readonly verbose?: boolean;
};

/** What is compared and kept, and how fast. */
export function compareFlags(command: Command, checksum: string): Command {
  return command
    .addOption(new Option('-c, --checksum', checksum))
    .addOption(
      new Option('--no-preserve <list>', `leave out some of ${preserved.join(', ')}`).argParser(
        someOf('--no-preserve', preserved),
      ),
    )
    .addOption(new Option('--numeric-ids', 'owners by number, not by name'));
}

export function streamsFlag(command: Command): Command {
  return command.addOption(
    new Option('--streams <n>', 'lanes at once, or auto')
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

export function stateFlags(command: Command): Command {
  return command.addOption(
    new Option('--state-dir <dir>', 'where runs are remembered (also DIFPIPE_STATE_DIR)'),
  );
}

/** How the verb speaks while it runs. */
export function voiceFlags(command: Command, verbose = 'every entry, every failure'): Command {
  return command
    .optionsGroup('What you see:')
    .addOption(new Option('--json', 'one JSON object per line on standard output').conflicts(['quiet']))
    .addOption(new Option('-q, --quiet', 'nothing but errors').conflicts(['verbose']))
    .addOption(
      new Option('--progress <kind>', 'how far it is')
        .choices(progressKinds)
        .argParser(oneOf('--progress', progressKinds))
        .default('auto'),
    )
    .addOption(new Option('-v, --verbose', verbose));
}

/** Of a verb that speaks of no entry that is as it should be. */
export const everyFailure = 'every failure, not only the first ones';

/** True for all but what --no-preserve named. */
export function preserveOf(left: CompareFlags['preserve']): Preserve {
  const out = new Set<string>(left === true ? [] : left);
  return Object.fromEntries(preserved.map((what) => [what, !out.has(what)])) as Preserve;
}
