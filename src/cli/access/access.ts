/**
 * How the person proves who he is to the hosts of a route: passwords from the environment or a file, questions on the
 * terminal, an agent.
 */
import { type Command, Option } from 'commander';
import type { Control } from '../../control.ts';
import type { HttpPlace, Location, SshPlace } from '../../location/location.ts';
import type { Means } from '../../means.ts';
import type { Access } from '../../ssh/access.ts';
import type { EndName } from '../../store/open.ts';
import { createOpener } from '../../way/opener.ts';
import { ownRclone } from '../surroundings/rclone.ts';
import { homeOfUser, nameOfUser } from '../surroundings/user.ts';
import type { Stage } from '../voice/voice.ts';
import { textOfWord } from '../words/values.ts';
import { type S3Flags, s3AccessOf, s3Flags } from './s3-access.ts';
import { secretFile } from './secret-file.ts';
import { taken } from './taken.ts';
import { terminal } from './terminal.ts';
import { type WebSecrets, webAccess } from './web-access.ts';

export type AccessFlags = S3Flags & {
  readonly acceptNewHostKeys?: boolean;
  readonly sourcePasswordFile?: string;
  readonly destPasswordFile?: string;
};

const stems = { source: 'DIFPIPE_SOURCE', dest: 'DIFPIPE_DEST' } as const;
const ends = { source: `${stems.source}_PASSWORD`, dest: `${stems.dest}_PASSWORD` } as const;

export function accessFlags(command: Command, withDest = true): Command {
  command
    .optionsGroup('Hosts:')
    .addOption(
      new Option(
        '--accept-new-host-keys',
        'take and remember the key of a host that is new, never a changed one',
      ),
    )
    .addOption(new Option('--source-password-file <file>', passwordIn('source')));
  if (withDest) command.addOption(new Option('--dest-password-file <file>', passwordIn('dest')));
  return s3Flags(command);
}

function passwordIn(end: keyof typeof ends): string {
  const whose = end === 'source' ? 'the source' : 'the destination';
  return `a file of mode 0600 with the password for ${whose} (also ${ends[end]})`;
}

/** What a verb works with; disposed of, the hosts that it reached are left. */
type Opened = Means & AsyncDisposable;

/** What a run that writes remembers, and whether it only says what it would do. */
type Changes = { readonly stateDir: string; readonly dryRun: boolean };

/** To read the places of a route; a host that is both ends is let in as the source. */
export function meansToRead(source: Location, flags: AccessFlags, stage: Stage): Opened {
  return means(source, flags, { wantsShell: false, changes: undefined }, stage);
}

/** The same, to move or compare what is there: with programs of the host, where it lets us run some. */
export function meansToMove(source: Location, flags: AccessFlags, stage: Stage, changes?: Changes): Opened {
  return means(source, flags, { wantsShell: true, changes }, stage);
}

function means(
  source: Location,
  flags: AccessFlags,
  { wantsShell, changes }: { readonly wantsShell: boolean; readonly changes: Changes | undefined },
  { report, control }: Stage,
): Opened {
  const { signal } = control;
  const secrets = { source: secretsOf('source', flags), dest: secretsOf('dest', flags) };
  const accessOf = (place: SshPlace) => {
    const end = source.kind === 'ssh' && isSameHost(place, source) ? 'source' : 'dest';
    return accessWith(secrets[end].password, flags, control);
  };
  const webAccessOf = (place: HttpPlace, end: EndName) => webAccess(place, secrets[end]);
  const warn = (message: string, hint?: string) => report({ type: 'warning', message, hint });
  const s3AccessTo = s3AccessOf(flags, { ...changes, warn });
  const how = { wantsShell, webAccessOf, s3AccessOf: s3AccessTo, rclone: ownRclone() };
  return { report, control, ...createOpener(accessOf, how, signal) };
}

function isSameHost(a: SshPlace, b: SshPlace): boolean {
  return a.host === b.host && a.user === b.user && a.port === b.port;
}

function accessWith(password: string | undefined, flags: AccessFlags, control: Control): Access {
  const ask = terminal(control.signal);
  return {
    password,
    ask: ask && ((...question) => control.asked(ask(...question))),
    acceptNewHostKeys: flags.acceptNewHostKeys ?? false,
    home: homeOfUser(),
    userName: nameOfUser(),
    agentSocket: process.env.SSH_AUTH_SOCK || undefined,
    variable: (name) => process.env[name],
  };
}

function secretsOf(end: keyof typeof ends, flags: AccessFlags): WebSecrets {
  const file = flags[`${end}PasswordFile`];
  const given = taken(ends[end]);
  return {
    user: taken(`${stems[end]}_USER`),
    password: file === undefined ? given : fromFile(textOfWord(file), `--${end}-password-file`),
    token: taken(`${stems[end]}_TOKEN`),
  };
}

/** Its first line. */
function fromFile(path: string, flag: string): string {
  return secretFile(path, flag).toString('utf8').split(/\r?\n/, 1)[0]!;
}
