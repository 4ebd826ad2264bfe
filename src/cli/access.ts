/**
 * How the person proves who he is to the hosts of a route: passwords from the environment or a file, questions on the
 * terminal, an agent.
 */
import { readFileSync, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { type Command, Option } from 'commander';
import { TransferError } from '../errors.ts';
import type { Location, SshPlace } from '../location/location.ts';
import { createOpener, type Opener } from '../opener.ts';
import type { Access } from '../ssh/access.ts';
import { type S3Flags, s3AccessOf, s3Flags } from './s3-access.ts';
import { terminal } from './terminal.ts';
import { textOfWord } from './values.ts';

export type AccessFlags = S3Flags & {
  readonly acceptNewHostKeys?: boolean;
  readonly sourcePasswordFile?: string;
  readonly destPasswordFile?: string;
};

const ends = { source: 'DIFPIPE_SOURCE_PASSWORD', dest: 'DIFPIPE_DEST_PASSWORD' } as const;

export function accessFlags(command: Command, withDest = true): Command {
  command
    .optionsGroup('Hosts:')
    .addOption(
      new Option(
        '--accept-new-host-keys',
        'take and remember the key of a host that is new, never a changed one',
      ),
    )
    .addOption(
      new Option('--source-password-file <file>', `read it from there, mode 0600 (also ${ends.source})`),
    );
  if (withDest)
    command.addOption(
      new Option('--dest-password-file <file>', `read it from there, mode 0600 (also ${ends.dest})`),
    );
  return s3Flags(command);
}

/** Opens the places of a route to be read; a host that is both ends is let in as the source. */
export function openerFor(source: Location, flags: AccessFlags, signal: AbortSignal): Opener {
  return openerWith(source, flags, false, signal);
}

/** The same, to move what is there. */
export function moverFor(source: Location, flags: AccessFlags, signal: AbortSignal): Opener {
  return openerWith(source, flags, true, signal);
}

function openerWith(source: Location, flags: AccessFlags, wantsShell: boolean, signal: AbortSignal): Opener {
  const access = { accessOf: accessOf(source, flags, signal), s3AccessOf: s3AccessOf(flags) };
  return createOpener(access, { wantsShell }, signal);
}

function accessOf(source: Location, flags: AccessFlags, signal: AbortSignal): (place: SshPlace) => Access {
  const secrets = { source: secretOf('source', flags), dest: secretOf('dest', flags) };
  return (place) => {
    const end = source.kind === 'ssh' && isSameHost(place, source) ? 'source' : 'dest';
    return accessWith(secrets[end], flags, signal);
  };
}

function isSameHost(a: SshPlace, b: SshPlace): boolean {
  return a.host === b.host && a.user === b.user && a.port === b.port;
}

function accessWith(password: string | undefined, flags: AccessFlags, signal: AbortSignal): Access {
  return {
    password,
    ask: terminal(signal),
    acceptNewHostKeys: flags.acceptNewHostKeys ?? false,
    home: homedir(),
    userName: userInfo().username,
    agentSocket: process.env.SSH_AUTH_SOCK || undefined,
  };
}

/** Taken out of the environment, so that no program that is started for us inherits it. */
function secretOf(end: keyof typeof ends, flags: AccessFlags): string | undefined {
  const file = flags[`${end}PasswordFile`];
  const given = process.env[ends[end]];
  delete process.env[ends[end]];
  return file === undefined ? given || undefined : fromFile(textOfWord(file), `--${end}-password-file`);
}

/** Its first line. */
function fromFile(path: string, flag: string): string {
  try {
    if ((statSync(path).mode & 0o077) !== 0) throw tooOpen(path);
    return readFileSync(path, 'utf8').split(/\r?\n/, 1)[0]!;
  } catch (cause) {
    if (cause instanceof TransferError) throw cause;
    throw new TransferError(
      'usage',
      `cannot read the file of ${flag}: ${(cause as NodeJS.ErrnoException).code}`,
      {
        cause,
      },
    );
  }
}

function tooOpen(path: string): TransferError {
  return new TransferError('refused', `others may read the password in ${path}`, { hint: 'chmod 600 it' });
}
