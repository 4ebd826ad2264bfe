import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { give, scripted } from '../http/scripted.ts';
import { needs } from '../peer.ts';
import { failures } from '../survive/program.ts';
import { ground } from './ground.ts';
import { programs } from './remotes.ts';

// What rclone passes over in its lists, whole as they look, is missing at the destination.

describe('what rclone leaves out of its lists is named', { skip: needs('rclone', 'current-rclone') }, () => {
  for (const [name, program] of Object.entries(programs)) {
    test(`what the password of a remote does not open, with ${name}`, async () => {
      await using here = ground(program);
      fs.mkdirSync(join(here.source, 'd'));
      for (const file of ['one', 'd/two']) fs.writeFileSync(join(here.source, file), file);
      await here.runTo(0, ['transfer', here.source, 'secret:']);
      const other = execFileSync(program, ['obscure', 'wrong horse'], { encoding: 'utf8' });
      fs.appendFileSync(
        here.config,
        `[other]\ntype = crypt\nremote = ${here.path}/crypt\npassword = ${other}`,
      );
      const ended = await here.runTo(3, ['transfer', 'other:', here.back]);
      const said = [...failures(ended).values()];
      assert.equal(said.length, 2);
      for (const one of said) assert.match(one, /^denied: .* rclone leaves it out: 'Skipping undecryptable/);
    });

    test(`symlinks that it does not follow, unless they are excluded, with ${name}`, async () => {
      await using here = ground(program);
      fs.mkdirSync(join(here.source, 'd'));
      fs.writeFileSync(join(here.source, 'd/file'), 'x');
      for (const link of ['link', 'd/li\nnk']) fs.symlinkSync('nowhere', join(here.source, link));
      const words = ['transfer', `:local:${here.source}`, here.back];
      assert.deepEqual([...failures(await here.runTo(3, words)).keys()].sort(), ['d/li\nnk', 'link']);
      assert.deepEqual(fs.readdirSync(here.back, { recursive: true }).sort(), ['d', 'd/file']);
      await here.runTo(0, [...words, '--exclude', 'link', '--exclude', 'li\nnk']);
    });

    test(`what a web server does not answer for, with ${name}`, async () => {
      await using here = ground(program);
      const page = ['a', 'b', 'c'].map((file) => `<a href="${file}">${file}</a>`).join('\n');
      await using server = await scripted((request, response) => {
        if (request.url === '/b') return void response.writeHead(403).end();
        const headers = { 'content-type': 'text/html' };
        const content = request.url === '/' ? `<title>Index of /</title>${page}` : 'content';
        give({ content: Buffer.from(content), headers }, request, response);
      });
      const ended = await here.runTo(3, ['transfer', `:http,url="${server.origin}":`, here.back]);
      assert.match(failures(ended).get('b') ?? '', /^denied: .*403/);
      assert.deepEqual(fs.readdirSync(here.back), ['a', 'c']);
    });
  }
});
