// Imported for what it does, and before peers are looked for: no test sees what the person who runs it has configured, for us or for rclone, AWS or SSH.
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const configured =
  /^(RCLONE_|AWS_|XDG_|RSYNC_|SSH_ASKPASS|DIFPIPE_(STATE_DIR|DEBUG)$|NO_COLOR$|(https?|all|no)_proxy$|(HTTPS|ALL|NO)_PROXY$)/;

/** The environment as it was, for what tests get from the person's own directories. */
export const before = { ...process.env };

for (const name of Object.keys(process.env)) if (configured.test(name)) delete process.env[name];

const home = fs.mkdtempSync(join(tmpdir(), 'difpipe-home-'));
process.env.HOME = home;
process.once('exit', () => fs.rmSync(home, { recursive: true, force: true }));
