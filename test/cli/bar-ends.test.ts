import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { program } from '../built.ts';
import { give, scripted } from '../http/scripted.ts';
import { needs } from '../peer.ts';
import { environment } from './difpipe.ts';

test('on a terminal, analyze of a slow place draws a bar and comes to its end', {
  skip: needs('script'),
}, async () => {
  await using server = await scripted(async (request, response) => {
    if (request.url === '/d/') return list(response);
    await sleep(700);
    give({ content: Buffer.from('x') }, request, response);
  });
  const line = [...program, 'analyze', `${server.origin}/d/`].join(' ');
  const child = spawn('script', ['-qec', `exec timeout -k 1 20 ${line}`, '/dev/null'], {
    env: environment({ TERM: 'xterm', http_proxy: '', all_proxy: '', ALL_PROXY: '' }),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [received, [code]] = await Promise.all([
    child.stdout.setEncoding('utf8').toArray(),
    once(child, 'exit'),
  ]);
  assert.equal(code, 0, received.join(''));
  assert.match(received.join(''), /scanning.*Recommended/s);
  assert.doesNotMatch(received.join(''), /\[[#█]+\] {2}scanning/); // all that was found so far is done
});

function list(response: import('node:http').ServerResponse): void {
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end('<title>Index of /</title><a href="f">f</a>');
}
