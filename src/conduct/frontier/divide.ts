/** A bundle in two, so that another lane can work on it too. */
import { type Bundle, halvesOf } from '../../profile/bundle.ts';

/** The second is the share of one of so many, of names in one directory a half; undefined when there is only one name in it. */
export function divide(bundle: Bundle, sharers = 2): readonly [Bundle, Bundle] | undefined {
  if (namesIn(bundle.names) < 2) return undefined;
  const share = bundle.names.length / (bundle.what === 'trees' ? sharers : 2);
  const middle = bundle.names.indexOf(0, Math.floor(bundle.names.length - share) - 1) + 1;
  const cut =
    middle < bundle.names.length ? middle : bundle.names.lastIndexOf(0, bundle.names.length - 2) + 1;
  const names = bundle.names;
  const count = namesIn(names.subarray(0, cut));
  const [first, second] = halvesOf(bundle.slice);
  return [
    { ...bundle, names: names.slice(0, cut), fresh: part(bundle, 0, count), slice: first },
    { ...bundle, names: names.slice(cut), fresh: part(bundle, count, undefined), slice: second },
  ];
}

function part(bundle: Bundle, from: number, to: number | undefined): Uint8Array | undefined {
  return bundle.what === 'trees' ? bundle.fresh?.slice(from, to) : bundle.fresh;
}

export function namesIn(packed: Uint8Array): number {
  let count = 0;
  for (const byte of packed) if (byte === 0) count++;
  return count;
}
