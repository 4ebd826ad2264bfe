import * as fs from 'node:fs';
import { join } from 'node:path';
import { after, describe } from 'node:test';
import { anybody } from '../../src/store/http/access.ts';
import { openHttpStore } from '../../src/store/http/http-store.ts';
import { type Place, storeContract } from '../contract/store.ts';
import { type Nginx, startNginx } from '../http/nginx.ts';
import { needs } from '../peer.ts';

// A real nginx, which takes PUT and DELETE and lists its directories; a new one of them for each promise.

describe('on the web', { skip: needs('nginx') }, () => {
  let server: Promise<Nginx> | undefined;
  let places = 0;
  const open = async (): Promise<Place> => {
    server ??= startNginx();
    const { root, url } = await server;
    const name = `place-${places++}`;
    fs.mkdirSync(join(root, name));
    const another = () => openHttpStore({ kind: 'http', url: url(`${name}/`) }, anybody, new Map());
    const store = another();
    return {
      store,
      rival: async () => another(),
      blindTo: ['quick changes', 'links', 'directories', 'dots', 'emptied directories'],
      [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
    };
  };
  after(async () => (await server)?.[Symbol.asyncDispose]());
  storeContract('a store behind nginx', open);
});
