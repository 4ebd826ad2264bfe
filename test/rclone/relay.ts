// Run as rclone: starts the real one, and stands between it and whoever calls it. Arguments: it, where each call is told.
import { spawn } from 'node:child_process';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createInterface } from 'node:readline';

const [real, told, ...words] = process.argv.slice(2) as [string, string, ...string[]];
const child = spawn(real, words, { stdio: ['ignore', 'inherit', 'pipe'] });
process.on('SIGTERM', () => child.kill('SIGTERM'));
child.on('exit', (code) => process.exit(code ?? 1));

let port = 0;
const server = createServer(async (asked, answer) => {
  await fetch(`http://127.0.0.1:${told}${asked.url}`);
  const { method, url: path, headers } = asked;
  const onward = request({ port, method, path, headers }, (heard) => {
    answer.writeHead(heard.statusCode!, heard.headers);
    heard.pipe(answer);
  });
  onward.on('error', () => answer.destroy());
  asked.pipe(onward);
});
server.listen(0, '127.0.0.1', async () => {
  const own = (server.address() as AddressInfo).port;
  for await (const line of createInterface({ input: child.stderr! })) {
    const found = /(remote control on http:\/\/127\.0\.0\.1:)(\d+)/.exec(line);
    if (found) port = Number(found[2]);
    process.stderr.write(`${found ? line.replace(found[0], `${found[1]}${own}`) : line}\n`);
  }
});
