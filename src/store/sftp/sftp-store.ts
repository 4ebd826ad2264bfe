/**
 * A directory, or one file, on a server that speaks SFTP version 3, in raw bytes. Times are whole seconds; neither
 * inodes nor link counts are told. A symlink on the way to an entry is looked for before each step, since SFTP has
 * no way to open without following one.
 */
import type { Store } from '../store.ts';
import { bodyOf } from './body.ts';
import { type Contact, createContact, type SftpPlace } from './contact.ts';
import { lookKey } from './entry.ts';
import type { Reach } from './fault.ts';
import { createFresh } from './fresh.ts';
import { createLeftOpen } from './left-open.ts';
import { list } from './list.ts';
import { lookAtEntry, readLink, survey } from './look.ts';
import { dress, makeDirectory, makeLink, makeSymlink, remove } from './make.ts';
import { partsOf, rangeBytes, stepBytes } from './parts.ts';
import type { Survey } from './shell/view.ts';
import { writeFile } from './write.ts';

export type SftpStore = Store & {
  /** What the place is called and looks like. */
  readonly survey: (signal: AbortSignal) => Promise<Survey>;
};

/** Connects at once, to know what the server can do; later again whenever the connection broke. */
export async function openSftpStore(place: SftpPlace, signal: AbortSignal): Promise<SftpStore> {
  const contact = createContact(place);
  const seen = { left: createLeftOpen(), files: createFresh(lookKey) };
  const { sftp } = await firstReach(contact, signal);
  return {
    list: (dir, on) => list(contact, dir, on),
    stat: (path, on) => lookAtEntry(contact, seen, path, on),
    read: (file) => bodyOf(contact, seen, file),
    write: (path, body, how, on) => writeFile(contact, path, body, how, on),
    remove: (path, on) => remove(contact, path, on),
    canonical: async (on) => (await survey(contact, on)).path,
    survey: (on) => survey(contact, on),
    makeDirectory: (path, metadata, on) => makeDirectory(contact, path, metadata, on),
    makeSymlink: (path, target, metadata, on) => makeSymlink(contact, { path, target, metadata }, on),
    readLink: (path, on) => readLink(contact, path, on),
    ...(sftp.link && { makeLink: (path, existing, on) => makeLink(contact, { path, existing }, on) }),
    dress: (path, metadata, on) => dress(contact, path, metadata, on),
    parts: partsOf(contact),
    rangeBytes,
    stepBytes,
    expectMuch: () => contact.widen(),
    timeStepNs: 1_000_000_000,
    timeEnds: { earliest: 0, latest: 0xffffffff },
    [Symbol.asyncDispose]: () => contact[Symbol.asyncDispose](),
  };
}

async function firstReach(contact: Contact, signal: AbortSignal): Promise<Reach> {
  try {
    return await contact.reachToLook(signal);
  } catch (error) {
    await contact[Symbol.asyncDispose]();
    throw error;
  }
}
