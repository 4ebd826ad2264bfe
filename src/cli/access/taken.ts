/** A secret out of the environment, so that no program that is started for us inherits it; undefined: it is empty, or not there. */
export function taken(name: string): string | undefined {
  const given = process.env[name];
  delete process.env[name];
  return given || undefined;
}
