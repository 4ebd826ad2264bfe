import { type Command, Option } from 'commander';
import { strategies } from '../plan/plan.ts';
import { compressions } from '../request.ts';
import { accessFlags } from './access/access.ts';
import { mustReach, wishFlags } from './access/s3-wishes.ts';
import { compareFlags, speedFlags } from './flags/compare.ts';
import { selectFlags } from './flags/select.ts';
import { stateFlags } from './flags/state.ts';
import { voiceFlags } from './flags/voice.ts';
import type { TransferFlags } from './transfer/flags.ts';
import { perform } from './transfer/perform.ts';
import { transferRequest } from './transfer/request.ts';
import { mustBeHosts } from './transfer/together.ts';
import { type Finish, verb } from './verb.ts';
import { destOf, sourceOf } from './words/places.ts';
import { oneOf, textOfWord, wholeNumber } from './words/values.ts';

const durabilities = ['part', 'run', 'none'] as const;

export function transferVerb(finish: Finish): Command {
  const command = verb('transfer', {
    summary: 'copy SRC to DEST, and pick up where it stopped',
    description:
      'Copies the contents of directory SRC into directory DEST, or one file to DEST, or into it where DEST is a ' +
      'directory or ends in /. What is there already and unchanged is skipped. Also called cp.',
    examples: [
      ['transfer /data /backup/data', 'copy what is in /data into /backup/data'],
      [
        'transfer --verify --exclude "*.tmp" /data /backup/data',
        'all but *.tmp, and compare every byte afterwards',
      ],
      ['transfer --dry-run /data /backup/data', 'only say what would be done'],
      ['transfer https://host/file /data/', 'from a web server, in ranges where it can'],
      ['runs resume', 'continue what was stopped'],
    ],
    exits: [0, 1, 2, 3, 4, 5, 6, 129, 130, 143],
  })
    .alias('cp')
    .argument('SRC', 'a directory or a file')
    .argument('DEST', 'where it goes');
  strategyFlags(command);
  speedFlags(command);
  compareFlags(command, 'decide what to copy by content, not by size and time');
  safetyFlags(command);
  stateFlags(command);
  wishFlags(accessFlags(command));
  voiceFlags(selectFlags(command));
  return command.action(async (source: string, dest: string, flags: TransferFlags) => {
    const route = { source: sourceOf(source), dest: destOf(dest) };
    mustReach(route.dest, flags);
    mustBeHosts(route, flags);
    finish(await perform(route, await transferRequest(flags), flags));
  });
}

function strategyFlags(command: Command): void {
  command
    .addOption(
      new Option('--strategy <name>', 'how to move it')
        .choices(strategies)
        .argParser(oneOf('--strategy', strategies))
        .default('auto'),
    )
    .addOption(
      new Option(
        '--rsync-option <option>',
        'what else rsync is told, with --strategy rsync; may be given often',
      ).argParser((word: string, before: readonly string[] = []) => [...before, textOfWord(word)]),
    )
    .addOption(
      new Option('--compress <how>', 'compress batches of small files over SSH; auto: where the line is slow')
        .choices(compressions)
        .argParser(oneOf('--compress', compressions))
        .default('auto'),
    )
    .addOption(
      new Option(
        '--direct',
        'between two hosts, let large files go straight from one to the other, if quicker',
      ),
    )
    .addOption(new Option('-n, --dry-run', 'change nothing, print what would be done'))
    .addOption(new Option('--verify', 'compare every byte of what SRC holds with DEST after the copy'));
}

function safetyFlags(command: Command): void {
  command
    .addOption(
      new Option(
        '--durability <when>',
        'when what was written is safe from a power cut: about every second, at the end, or when the system likes',
      )
        .choices(durabilities)
        .argParser(oneOf('--durability', durabilities))
        .default('part'),
    )
    .addOption(
      new Option('--retries <n>', 'how often to try again what may go better then, such as a lost connection')
        .argParser(wholeNumber('--retries', 0))
        .default(3),
    )
    .addOption(
      new Option('--max-errors <n>', 'stop after so many failed entries, 0 is never')
        .argParser(wholeNumber('--max-errors', 0))
        .default(0),
    )
    .addOption(new Option('--trust-journal', 'do not look at what the last run left at the destination'));
}
