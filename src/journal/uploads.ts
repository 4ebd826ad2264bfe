/**
 * Uploads that this machine began at services and has not seen end: one small file for each, written before the service
 * is asked to begin it, so that a kill in between leaves a trace. What is not there is not ours, as far as this tells.
 * Written without syncing: a power cut may lose the trace of an upload of its last seconds.
 */
import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join, resolve } from 'node:path';
import { makeDirectories } from '../work/make-directories.ts';
import { removeFile } from '../work/remove-file.ts';
import { faultIn } from './file/fault.ts';
import { type Holder, isAlive, thisHolder } from './holder.ts';
import { kept } from './kept.ts';

type Where = { readonly service: string; readonly bucket: string };

export type UploadNote = Where & {
  readonly key: string;
  /** undefined: the answer never came, and there may be no upload */
  readonly id: string | undefined;
  readonly sinceMs: number;
  readonly holder: Holder;
  /** of the file that it is in */
  readonly path: string;
};

export type UploadBook = {
  readonly intend: (where: Where & { readonly key: string }) => Intent;
  readonly ended: (where: Where & { readonly id: string }) => void;
};

type Intent = { readonly began: (id: string) => void; readonly refused: () => void };

export function uploadBook(stateDir: string): UploadBook {
  const dir = bookDir(stateDir);
  return {
    intend(where) {
      const note = { ...where, sinceMs: Date.now(), holder: thisHolder() };
      const intent = join(dir, `${randomBytes(16).toString('hex')}.json`);
      makeDirectories(dir);
      write(intent, note);
      return {
        began(id) {
          write(pathOf(dir, { ...where, id }), { ...note, id });
          removeFile(intent);
        },
        refused: () => removeFile(intent),
      };
    },
    ended: (where) => removeFile(pathOf(dir, where)),
  };
}

/** All that are not known to have ended. What cannot be read as one is passed over. */
export function uploadNotes(stateDir: string): UploadNote[] {
  const dir = bookDir(stateDir);
  try {
    const names = fs.readdirSync(dir).filter((name) => /^[0-9a-f]{32}\.json$/.test(name));
    return names.flatMap((name) => readNote(join(dir, name)) ?? []);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw faultIn(dir, error);
  }
}

/** Whether the process that began it still runs. */
export function isUnderWay({ holder }: UploadNote): boolean {
  return isAlive(holder);
}

export function dropNote({ path }: UploadNote): void {
  removeFile(path);
}

function bookDir(stateDir: string): string {
  return join(resolve(stateDir), kept.uploads);
}

function pathOf(dir: string, { service, bucket, id }: Where & { readonly id: string }): string {
  const hash = createHash('sha256').update(`${service}\0${bucket}\0${id}`).digest('hex');
  return join(dir, `${hash.slice(0, 32)}.json`);
}

function write(path: string, note: object): void {
  fs.writeFileSync(path, JSON.stringify(note), { mode: 0o600 });
}

function readNote(path: string): UploadNote | undefined {
  try {
    const note = JSON.parse(fs.readFileSync(path, 'utf8')) as UploadNote;
    const { service, bucket, key, sinceMs, holder } = note;
    const isOne = [service, bucket, key].every((word) => typeof word === 'string') && sinceMs > 0 && holder;
    return isOne ? { ...note, id: note.id, path } : undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof SyntaxError || code === 'ENOENT') return undefined; // half written, or gone by now
    throw error;
  }
}
