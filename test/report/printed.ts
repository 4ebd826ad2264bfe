import type { Printer } from '../../src/report/printer.ts';

/** A printer that keeps what it is given: results as they are, notices after `! `. */
export function printed(): { printer: Printer; lines: string[] } {
  const lines: string[] = [];
  const printer: Printer = {
    result: (line) => void lines.push(line),
    notice: (line) => void lines.push(`! ${line}`),
    beforeWrite: () => undefined,
    end: () => undefined,
  };
  return { printer, lines };
}
