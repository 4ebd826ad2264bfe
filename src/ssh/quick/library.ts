/** Loaded when the first host is opened: who moves files on one machine does not wait for it. */
export async function ssh2(): Promise<typeof import('ssh2')> {
  return (await import('ssh2')).default;
}
