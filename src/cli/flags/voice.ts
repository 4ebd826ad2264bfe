import { type Command, Option } from 'commander';
import { oneOf } from '../words/values.ts';

const progressKinds = ['auto', 'bar', 'line', 'none'] as const;

export type VoiceFlags = {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly progress: (typeof progressKinds)[number];
  readonly verbose?: boolean;
};

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
