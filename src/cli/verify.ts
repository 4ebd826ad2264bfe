import { type Command, Option } from 'commander';
import { exitCodes } from '../errors.ts';
import type { Places } from '../location/location.ts';
import type { VerifyRequest } from '../request.ts';
import { type AccessFlags, accessFlags, meansToMove } from './access/access.ts';
import { type CompareFlags, compareFlags, preserveOf, speedFlags } from './flags/compare.ts';
import { leavingState } from './flags/own-state.ts';
import { type SelectFlags, selectFlags, selectionOf } from './flags/select.ts';
import { type StateFlags, stateDirKnown, stateFlags } from './flags/state.ts';
import { type VoiceFlags, voiceFlags } from './flags/voice.ts';
import { type Finish, verb } from './verb.ts';
import { type Stage, speak } from './voice/voice.ts';
import { destOf, sourceOf } from './words/places.ts';

type Flags = AccessFlags &
  CompareFlags &
  SelectFlags &
  StateFlags &
  VoiceFlags & { readonly oneWay?: boolean };

export function verifyVerb(finish: Finish): Command {
  const command = verb('verify', {
    summary: 'compare two trees and print what differs',
    description:
      'Compares the contents of SRC with those of DEST by type, size, times and other metadata, and changes ' +
      'nothing. One line for each entry that differs: what differs, two spaces, its path.',
    examples: [
      ['verify /data /backup/data', 'by size, times and metadata'],
      ['verify --checksum /data /backup/data', 'every byte of both trees'],
      ['verify --one-way /data /backup/data', 'what is gone from /data may still be in the other'],
      ['verify --no-preserve owner,times /data /backup/data', 'owners and times may differ'],
    ],
    exits: [0, 1, 2, 3, 4, 5, 129, 130, 143],
  })
    .argument('SRC', 'a directory or a file')
    .argument('DEST', 'what it should be equal to');
  command.addOption(new Option('--one-way', 'DEST may hold more than SRC does'));
  speedFlags(command);
  stateFlags(command);
  compareFlags(command, 'compare contents, not only sizes and times; a host behind SSH adds up what it has');
  accessFlags(command);
  voiceFlags(selectFlags(command));
  return command.action(async (source: string, dest: string, flags: Flags) => {
    const places = { source: sourceOf(source), dest: destOf(dest) };
    const request = await requestOf(flags);
    finish(await speak(flags, { onlyResults: true }, (stage) => compare(places, request, flags, stage)));
  });
}

async function compare(
  places: Places,
  request: VerifyRequest,
  flags: AccessFlags & StateFlags,
  stage: Stage,
) {
  const { source, dest } = places;
  const { report, control } = stage;
  const { verify } = await import('../verify.ts');
  const startedMs = performance.now();
  await using means = meansToMove(source, flags, stage);
  const wanted = leavingState(
    request,
    { places: [source, dest], stateDir: stateDirKnown(flags.stateDir) },
    report,
  );
  const { found } = await verify(places, wanted, means);
  control.signal.throwIfAborted(); // what was not compared may differ
  const elapsedMs = Math.round(performance.now() - startedMs);
  report({ type: 'verified', ...found, elapsedMs });
  if (found.differences > 0) return exitCodes.different;
  return found.failed > 0 ? exitCodes.partial : exitCodes.done;
}

async function requestOf(flags: Flags): Promise<VerifyRequest> {
  return {
    ...(await selectionOf(flags)),
    oneWay: flags.oneWay ?? false,
    checksum: flags.checksum ?? false,
    streams: flags.streams,
    preserve: preserveOf(flags.preserve),
    numericIds: flags.numericIds ?? false,
    bytesPerSecond: flags.bwlimit || undefined, // 0 is no limit
  };
}
