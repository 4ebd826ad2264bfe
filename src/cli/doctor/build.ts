import { release } from 'node:os';
import about from '../../../package.json' with { type: 'json' };
import { isBefore } from './safety.ts';

export type Build = {
  readonly version: string;
  readonly node: string;
  /** Undefined where the database cannot be loaded; `problem` says why. */
  readonly sqlite: string | undefined;
  readonly problem: string | undefined;
  readonly kernel: string;
  readonly copyFileRange: boolean;
};

/** What this program is made of and runs on; loads the database to see that it can. */
export async function lookAtBuild(): Promise<Build> {
  const kernel = release();
  return {
    version: about.version,
    node: process.versions.node,
    ...(await lookAtSqlite()),
    kernel,
    copyFileRange: !isBefore(/^[\d.]*\d/.exec(kernel)?.[0] ?? '0', '4.5'),
  };
}

async function lookAtSqlite(): Promise<Pick<Build, 'sqlite' | 'problem'>> {
  try {
    const { sqliteVersion } = await import('../../journal/file/sqlite.ts');
    return { sqlite: sqliteVersion(), problem: undefined };
  } catch (error) {
    return { sqlite: undefined, problem: (error as Error).message };
  }
}
