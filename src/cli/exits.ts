const meanings: Readonly<Record<number, string>> = {
  0: 'all there',
  1: 'failed',
  2: 'wrong use or configuration, or not in this build',
  3: 'partial: some entries failed, and are named',
  4: 'the trees differ',
  5: 'refused by a safety rule',
  6: 'another run holds this route',
  129: 'stopped by SIGHUP, can be continued',
  130: 'stopped by SIGINT, can be continued',
  143: 'stopped by SIGTERM, can be continued',
};

export const allExits = Object.keys(meanings).map(Number);

/** The exit codes a verb can end with, one line each. */
export function exitText(codes: readonly number[]): string {
  return codes.map((code) => `  ${String(code).padEnd(3)}  ${meanings[code]}`).join('\n');
}
