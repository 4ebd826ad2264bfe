/** An opened prefix of a bucket, as all that is done there sees it. */
import type { Budget } from '../../work/budget.ts';
import type { RelativePath } from '../path.ts';
import type { Uploads } from './access.ts';
import type { Conditions } from './conditions.ts';
import { type Page, pageOf } from './listing/listing.ts';
import type { Lanes } from './listing/pages.ts';
import type { Opening } from './opening.ts';
import type { Root } from './root.ts';
import type { Seen } from './seen.ts';
import { must } from './service/fault.ts';
import type { Ask, Service, Whole } from './service/service.ts';
import type { PartSums } from './sums/part-sums.ts';
import type { Sums } from './sums/sums.ts';
import type { Spare } from './upload/spare.ts';

export type S3 = {
  readonly service: Service;
  readonly root: Root;
  readonly conditions: Conditions;
  readonly opening: Opening;
  /** directories that were seen a moment ago: where to look first */
  readonly seen: Seen;
  readonly lanes: Lanes;
  /** for bytes that are held until they are sent */
  readonly memory: Budget;
  /** for bytes that come at once */
  readonly coming: Budget;
  readonly spare: Spare;
  readonly uploads: Uploads | undefined;
  readonly sums: Sums;
  readonly partSums: PartSums;
};

type Doing = 'list' | 'look at' | 'read' | 'write' | 'remove';

/** Asks, and says what could not be done to which entry. */
export function askFor(
  { service, root }: Pick<S3, 'service' | 'root'>,
  doing: Doing,
  path: RelativePath,
  ask: Ask,
  signal: AbortSignal,
): Promise<Whole> {
  return must(service.ask(ask, signal), () => `${doing} ${root.show(path)}`);
}

/** One page of a listing, likewise. */
export function askForPage(
  { service, root }: Pick<S3, 'service' | 'root'>,
  doing: Doing,
  path: RelativePath,
  wanted: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<Page> {
  const query = { 'list-type': '2', 'encoding-type': 'url', ...wanted };
  const asked = service.ask({ method: 'GET', key: '', query }, signal).then(({ body }) => pageOf(body));
  return must(asked, () => `${doing} ${root.show(path)}`);
}
