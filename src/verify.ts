import type { Control } from './control.ts';
import { TransferError } from './errors.ts';
import type { Location } from './location/location.ts';
import type { Report } from './report/events.ts';
import type { VerifyRequest } from './request.ts';
export type VerifyResult = { readonly compared: number; readonly bytes: number; readonly differences: number };
export async function verify(_source: Location, _dest: Location, _request: VerifyRequest, _report: Report, _control: Control): Promise<VerifyResult> {
  throw new TransferError('unsupported', 'not yet');
}
