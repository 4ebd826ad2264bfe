/** Trees whose entries have attributes and ACLs, and hosts that lack programs for them. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { place } from '../survive/ground.ts';
import { far } from './ground.ts';

/** Large files and files of several names, with attributes, ACLs, and without; awkward names; rights that hinder. */
export const make = `
  mkdir -p 'a dir/sub'; cd 'a dir'
  for name in plain xattr acl both 'odd \\a name' read-only; do head -c 1100000 /dev/urandom >"$name"; done
  head -c 1100000 /dev/urandom >'new
line '
  setfattr -n user.one -v 1 xattr both 'odd \\a name' read-only 'new
line '
  setfattr -n user.long -v "$(head -c 2000 /dev/zero | tr '\\0' x)" both
  setfattr -n 'user.a=b%c' -v 0x00ff0a00 xattr
  setfacl -m u:1234:rw,g:77:r,m::rwx acl both
  chmod 444 read-only; chmod 4751 both
  echo several >small; ln small sub/again; setfattr -n user.small -v yes small; setfacl -m u:99:r small
  ln both sub/large; echo one >alone; setfattr -n user.small -v alone alone
  echo bare >bare; ln bare sub/bare
  setfacl -d -m u:77:rwx,g:5:r . sub
  head -c 1100000 /dev/urandom >../top; setfattr -n user.top -v 1 ../top
  touch -d @1000 * sub ../top .`;

/** A host on which these programs do this. */
export async function farWith(programs: Readonly<Record<string, string>>) {
  const tools = place();
  for (const [name, script] of Object.entries(programs))
    fs.writeFileSync(join(tools.path, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  const here = await far({
    options: [`ForceCommand PATH=${tools.path}:$PATH exec sh -c "$SSH_ORIGINAL_COMMAND"`],
  });
  return {
    ...here,
    tools: tools.path,
    [Symbol.asyncDispose]: async () => {
      await here[Symbol.asyncDispose]();
      tools[Symbol.dispose]();
    },
  };
}
