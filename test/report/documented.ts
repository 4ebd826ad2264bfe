/** What docs/events.md shows of the objects that --json prints. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

type Members = Readonly<Record<string, unknown>>;

export const page = readFileSync(join(import.meta.dirname, '../../docs/events.md'), 'utf8');

/** One of each type. */
export const examples: readonly Members[] = [...page.matchAll(/```json\n(.*)\n```/g)].map(
  (match) => JSON.parse(match[1]!) as Members,
);

export function exampleOf(type: string): Members {
  return examples.find((example) => example.type === type)!;
}

/** Their members are topics and user ids. */
const counts = new Set(['notices', 'owners']);

/** The paths of all members, as `plan.legs.engine`; what an array holds is alike. */
export function membersOf(value: unknown, path = ''): Set<string> {
  const found = new Set<string>();
  if (Array.isArray(value))
    for (const item of value) for (const member of membersOf(item, path)) found.add(member);
  else if (typeof value === 'object' && value !== null)
    for (const [name, below] of Object.entries(value)) {
      const member = path === '' ? name : `${path}.${name}`;
      found.add(member);
      if (!counts.has(name)) for (const deeper of membersOf(below, member)) found.add(deeper);
    }
  return found;
}
