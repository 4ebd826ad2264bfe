/** Whether a place of a host is the directory still that it was when it was opened: somebody may move it, or unmount its disk. */
import { nobody, type Shell } from '../../shell.ts';
import { lineageIn, sayLineage } from './lineage.ts';
import { viewWords } from './view.ts';
import { beginning } from './what-shell.ts';

const nothing = new Uint8Array(0);

/** What was heard is of then: who compares goes on for long without a sync. */
const freshMs = 5000;

/** Nothing where the host does not tell directories apart. */
export function stillThere({
  run,
  root,
  lineage,
}: Pick<Shell, 'run' | 'root' | 'lineage'>): Pick<Shell, 'isStill' | 'heardPlace'> {
  if (!lineage) return {};
  let untilMs = 0;
  const ask = async (signal: AbortSignal) => {
    await using asked = await run(sayLineage, [nothing, ...viewWords(root)], signal, { readsNothing: true });
    const now = lineageIn(await beginning(asked.stdout));
    const { code } = await asked.ended;
    return code !== 0 || isSame(lineage, now);
  };
  const heardPlace = (said: string) => {
    untilMs = isSame(lineage, lineageIn(said)) ? performance.now() + freshMs : 0;
  };
  return { heardPlace, isStill: async (signal) => performance.now() < untilMs || ask(signal) };
}

/** Of one that was not there, it is the directory above it that is compared. */
function isSame(then: readonly string[], now: readonly string[] = [nobody]): boolean {
  if (now[0] === nobody) return false;
  return then[0] === nobody ? then[1] === now[1] : then[0] === now[0];
}
