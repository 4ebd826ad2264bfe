import { type Command, Option } from 'commander';
import { TransferError } from '../errors.ts';
import type { S3Place } from '../location/location.ts';
import { jsonLine } from '../report/json.ts';
import { printable } from '../report/show.ts';
import { type S3Flags, s3AccessOf, serviceFlags } from './access/s3-access.ts';
import { type StateFlags, stateDirOf, stateFlags } from './flags/state.ts';
import { type Finish, verb } from './verb.ts';
import { type Stage, speak } from './voice/voice.ts';
import { placeOf } from './words/places.ts';
import { span } from './words/values.ts';

type Flags = S3Flags &
  StateFlags & { readonly dryRun?: boolean; readonly olderThan: number; readonly json?: boolean };

export function cleanVerb(finish: Finish): Command {
  const command = verb('clean', {
    summary: 'take away uploads that killed runs left in a bucket',
    description:
      'Gives up uploads of large files that runs from here began below LOCATION and never ended: they are in no ' +
      'listing, and cost what is kept. Those of a run that works, or that can be resumed, stay; runs forget ' +
      'gives up the latter. Uploads that other programs or other machines began are never touched. Elsewhere the ' +
      'next run of a route takes away what is left.',
    examples: [
      ['clean --dry-run s3://bucket', 'what is left there'],
      ['clean --older-than 7d s3://bucket/backup', 'all of it that is older than a week'],
    ],
    exits: [0, 1, 2, 5, 129, 130, 143],
  })
    .argument('LOCATION', 'a bucket or a prefix of one')
    .option('-n, --dry-run', 'change nothing, print what would be done')
    .addOption(
      new Option('--older-than <span>', 'leave younger ones, as in 30m, 12h or 7d')
        .argParser(span('--older-than'))
        .default(0, 'all'),
    )
    .option('--json', 'one JSON object per line');
  serviceFlags(stateFlags(command));
  return command.action(async (word: string, flags: Flags) => {
    const place = bucketOf(word);
    const voice = { json: flags.json ?? false, progress: 'none' } as const;
    finish(await speak(voice, { onlyResults: true }, (stage) => sayCleaned(place, flags, stage)));
  });
}

async function sayCleaned(place: S3Place, flags: Flags, { control, printer, json }: Stage) {
  const { clean } = await import('../clean.ts');
  const how = {
    stateDir: stateDirOf(flags.stateDir),
    dryRun: flags.dryRun ?? false,
    olderThanMs: flags.olderThan,
  };
  const access = await s3AccessOf(flags)(place, 'dest');
  let any = false;
  for await (const { key, sinceMs, became } of clean(place, access, how, control.signal)) {
    const since = new Date(sinceMs).toISOString().replace(/\.\d+Z$/, 'Z');
    const path = `s3://${place.bucket}/${key}`;
    const line = json
      ? jsonLine('cleaned', { path, since, became })
      : printable(`${since}  ${path}  ${became}`);
    printer.result(line);
    any = true;
  }
  if (!any && !json) printer.notice(`no upload from here is left below s3://${place.bucket}/${place.prefix}`);
  return undefined;
}

function bucketOf(word: string): S3Place {
  const place = placeOf(word);
  if (place.kind === 's3') return place;
  throw new TransferError('unsupported', 'only buckets are cleaned', {
    hint: 'elsewhere the next run of a route takes away what one before it left',
  });
}
