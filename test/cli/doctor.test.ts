import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { coresAllowed } from '../../src/cli/doctor/limits.ts';
import { verdictsOn } from '../../src/cli/doctor/safety.ts';
import { program } from '../built.ts';
import { needs } from '../peer.ts';
import { mounted } from '../survive/ground.ts';
import { difpipe, directory } from './difpipe.ts';

type Tool = {
  readonly name: string;
  readonly path: string | null;
  readonly version: string | null;
  readonly verdicts: readonly { readonly level: string; readonly reason: string }[];
};
type Findings = {
  readonly schema: number;
  readonly type: string;
  readonly tools: readonly Tool[];
  readonly limits: {
    readonly cores: number;
    readonly memoryBytes: number;
    readonly openFiles: { readonly soft: number };
  };
  readonly state: { readonly dir: string; readonly exists: boolean; readonly problem: string | null };
  readonly build: { readonly node: string; readonly sqlite: string };
};

/** A directory of programs that say what they are told to. */
function toolbox(tools: Readonly<Record<string, string>>): string {
  const path = directory();
  for (const [name, script] of Object.entries(tools)) {
    fs.writeFileSync(join(path, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  }
  return path;
}

function examined(env: NodeJS.ProcessEnv = {}): Findings {
  const { status, stdout, stderr } = difpipe(['doctor', '--json'], { env });
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  return JSON.parse(stdout) as Findings;
}

function tool({ tools }: Findings, name: string): Tool {
  return tools.find((each) => each.name === name)!;
}

test('doctor names tools, limits, state and program, for people and as JSON', () => {
  const { status, stdout, stderr } = difpipe(['doctor']);
  assert.deepEqual({ status, stderr }, { status: 0, stderr: '' });
  for (const part of ['tools', 'limits', 'state', 'program'])
    assert.match(stdout, new RegExp(`^${part}$`, 'm'));
  const { schema, type, limits, build } = examined();
  assert.deepEqual({ schema, type }, { schema: 1, type: 'doctor' });
  assert.ok(limits.cores >= 1 && limits.memoryBytes > 0 && limits.openFiles.soft > 0);
  assert.equal(build.node, process.versions.node);
  assert.match(build.sqlite, /^3\./);
});

test('doctor finds the real rsync and its version', { skip: needs('rsync') }, () => {
  const { path, version } = tool(examined(), 'rsync');
  assert.match(path!, /\/rsync$/);
  assert.match(version!, /^\d+\.\d+/);
});

test('doctor says which tools are too old to be safe and why', () => {
  const PATH = toolbox({
    rsync: 'echo "rsync  version 3.2.7  protocol version 31"',
    rclone: 'echo "rclone v1.60.1-DEV"',
    ssh: 'echo "OpenSSH_9.2p1 Debian-2" >&2',
    tar: 'echo "tar (GNU tar) 1.34"',
  });
  const found = examined({ PATH });
  const unsafe = (name: string) => tool(found, name).verdicts.filter(({ level }) => level === 'unsafe');
  assert.match(
    unsafe('rsync')
      .map(({ reason }) => reason)
      .join(),
    /CVE-2026-53789/,
  );
  assert.match(
    unsafe('rclone')
      .map(({ reason }) => reason)
      .join(),
    /writes in place.*CVE-2026-71313/,
  );
  assert.deepEqual([unsafe('ssh'), unsafe('tar')], [[], []]);
  assert.deepEqual(tool(found, 'zstd'), {
    name: 'zstd',
    path: null,
    version: null,
    package: null,
    verdicts: [],
  });
  const { stdout } = difpipe(['doctor'], { env: { PATH } });
  assert.match(stdout, /^ {2}rsync +3\.2\.7 in .*\n +unsafe: before 3\.4\.0 .*\n +unsafe: before 3\.5\.0 /m);
  assert.match(stdout, /^ {2}zstd +not found$/m);
});

test('doctor tells a user without a name which ssh there is, as the package has it', {
  skip: needs('root', 'setpriv') || !fs.existsSync('/usr/bin/ssh') || !fs.existsSync('/usr/bin/dpkg-query'),
}, () => {
  const mine = tool(examined({ PATH: '/usr/bin:/bin' }), 'ssh');
  const words = ['--reuid=54321', '--regid=54321', '--clear-groups', ...program, 'doctor', '--json'];
  const env = { PATH: '/usr/bin:/bin', DIFPIPE_STATE_DIR: '/tmp/of-nobody' };
  const { stdout, stderr } = spawnSync('setpriv', words, { cwd: '/', env, encoding: 'utf8' });
  const theirs = tool(JSON.parse(stdout) as Findings, 'ssh');
  assert.ok(mine.version, stderr);
  assert.deepEqual(theirs, mine);
});

test('doctor does not hang on a tool that does, nor on what it starts', () => {
  const PATH = `${toolbox({ rsync: 'sleep 600 & sleep 600', tar: 'exec cat' })}:/usr/bin:/bin`;
  const found = examined({ PATH });
  assert.deepEqual([tool(found, 'rsync').version, tool(found, 'tar').version], [null, null]);
});

test('doctor calls nothing from the current directory, and shows no control bytes of a path', () => {
  const cwd = toolbox({ rsync: 'touch called; echo "version 3.5.2"' });
  const { stdout } = difpipe(['doctor'], { cwd, env: { PATH: `.::${cwd}/\x1b[31m` } });
  assert.match(stdout, /^ {2}rsync +not found$/m);
  assert.ok(!fs.existsSync(join(cwd, 'called')));
});

test('doctor says where state lives, whether it can, and makes nothing', () => {
  const here = directory();
  const dir = join(here, 'new', 'state');
  const { state } = examined({ DIFPIPE_STATE_DIR: dir });
  assert.deepEqual([state.dir, state.exists, state.problem], [dir, false, null]);
  assert.deepEqual(fs.readdirSync(here), []);
  const given = difpipe(['doctor', '--state-dir', here]);
  assert.match(given.stdout, new RegExp(`^  where +${here}\n +writable$`, 'm'));
});

test('doctor exits 2 where state cannot be kept', () => {
  const here = directory();
  fs.writeFileSync(join(here, 'file'), '');
  fs.symlinkSync(here, join(here, 'link'));
  for (const [dir, problem] of [
    ['file', 'is not a directory'],
    ['file/below', 'is not a directory'],
    ['link', 'is a symlink'],
  ] as const) {
    const { status, stdout } = difpipe(['doctor', '--state-dir', join(here, dir)]);
    assert.equal(status, 2);
    assert.match(stdout, new RegExp(`problem: .*${problem}$`, 'm'));
  }
});

test('doctor exits 2 where nothing can be made, or there is no room, and leaves nothing', {
  skip: needs('root'),
}, () => {
  using disk = mounted(directory(), '-t', 'tmpfs', '-o', 'size=128k,mode=700', 'none');
  const doctor = (dir: string) => difpipe(['doctor', '--state-dir', dir]);
  assert.match(doctor(disk.path).stdout, /^ +writable$/m);
  assert.match(doctor(join(disk.path, 'new')).stdout, /^ +not there yet, can be made$/m);
  assert.deepEqual(fs.readdirSync(disk.path), []);
  fs.writeFileSync(join(disk.path, 'large'), Buffer.alloc(120 * 1024));
  for (const [dir, why] of [
    [disk.path, 'no space left on device'],
    [join(disk.path, 'new'), 'no space left on device'],
    ['/proc', 'no such file or directory'],
    ['/proc/new', 'no such file or directory'],
  ] as const) {
    const { status, stdout } = doctor(dir);
    assert.equal(status, 2, stdout);
    assert.match(stdout, new RegExp(`problem: cannot write to \\S+: ${why}$`, 'm'));
  }
  assert.deepEqual(fs.readdirSync(disk.path), ['large']);
});

const versions: readonly (readonly [tool: string, version: string | undefined, unsafe: number])[] = [
  ['rsync', '3.5.2', 0],
  ['rsync', '3.5.0', 0],
  ['rsync', '3.4.3', 1],
  ['rsync', '3.2.7', 2],
  ['rclone', '1.75.2', 0],
  ['rclone', '1.63', 1],
  ['rclone', '1.60.1', 2],
  ['ssh', '8.0', 0],
  ['tar', '1.0', 0],
  ['rsync', undefined, 0],
];
for (const [name, version, unsafe] of versions) {
  test(`verdictsOn() finds ${unsafe} dangers in ${name} ${version}`, () => {
    const found = verdictsOn(name, version).filter(({ level }) => level === 'unsafe');
    assert.equal(found.length, unsafe);
  });
}

test('coresAllowed() takes the smallest quota of the group and those above it', () => {
  const files: Record<string, string> = {
    '/proc/self/cgroup': '0::/a/b\n',
    '/sys/fs/cgroup/a/b/cpu.max': 'max 100000\n',
    '/sys/fs/cgroup/a/cpu.max': '150000 100000\n',
    '/sys/fs/cgroup/cpu.max': '400000 100000\n',
  };
  assert.equal(
    coresAllowed((path) => files[path]),
    1.5,
  );
});

test('coresAllowed() reads control groups of the first version, and knows no limit', () => {
  const files: Record<string, string> = {
    '/proc/self/cgroup': '4:memory:/x\n1:cpu,cpuacct:/x\n',
    '/sys/fs/cgroup/cpu/x/cpu.cfs_quota_us': '50000\n',
    '/sys/fs/cgroup/cpu/x/cpu.cfs_period_us': '100000\n',
  };
  assert.equal(
    coresAllowed((path) => files[path]),
    0.5,
  );
  assert.equal(
    coresAllowed((path) => (path.endsWith('quota_us') ? '-1\n' : files[path])),
    undefined,
  );
  assert.equal(
    coresAllowed(() => undefined),
    undefined,
  );
});
