import type { Shell } from '../shell.ts';
import type { Store } from '../store.ts';

const script = 'cd -P -- "$1" && setfacl -bk .';

/**
 * Makes the place without the ACLs that the directory above gives it, before they pass to what is made in it. Where there is
 * no setfacl they stay.
 */
export function makingBare(
  { run, root }: Pick<Shell, 'run' | 'root'>,
  { makeDirectory }: Pick<Store, 'makeDirectory'>,
): Pick<Store, 'makeDirectory'> {
  if (!makeDirectory) return {};
  return {
    async makeDirectory(path, metadata, signal) {
      const unkept = await makeDirectory(path, metadata, signal);
      if (path.length > 0) return unkept;
      await using dropping = await run(script, [root], signal, { readsNothing: true });
      await dropping.ended;
      return unkept;
    },
  };
}
