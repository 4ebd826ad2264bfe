import { formatLocation } from '../../location/format.ts';
import type { Location } from '../../location/location.ts';
import type { Analysis } from '../../plan/analysis.ts';
import type { Profile } from '../../profile/profile.ts';
import { jsonLine } from '../../report/json.ts';
import { lookOf } from '../voice/look.ts';
import type { Stage } from '../voice/voice.ts';

type Ends = { readonly source: Location; readonly dest: Location | undefined };

/** Prints what was found, as a picture or as one JSON object. */
export async function draw(
  analysis: Analysis<Profile>,
  { source, dest }: Ends,
  { printer, json }: Stage,
): Promise<void> {
  if (json) {
    printer.result(jsonLine('analysis', analysis));
    return;
  }
  const { renderAnalysis } = await import('../../report/picture.ts');
  const ends = { source: formatLocation(source), dest: dest && formatLocation(dest) };
  printer.result(renderAnalysis(analysis, { ...lookOf(process.stdout), ...ends }));
}
