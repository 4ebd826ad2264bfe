const meanings: Readonly<Record<number, string>> = {
  0: 'all there',
  1: 'failed',
  2: 'wrong use or configuration, or not in this build',
  3: 'partial: some entries failed, and are named',
  4: 'the trees differ',
  5: 'refused by a safety rule',
  6: 'another run holds this route',
};
const stops: Readonly<Record<number, string>> = { 129: 'SIGHUP', 130: 'SIGINT', 143: 'SIGTERM' };
const locked = 6; // by what can be continued

export const allExits = [...Object.keys(meanings), ...Object.keys(stops)].map(Number);

/** The exit codes a verb can end with, one line each. */
export function exitText(codes: readonly number[]): string {
  const goesOn = codes.includes(locked);
  return codes.map((code) => `  ${String(code).padEnd(3)}  ${meaningOf(code, goesOn)}`).join('\n');
}

function meaningOf(code: number, goesOn: boolean): string {
  const signal = stops[code];
  return signal === undefined ? meanings[code]! : `stopped by ${signal}${goesOn ? ', can be continued' : ''}`;
}
