/** What rsync could not do with an entry, as every other engine says it. */
import { type Doing, fault } from '../../../store/local/fault.ts';

/** By what rsync's own sentence begins with, which no name of an entry can. */
const deeds: readonly (readonly [Doing, RegExp])[] = [
  ['read', /^(send_files failed to open |readlink_stat\(|link_stat |opendir |read errors mapping )/],
  ['set metadata of', /^(failed to set |failed to modify |chown |chgrp |set_file_attrs)/],
  ['make', /^((recv_generator: )?mkdir |symlink |mknod )/],
  ['link', /^link /],
  [
    'write',
    /^(mkstemp |rename |write failed on |open |close failed on |fsync failed on |ftruncate failed on )/,
  ],
];

export type InOurWords = { readonly message: string; readonly hint: string | undefined };

/** Undefined for what is not known here, or says no number: rsync's own words tell more then. */
export function inOurWords(bare: string, errno: number): InOurWords | undefined {
  const doing = deeds.find(([, begins]) => begins.test(bare))?.[0];
  if (errno === 0 || doing === undefined) return undefined;
  const { message, kind, hint } = fault(nameless, errno, doing);
  return { message, hint: kind === 'full' ? undefined : hint };
}

const nameless = new Uint8Array(0);
