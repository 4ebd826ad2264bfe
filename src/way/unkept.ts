/** What is said of a way before it is gone: what may be at its source, and is not carried. */

import { keepsAttributes, tarOf } from '../engine/tar/host/probe.ts';
import { inWords } from '../report/in-words.ts';
import type { TransferRequest } from '../request.ts';
import type { Between } from './between.ts';
import { answerOf } from './far-tools.ts';

/** What batches carry; without batches nothing. */
export type Carrying = {
  readonly attributes: boolean;
  readonly fractions: boolean;
  /** the end that they go to is what keeps no attributes */
  readonly isLostThere: boolean;
};

/** What the tars of both ends tell and keep. */
export async function carriedBy({ source, dest }: Between): Promise<Carrying> {
  const [from, to] = (await Promise.all([answerOf(source.store), answerOf(dest.store)])).map(
    (place) => place && tarOf(place.tools),
  );
  const isLostThere = to !== undefined && !keepsAttributes(to);
  return {
    attributes: !isLostThere && (from === undefined || keepsAttributes(from)),
    fractions: [from, to].every((tar) => tar === undefined || tar.pax),
    isLostThere,
  };
}

/** Stores tell nothing of attributes, which batches carry with what they make; an SFTP server not of links either. */
export function unkeptOf(
  { preserve }: TransferRequest,
  { source, dest }: Between,
  carrying: Carrying | undefined,
  { isCounted, areHeld }: Record<'isCounted' | 'areHeld', boolean>,
): string | undefined {
  const isBare = source.kind === 'http' || (source.kind === 's3' && dest.kind !== 'cloud');
  if (isBare) return undefined; // there is nothing of it
  const isFar = source.kind === 'ssh';
  const isCloud = source.kind === 'cloud' || dest.kind === 'cloud';
  const ofDirectories = isCloud && (preserve.mode || preserve.owner || preserve.times);
  const attributes = [
    preserve.xattrs && !areHeld && 'extended attributes',
    preserve.acls && !areHeld && 'access control lists',
  ];
  const others = isCounted ? ',' : ' of large files, of files with several names, and';
  const some = carrying?.attributes && inWords(attributes); // not of all that is carried
  const words = [
    ((isFar && !source.store.linkOf) || isCloud) && preserve.hardlinks && 'hard links',
    dest.store.ownTimes === true && preserve.times && 'times',
    ofDirectories && 'the metadata of directories',
    (carrying ? !carrying.fractions : isFar) && preserve.times && 'fractions of seconds',
    ...(some ? [`${some}${others} where nothing else changed,`] : attributes),
  ];
  return inWords(words) || undefined;
}
