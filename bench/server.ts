/** An nginx of our own over one directory. */
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';

export type Server = Disposable & { readonly url: string };

/** `under` is what runs a program where the server is to be, `from` where it is reached. Undefined without nginx. */
export function startServer(
  work: string,
  root: string,
  at: { readonly address: string; readonly under: readonly string[]; readonly from: readonly string[] },
): Server | undefined {
  if (spawnSync('nginx', ['-v'], { stdio: 'ignore' }).status !== 0) return undefined;
  const home = join(work, 'nginx');
  const port = 22_404;
  fs.mkdirSync(home, { recursive: true });
  fs.writeFileSync(join(home, 'conf'), settings(home, root, `${at.address}:${port}`));
  const [program, ...args] = [
    ...at.under,
    'nginx',
    '-p',
    home,
    '-c',
    join(home, 'conf'),
    '-e',
    join(home, 'log'),
  ];
  execFileSync(program!, args, { stdio: 'ignore' });
  const url = `http://${at.address}:${port}/`;
  waitFor([...at.from, 'curl', '-sfI', url]);
  return {
    url,
    [Symbol.dispose]: () => {
      process.kill(Number(fs.readFileSync(join(home, 'pid'), 'utf8')));
      fs.rmSync(home, { recursive: true, force: true });
    },
  };
}

function settings(home: string, root: string, listens: string): string {
  const temps = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (kind) => `${kind}_temp_path ${home}/${kind};`,
  );
  const user = process.geteuid!() === 0 ? 'user root;' : '';
  return `${user} worker_processes 2; pid ${home}/pid; events { worker_connections 512; }
    http { ${temps.join(' ')} access_log off; sendfile on; keepalive_requests 100000;
      server { listen ${listens}; root ${root}; location / { autoindex on; } } }`;
}

function waitFor([program, ...args]: readonly string[]): void {
  for (let tries = 0; tries < 50; tries++) {
    if (
      spawnSync('sh', ['-c', '"$@" >/dev/null || { sleep 0.1; false; }', 'sh', program!, ...args]).status ===
      0
    )
      return;
  }
  throw new Error('nginx does not answer');
}
