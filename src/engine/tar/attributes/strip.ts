/** Takes attributes away from what is on a host, by their names. Whether they are gone is asked afterwards, by who wants to know. */
import { type FarAttributes, isAcl } from '../../../store/attributes.ts';
import { type RelativePath, splitPath } from '../../../store/path.ts';
import { inGroups } from '../../../work/in-groups.ts';
import { forCd } from '../../../work/sh.ts';
import type { FarPlace } from '../far-place.ts';
import { asItIs, ask } from '../host/exchange.ts';
import type { FarTools } from '../host/probe.ts';
import { entering, octal, oneLine, type Script } from '../host/script.ts';
import { fetchAgain } from '../host/send-again.ts';

/** Whether programs there can do it: with setfacl alone, they can where it is an ACL. */
export function stripsAttributes({ setfacl, setfattr }: FarTools): boolean {
  return setfacl || setfattr;
}

type Order = { readonly path: RelativePath; readonly names: readonly string[] };

const groups = { atOnce: 4, most: { count: 500, bytes: 1 }, bytesOf: () => 0 };

export function createStrips(
  { root, run, tools }: FarPlace,
  how: { readonly retries: number },
): NonNullable<FarAttributes['strip']> {
  const strip = inGroups(async (group: readonly Order[], signal) => {
    const input = group.map((order) => lineOf(order, tools));
    await fetchAgain(() => ask(run, script(root), { ...asItIs, input }, signal), how, signal);
    return () => undefined;
  }, groups);
  return (path, names, signal) => strip({ path, names }, signal);
}

/** `x` and the name of an attribute, or the letter of what setfacl takes away. */
function lineOf({ path, names }: Order, { setfattr }: FarTools): Uint8Array {
  const { dir, name } = splitPath(path);
  const place = [Buffer.concat([Buffer.from('./'), dir]), Buffer.concat([Buffer.from('./'), name])];
  const words = names.map((one) =>
    setfattr ? `x${octal(Buffer.from(one, 'latin1'))}` : isAcl(one) ? letterOf(one) : '',
  );
  return Buffer.from(`${[...place.map(octal), ...words].join(' ')}\n`);
}

/** The first takes the other one away, too: a directory that is to have it gets it afterwards. */
function letterOf(name: string): 'b' | 'k' {
  return name.endsWith('_access') ? 'b' : 'k';
}

function script(root: Uint8Array): Script {
  return {
    script: oneLine('export LC_ALL=C; unset CDPATH; cd -P "$1" || exit 40; exec sh -c "$2" sh 2>/dev/null'),
    args: [forCd(root), Buffer.from(stripping)],
  };
}

const stripping = `${entering}
strip() {
  enter "$1" || return
  bytes "$2"; name=$made; shift 2
  [ -h "$name" ] && return
  [ -d "$name" ] || [ -w "$name" ] || chmod u+w "$name"
  for what do
    case $what in
      x*) bytes "\${what#x}"; setfattr -h -x "$made" -- "$name";;
      *) setfacl "-$what" -- "$name";;
    esac
  done
}
while read -r line; do (strip $line) </dev/null; done
exit 0`;
