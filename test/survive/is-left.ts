import * as fs from 'node:fs';
import { listRuns } from '../../src/journal/list.ts';

/** Whether the last run can be gone on with. */
export function isLeft({ state }: { readonly state: string }): boolean {
  return fs.existsSync(state) && listRuns(state).runs[0]?.state === 'stopped';
}
