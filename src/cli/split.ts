import { type Command, Option } from 'commander';
import { exitCodes, TransferError } from '../errors.ts';
import type { Lists, SplitRequest } from '../profile/list-files.ts';
import { jsonLine } from '../report/json.ts';
import { counted, formatBytes, parseSize } from '../report/size.ts';
import { type AccessFlags, accessFlags, meansToRead } from './access/access.ts';
import { leavingState } from './flags/own-state.ts';
import { type RuleFlags, ruleFlags, rulesOf } from './flags/select.ts';
import { stateDirKnown } from './flags/state.ts';
import { everyFailure, type VoiceFlags, voiceFlags } from './flags/voice.ts';
import { type Finish, verb } from './verb.ts';
import { speak } from './voice/voice.ts';
import { sourceOf } from './words/places.ts';
import { textOfWord, wholeNumber } from './words/values.ts';

type Flags = AccessFlags &
  RuleFlags &
  VoiceFlags & {
    readonly parts?: number;
    readonly partBytes?: number;
    readonly partFiles?: number;
    readonly out: string;
    readonly null?: boolean;
  };

/** All are open at once. */
const mostParts = 500;

export function splitVerb(finish: Finish): Command {
  const command = verb('split', {
    summary: 'write lists of what SRC holds, each as much as one tool should take',
    description:
      'Walks SRC and writes its paths into numbered lists in a new directory: files, symlinks, special files and ' +
      'directories with nothing in them. For tools that take lists, and for transfer --reuse. Copies nothing. The ' +
      'lists get their names when all are written, each with how many there are: 000002-of-000003.list.',
    examples: [
      ['split /data --parts 8 --out /tmp/lists', 'eight lists of about the same size'],
      ['split /data --part-files 10000 --part-bytes 1G --null --out /tmp/lists', 'as many as it takes'],
      ['transfer --reuse /tmp/lists /data /backup/data', 'what is in the lists'],
    ],
    exits: [0, 1, 2, 3, 5, 129, 130, 143],
  })
    .argument('SRC', 'a directory')
    .addOption(new Option('--parts <n>', 'so many lists').argParser(wholeNumber('--parts', 1)))
    .addOption(
      new Option('--part-bytes <size>', 'at most so many bytes in each')
        .argParser(sizeOf)
        .conflicts(['parts']),
    )
    .addOption(
      new Option('--part-files <n>', 'at most so many entries in each')
        .argParser(wholeNumber('--part-files', 1))
        .conflicts(['parts']),
    )
    .addOption(new Option('--out <dir>', 'where the lists go').argParser(textOfWord).makeOptionMandatory())
    .addOption(new Option('--null', 'end each path with NUL, not with a newline'));
  voiceFlags(accessFlags(ruleFlags(command), false), everyFailure);
  return command.action(async (word: string, flags: Flags) => {
    const [source, request] = [sourceOf(word), await requestOf(flags)];
    finish(
      await speak(flags, { onlyResults: true }, async (stage) => {
        const { split } = await import('../split.ts');
        await using means = meansToRead(source, flags, stage);
        const wanted = leavingState(
          request,
          { places: [source], stateDir: stateDirKnown(undefined) },
          stage.report,
        );
        const lists = await split(source, wanted, means);
        if (!flags.quiet) stage.printer.result(flags.json ? jsonLine('split', lists) : sentence(lists));
        return lists.failed > 0 ? exitCodes.partial : exitCodes.done;
      }),
    );
  });
}

function sentence({ lists, entries, bytes, failed }: Lists): string {
  const all = `${counted(lists, 'list')}, with ${counted(entries, 'entry', 'entries')} (${formatBytes(bytes)}) in all`;
  return failed === 0 ? all : `${all}; ${counted(failed, 'entry', 'entries')} could not be listed`;
}

async function requestOf(flags: Flags): Promise<SplitRequest> {
  const { parts, partBytes, partFiles, out } = flags;
  if (parts !== undefined && parts > mostParts)
    throw new TransferError('usage', `--parts cannot be more than ${mostParts}`);
  const isLimited = partBytes !== undefined || partFiles !== undefined;
  if (parts === undefined && !isLimited)
    throw new TransferError('usage', 'split needs to know how much goes into a list', {
      hint: 'give --parts, --part-bytes or --part-files',
    });
  const most = { kind: 'most', bytes: partBytes ?? Infinity, files: partFiles ?? Infinity } as const;
  const by = parts === undefined ? most : ({ kind: 'parts', parts } as const);
  return { by, rules: await rulesOf(flags), out, separator: flags.null ? 'nul' : 'newline' };
}

function sizeOf(word: string): number {
  const bytes = parseSize(textOfWord(word), 1);
  if (bytes !== undefined && bytes > 0) return bytes;
  throw new TransferError('usage', `--part-bytes cannot be '${textOfWord(word)}'`, {
    hint: 'expected a size such as 1G',
  });
}
