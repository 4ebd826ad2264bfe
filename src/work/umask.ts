let taken: number | undefined;

/** The user's umask. From the first call on the process has none: who makes a file gives it a mode. */
export function takeUmask(): number {
  taken ??= process.umask(0);
  return taken;
}
