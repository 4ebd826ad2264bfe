/** Which versions of the tools difpipe may call are too old to be safe, and why. Facts, no calls. */

export type Verdict = {
  /** unsafe: not used in silence. note: known, and no danger in the way difpipe uses it. */
  readonly level: 'unsafe' | 'note';
  readonly before: string;
  /** A hole, which a distribution may have closed in its package of an old version. */
  readonly hole: boolean;
  readonly reason: string;
};

const verdicts: Readonly<Record<string, readonly Verdict[]>> = {
  rsync: [
    {
      level: 'unsafe',
      before: '3.4.0',
      hole: true,
      reason: 'a hostile peer can run code and read files (CVE-2024-12084 to 12088)',
    },
    {
      level: 'unsafe',
      before: '3.5.0',
      hole: true,
      reason:
        '33 holes are open: a sender widens --delete (CVE-2026-53789) or writes outside the destination (CVE-2026-53785)',
    },
    { level: 'note', before: '3.5.2', hole: true, reason: 'CVE-2026-119741 is open' },
  ],
  rclone: [
    {
      level: 'unsafe',
      before: '1.63',
      hole: false,
      reason:
        'it writes in place: a kill while it replaces a file destroys the file; difpipe has it write under another name',
    },
    {
      level: 'unsafe',
      before: '1.75.0',
      hole: true,
      reason: 'names at the source can leave the destination (CVE-2026-71313, CVE-2026-54572)',
    },
  ],
  ssh: [
    {
      level: 'note',
      before: '10.4',
      hole: true,
      reason:
        'scp keeps setuid and mistakes targets (CVE-2026-35385, CVE-2026-59996); difpipe never calls scp',
    },
    {
      level: 'note',
      before: '10.6',
      hole: true,
      reason: 'a $ in a user name is run (CVE-2026-106583); difpipe refuses such names',
    },
  ],
};

/** What is known against this version; nothing against a tool or a version that is not known. */
export function verdictsOn(tool: string, version: string | undefined): readonly Verdict[] {
  if (version === undefined) return [];
  return (verdicts[tool] ?? []).filter(({ before }) => isBefore(version, before));
}

/** Numbers compared one by one: 1.60.1 is before 1.63, 3.5 is not before 3.5.0. */
export function isBefore(version: string, other: string): boolean {
  const [a, b] = [version, other].map((text) => text.split('.').map(Number)) as [number[], number[]];
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const step = (a[i] ?? 0) - (b[i] ?? 0);
    if (step !== 0) return step < 0;
  }
  return false;
}
