import { exitCodes, TransferError } from '../../errors.ts';
import { formatLocation } from '../../location/format.ts';
import type { Location } from '../../location/location.ts';
import { parentOf } from '../../location/parent.ts';
import { ls } from '../../ls.ts';
import { jsonLine, pathFields } from '../../report/json.ts';
import { sentence } from '../../report/sentences.ts';
import { show } from '../../report/show.ts';
import type { Entry, Unlisted } from '../../store/entry.ts';
import type { OpenStore } from '../../store/open.ts';
import { below, itself } from '../../store/path.ts';
import type { Stage } from '../voice/voice.ts';
import { allInFull } from './in-full.ts';
import { entryJson, entryLine } from './line.ts';

type How = { readonly recursive: boolean; readonly long: boolean };

/** Prints what is in a place, and returns the exit code: partial where something could not be listed. */
export async function sayPlace(
  place: Location,
  open: OpenStore,
  { recursive, long }: How,
  stage: Stage,
): Promise<number> {
  const { printer, json, control } = stage;
  const { signal } = control;
  await using opened = await open(place, 'source');
  await using whole = await opened.withManifest?.(signal);
  const store = whole ?? opened;
  const say = async (entry: Entry, name: string) => {
    const target = entry.kind === 'symlink' ? await store.readLink?.(entry.path, signal) : undefined;
    printer.result(json ? entryJson(entry, target) : entryLine(entry, name, target, long));
  };
  const found = await store.stat(itself, signal);
  if (!found) throw new TransferError('usage', `there is no ${formatLocation(place)}`);
  if (found.kind !== 'directory') {
    const entry =
      (found.kind === 'file' && !found.print && (await inDirectory(place, open, signal))) || found;
    await say(entry, formatLocation(place));
    return exitCodes.done;
  }
  let exitCode: number = exitCodes.done;
  const listing = ls(store, itself, { recursive }, signal);
  for await (const listed of long ? allInFull(listing, store, signal) : listing) {
    if (listed.kind !== 'unlisted') await say(listed, show(listed.path));
    else exitCode = sayUnlisted(listed, stage);
  }
  return exitCode;
}

/** Of a file that was named some places tell nothing but to who opens the directory that it is in. */
async function inDirectory(
  place: Location,
  open: OpenStore,
  signal: AbortSignal,
): Promise<Entry | undefined> {
  const above = parentOf(place);
  const path = above && below(itself, above.name);
  if (!path) return undefined;
  await using store = await open(above.place, 'source');
  const found = await store.stat(path, signal);
  return found && { ...found, path: itself };
}

function sayUnlisted({ path, error: { kind, message, hint } }: Unlisted, { printer, json }: Stage): number {
  if (json) printer.result(jsonLine('failed', { ...pathFields(path), kind, message, hint }));
  else printer.notice(sentence(message, hint));
  return exitCodes.partial;
}
