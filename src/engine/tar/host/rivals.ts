/**
 * What a rival wrote on the other side since somebody looked there keeps its name. What may be replaced is told with what it
 * looked like then, and one `stat` says of a whole list what it looks like now; where that differs, each is looked at alone.
 */
import type { FarTools } from './probe.ts';
import { oneLine } from './script.ts';

const formats = { c: '%s,%Y', f: '%z,%m' } as const;

/** Of the list `$list`; "$6" is `each`. */
export function leaveTaken({ stat }: FarTools): string {
  if (!stat) return '';
  const now = `xargs -0 stat -${stat} ${formats[stat]} <"was/$list" 2>/dev/null`;
  return `if [ -f "was/$list" ]; then
    [ "$(${now})" = "$(cat "looks/$list")" ] || xargs -0 sh -c "$6" sh <"was/$list" 3<"looks/$list";
  fi;`;
}

/** Takes out what would replace another one than it may, but for what a try of ours before this one put there. */
export function leaveEach({ stat }: FarTools): string {
  if (!stat) return '';
  const look = `stat -${stat} ${formats[stat]}`;
  return oneLine(`
    for path do
      read -r was <&3;
      now=$(${look} "$path" 2>/dev/null);
      case $now in ""|"$was") continue;; esac;
      name=./\${path%%/*}/\${path##*/};
      if [ "$now" = "$(${look} "$name" 2>/dev/null)" ]; then continue; fi;
      rm -f "$name"; printf "left\\0%s\\0" "\${name#./}";
    done`);
}
