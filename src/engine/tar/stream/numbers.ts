/** Numbers as they are written in tar headers and pax records, by whoever wrote them. */

/** Octal, or two's complement where the first bit is set; undefined for anything else. */
export function headerNumber(block: Uint8Array, at: number, room: number): number | undefined {
  if (block[at]! & 0x80) return binary(block, at, room);
  let value = 0;
  let digits = 0;
  for (let i = at; i < at + room; i++) {
    const byte = block[i]!;
    if (byte === 0x20 && digits === 0) continue;
    if (byte === 0 || byte === 0x20) break;
    if (byte < 0x30 || byte > 0x37) return undefined;
    value = value * 8 + byte - 0x30;
    digits++;
  }
  return value;
}

function binary(block: Uint8Array, at: number, room: number): number | undefined {
  const isNegative = (block[at]! & 0x40) !== 0;
  let value = block[at]! & (isNegative ? 0x7f : 0x3f);
  if (isNegative) value -= 0x80;
  for (let i = at + 1; i < at + room; i++) value = value * 256 + block[i]!;
  return Number.isSafeInteger(value) ? value : undefined;
}

/** A whole number from 0 on, as a pax record has it. */
export function decimal(text: string): number | undefined {
  if (!/^\d{1,16}$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

export type Time = { readonly seconds: number; readonly ns: number };

/** Seconds with a fraction, which may be before 1970. */
export function decimalTime(text: string): Time | undefined {
  const [, sign, whole, fraction = ''] = /^(-?)(\d{1,15})(?:\.(\d*))?$/.exec(text) ?? [];
  if (whole === undefined) return undefined;
  const ns = Number(fraction.slice(0, 9).padEnd(9, '0'));
  if (!sign) return { seconds: Number(whole), ns };
  return ns === 0 ? { seconds: -Number(whole), ns } : { seconds: -Number(whole) - 1, ns: 1_000_000_000 - ns };
}
