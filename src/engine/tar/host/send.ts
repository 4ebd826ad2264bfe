/**
 * Packs a batch on the other side: names on stdin, a tar stream on stdout. What vanished or cannot be read is missing
 * in it, and the exit code is not 0: then the caller looks at what he asked for again, and says to `commit` what is not
 * as it was listed. 40 says that the root could not be entered. A tar that does not notice a change (`noticesChanges`)
 * makes him do so always.
 */

import { forCd } from '../../../work/sh.ts';
import { compressed, type Squeeze } from '../squeeze/squeeze.ts';
import { type FarTools, type TarAbilities, tarOf } from './probe.ts';
import { oneLine, type Script } from './script.ts';

export type SendHow = {
  readonly root: Uint8Array;
  readonly tools: FarTools;
  readonly squeeze: Squeeze;
  /** whole seconds will do for times: then fewer files need more than a plain header, where its tar can do so */
  readonly onlySeconds?: boolean;
};

export function send({ root, tools, squeeze, onlySeconds = false }: SendHow): Script {
  const tar = tarOf(tools);
  const words = `${packWords(tar, onlySeconds)} ${tar.paxOptions ? atOnce : ''} -f -`;
  const pack = tar.nulList ? `tar -c ${words} --null -T -` : `xargs -0 tar -c ${words}`; // several streams one after the other
  return {
    script: oneLine(`export LC_ALL=C; unset CDPATH; cd -P "$1" || exit 40;
      ${squeeze === 'none' ? `exec ${pack}` : compressed(pack, squeeze)}`),
    args: [forCd(root)],
  };
}

/** What goes to its stdin: paths from the root on. */
export function sendList(paths: Iterable<Uint8Array>): Uint8Array {
  const words: Uint8Array[] = [];
  for (const path of paths) words.push(here, path, nul);
  return Buffer.concat(words);
}

/** Whether its tar says by its exit code that a file changed while it was read. */
export function noticesChanges({ tar }: FarTools): boolean {
  return tar?.paxOptions === true;
}

/** GNU's writes 32 KiB at a time, as SSH sends them, not 10; it fills up the last ones with zeros. */
const atOnce = '-b 64';
const here = Buffer.from('./');
const nul = Buffer.alloc(1);

/** What makes a tar tell all that it can of an entry. */
export function packWords(tar: TarAbilities, onlySeconds: boolean): string {
  const words: string[] = [];
  if (tar.paxOptions)
    words.push('--format=pax', `--pax-option=delete=atime,delete=ctime${onlySeconds ? ',delete=mtime' : ''}`);
  else if (tar.pax) words.push('--format=pax');
  if (tar.noRecursion) words.push('--no-recursion');
  if (tar.noReadSparse) words.push('--no-read-sparse');
  if (tar.xattrsInclude) words.push('--xattrs', '"--xattrs-include=*"');
  else if (tar.xattrs && tar.acls) words.push('--xattrs', '--acls');
  return words.join(' ');
}
