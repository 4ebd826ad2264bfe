import { type Command, Option } from 'commander';
import { type AccessFlags, accessFlags, meansToRead } from './access/access.ts';
import { type Finish, verb } from './verb.ts';
import { speak } from './voice/voice.ts';
import { sourceOf } from './words/places.ts';

type Flags = AccessFlags & { readonly json?: boolean; readonly recursive?: boolean; readonly long?: boolean };

export function lsVerb(finish: Finish): Command {
  const command = verb('ls', {
    summary: 'list what is in a place',
    description:
      'One line for each entry: type and permissions, bytes, time, name, and where a symlink leads; with --long whose it ' +
      'is, too. All names are listed, by name; a directory of more than 10,000 entries in the order it is read.',
    examples: [
      ['ls /data', 'what is in a directory'],
      ['ls -l user@host:/data', 'with owners and groups'],
      ['ls --recursive --json /data', 'everything below it, for a program'],
    ],
    exits: [0, 1, 2, 3, 5, 129, 130, 143],
  })
    .argument('LOCATION', 'a directory or a file')
    .option('-R, --recursive', 'and what is below, with its path')
    .option(
      '-l, --long',
      'owner and group, by number as ls -n; of a bucket also what its list does not tell, at a question for each',
    )
    .option('--json', 'one JSON object per line');
  accessFlags(command, false);
  // What hands type that know ls: it is always all, one in a line.
  for (const flag of ['-a', '-A', '-1']) command.addOption(new Option(flag).hideHelp());
  return command.action(async (word: string, given: Flags) => {
    const { json = false, recursive = false, long = false } = given;
    const place = sourceOf(word);
    const flags = { json, progress: 'none' } as const;
    finish(
      await speak(flags, { onlyResults: true }, async (stage) => {
        const { sayPlace } = await import('./ls/say.ts');
        await using means = meansToRead(place, given, stage);
        return await sayPlace(place, means.open, { recursive, long }, stage);
      }),
    );
  });
}
