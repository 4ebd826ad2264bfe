import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe } from 'node:test';
import { openRcloneStore } from '../../src/store/rclone/rclone-store.ts';
import { type Place, storeContract } from '../contract/store.ts';
import { needs } from '../peer.ts';
import { programs, type Remotes, remotes } from '../rclone/remotes.ts';
import { signal } from './bodies.ts';

async function placeAt(here: Remotes, remote: string, path: string): Promise<Place> {
  const open = () => openRcloneStore(here.place(remote, path), here.rclone, signal);
  const store = await open();
  return {
    store,
    rival: open,
    atOnce: 100, // a listing is one answer, whatever is in it
    [Symbol.asyncDispose]: async () => {
      await store[Symbol.asyncDispose]();
      await here[Symbol.asyncDispose]();
    },
  };
}

async function bucketAt(here: Remotes): Promise<Place> {
  await here.serve('s3');
  fs.mkdirSync(join(here.disk, 'bucket'));
  return { ...(await placeAt(here, 's3', 'bucket')), blindTo: ['long paths'] };
}

describe('through rclone', { skip: needs('rclone', 'current-rclone') }, () => {
  const { 'the rclone in PATH': old, 'a current rclone': current } = programs;
  storeContract('a directory behind the rclone in PATH', () => placeAt(remotes(old), 'disk', ''));
  storeContract('a bucket behind a current rclone', () => bucketAt(remotes(current)));
});
