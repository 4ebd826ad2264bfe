/** Trees that are awkward to copy, each made in an empty directory. */
import * as fs from 'node:fs';
import * as net from 'node:net';
import { join } from 'node:path';
import { shell } from './engine/run.ts';

export type Tree = {
  readonly needs: readonly string[]; // peers, as test/peer.ts knows them
  readonly make: (root: string) => void | Promise<void>;
  readonly where?: 'disk'; // memory, where nothing is said
  readonly isAlone?: true; // all that there is
};

export const MiB = 1024 * 1024;

/** A file of this size with data at both ends and a hole between. */
export function hollow(path: string, bytes: number): void {
  const fd = fs.openSync(path, 'w');
  fs.ftruncateSync(fd, bytes);
  fs.writeSync(fd, 'first', 0);
  fs.writeSync(fd, 'last', bytes - 4);
  fs.closeSync(fd);
}

/** A file of bytes that say where they are, so that a range out of place shows. */
export function solid(path: string, bytes: number): void {
  const fd = fs.openSync(path, 'w');
  const piece = Buffer.alloc(MiB);
  for (let at = 0; at < bytes; at += MiB) {
    for (let word = 0; word < MiB; word += 4096) piece.writeDoubleLE(at + word, word);
    fs.writeSync(fd, piece, 0, Math.min(MiB, bytes - at), at);
  }
  fs.closeSync(fd);
}

function oneFile(make: (path: string) => void): Tree {
  return { needs: [], make: (root) => make(join(root, 'file')) };
}

function script(text: string, ...needs: string[]): Tree {
  const make = async (root: string) => void (await shell(root, text));
  return { needs, make, ...(needs.includes('xattrs') && { where: 'disk' }) };
}

const hostile = [
  'a b',
  ' leading',
  'trailing ',
  'tab\there',
  'new\nline',
  '\n',
  '-rf',
  '--delete',
  '-',
  '...',
  '..data',
  '$(touch pwned)',
  '`touch pwned`',
  '; touch pwned',
  '"double"',
  "'single'",
  'back\\slash',
  '*',
  '?',
  '[x]',
  '{a,b}',
  '%s%n',
  '#hash',
  '~',
  'bell\x07',
  'escape\x1b[31m',
  '\x01\x02\x7f',
  '\xff\xfe',
  'caf\xe9',
  '\xc3\x28',
  '\xed\xa0\x80',
  'x'.repeat(255),
  '\xf0\x9f\x98\x80',
  'e\xcc\x81',
  '\xc3\xa9',
];

function names(root: string): void {
  for (const name of hostile) {
    const path = Buffer.from(join(root, name), 'latin1');
    fs.writeFileSync(path, `of ${name}`);
    const dir = Buffer.from(`${root}/dirs/${name}`, 'latin1');
    fs.mkdirSync(dir, { recursive: true });
    fs.writeFileSync(Buffer.concat([dir, Buffer.from(`/${name}`, 'latin1')]), name);
    fs.symlinkSync(Buffer.from(name, 'latin1'), Buffer.concat([dir, Buffer.from('/link')]));
  }
}

function tiny(root: string): void {
  for (let dir = 0; dir < 60; dir++) {
    fs.mkdirSync(`${root}/d${dir}`);
    for (let file = 0; file < 50; file++) fs.writeFileSync(`${root}/d${dir}/f${file}`, 'x'.repeat(file * 7));
  }
}

function links(root: string): void {
  const at = (name: string) => join(root, name);
  for (const dir of ['one', 'two', 'two/three']) fs.mkdirSync(at(dir));
  fs.writeFileSync(at('one/a'), 'linked');
  for (const name of ['one/b', 'two/c', 'two/three/d', 'z']) fs.linkSync(at('one/a'), at(name));
  fs.symlinkSync('nowhere', at('one/link'));
  fs.linkSync(at('one/link'), at('two/link'));
  fs.writeFileSync(at('outside'), 'its other name is not in the tree');
  fs.linkSync(at('outside'), `${root}.other name`);
  hollow(at('one/middle'), 3 * MiB);
  fs.linkSync(at('one/middle'), at('two/middle'));
  hollow(at('two/big'), 65 * MiB);
  fs.linkSync(at('two/big'), at('one/big'));
  fs.linkSync(at('two/big'), at('two/three/big'));
  fs.writeFileSync(at('empty'), '');
  fs.linkSync(at('empty'), at('one/empty'));
}

function manyLinks(root: string): void {
  for (let dir = 0; dir < 10; dir++) fs.mkdirSync(`${root}/d${dir}`);
  fs.writeFileSync(`${root}/first`, 'one of a thousand');
  for (let name = 0; name < 1200; name++) fs.linkSync(`${root}/first`, `${root}/d${name % 10}/n${name}`);
}

/** A listening socket's name goes when it closes; a second one stays. */
async function sockets(root: string): Promise<void> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(join(root, 'listening'), resolve));
  fs.linkSync(join(root, 'listening'), join(root, 'socket'));
  await new Promise((resolve) => server.close(resolve));
  fs.chmodSync(join(root, 'socket'), 0o640);
  await shell(root, 'mkfifo fifo; chmod 600 fifo; mkfifo linked; ln linked again; touch -hd @12.5 socket .');
}

export const trees = {
  'an empty tree': { needs: [], make: () => undefined, isAlone: true },
  'an empty file': { ...oneFile((path) => fs.writeFileSync(path, '')), isAlone: true },
  'one byte': { ...oneFile((path) => fs.writeFileSync(path, '1')), isAlone: true },
  'exactly 1 MiB': oneFile((path) => solid(path, MiB)),
  '1 MiB and one more': oneFile((path) => solid(path, MiB + 1)),
  'exactly 64 MiB': oneFile((path) => hollow(path, 64 * MiB)),
  '64 MiB and one more': oneFile((path) => hollow(path, 64 * MiB + 1)),
  '130 MiB of data': oneFile((path) => solid(path, 130 * MiB)),
  'thousands of tiny files': { needs: [], make: tiny },
  'hostile names': { needs: [], make: names },
  '300 levels': script(
    'i=0; while [ $i -lt 300 ]; do mkdir level; echo $i >file; cd level; i=$((i+1)); done',
  ),
  'symlinks of every kind': script(`
    mkdir dir; echo in >dir/file; echo out >../out
    ln -s file here; ln -s dir/file in; ln -s ../../out out; ln -s / root; ln -s nowhere dangling
    ln -s dir todir; ln -s . dot; ln -s .. dir/up; ln -s loop loop; ln -s ' spaced\n' name
    ln -s "$(printf %4095s | tr ' ' x)" long; ln -s "$(printf '\\377\\376')" bytes
    touch -hd @1234567890.123456789 here; touch -hd @-5.5 dangling; touch -d @99.000000001 dir .`),
  'hard links': { needs: [], make: links },
  'a file with a thousand names and more': { needs: [], make: manyLinks },
  'sparse files': script(`
    truncate -s 10M only; truncate -s 500K small; truncate -s 2200M huge
    echo x >end; truncate -s 2M end
    echo x | dd of=start bs=1M seek=5 status=none
    for i in 1 5 9 70 130; do echo $i | dd of=holes bs=1M seek=$i conv=notrunc status=none; done
    echo x | dd of=page bs=4096 seek=3 status=none; truncate -s 100000 page`),
  'FIFOs and sockets': { needs: [], make: sockets },
  devices: script(
    'mknod null c 1 3; mknod disk b 259 300000; mknod high c 511 1048575; chmod 640 disk',
    'root',
  ),
  modes: script(`
    umask 0; for m in 0000 0001 0200 0444 0555 0666 0777 1644 2755 4755 6711 7777; do echo $m >f$m; mkdir d$m
    echo in >d$m/in; mkdir d$m/sub; echo deep >d$m/sub/deep; chmod $m f$m d$m; done
    mkdir sticky; chmod 1777 sticky; mkdir setgid; chmod 2775 setgid; echo x >setgid/file`),
  'owners and groups': script(
    `
    echo a >a; echo b >b; chmod 4755 b; mkdir d; ln -s a l; mkfifo p; echo x >d/x
    chown 1234:5678 a; chown 65534:65534 b; chmod 6755 b; chown 4000000000:4000000001 d
    chown -h 7:8 l; chown 9:10 p; mkdir -m 2755 s; echo x >s/x; chown 11:12 s; chmod 2755 s`,
    'root',
  ),
  times: script(`
    mkdir -p d/e; echo x >d/e/f; echo x >now; ln -s now l; mkfifo p; truncate -s 2M big; truncate -s 70M bigger
    touch -d @0 now; touch -d @-1.25 d/e/f; touch -d @-99999999.999999999 big
    echo x >far; touch -d '2400-01-01 00:00:00.987654321' far; touch -d @4294967296.5 bigger
    touch -hd @1.000000001 l; touch -d @77.7 p; touch -d @-2.5 d/e; touch -d @12345.678901234 d
    touch -d '2200-02-02 02:02:02.222222222' .`),
  'extended attributes': script(
    `
    echo f >file; mkdir dir; echo in >dir/in; mkfifo pipe; truncate -s 2M big; truncate -s 70M bigger
    for at in file dir big bigger . dir/in; do setfattr -n user.colour -v blue "$at"; done
    setfattr -n user.empty file; setfattr -n user.bytes -v 0x00ff00 file
    setfattr -n user.long -v "$(printf %1500s | tr ' ' v)" file
    touch -d @5.5 dir .`,
    'setfattr',
    'xattrs',
  ),
  "the system's attributes": script(
    `
    echo f >file; mkdir dir; ln -s file link; mkfifo pipe; echo c >cap; chmod 755 cap; mknod null c 1 3
    for at in file dir link pipe null .; do setfattr -hn trusted.t -v "on $at" "$at"; done
    setfattr -hn security.mine -v s file; setfattr -hn security.mine -v s link
    setfattr -n security.capability -v 0x0100000200040000000000000000000000000000 cap`,
    'root',
    'setfattr',
    'xattrs',
  ),
  'access control lists': script(
    `
    echo f >file; mkdir dir; echo in >dir/in; mkdir plain; mkfifo pipe; echo r >readonly; truncate -s 70M big
    setfacl -m u:1234:rw,g:5678:r file; setfacl -m u:7:rwx,d:u:8:rx,d:g:9:rwx dir; setfacl -m u:3:r pipe
    mkdir dir/sub; echo inherited >dir/sub/file; setfacl -b dir/sub/file; setfacl -k dir/sub
    chmod 600 dir/in; setfacl -b dir/in; setfacl -m u:5:- readonly; setfacl -m m::r file; setfacl -m g:1:rw big
    touch -d @5.5 dir`,
    'setfacl',
    'xattrs',
  ),
} satisfies Record<string, Tree>;
