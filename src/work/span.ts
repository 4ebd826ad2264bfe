const unitMs: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 604_800_000,
};

/** Milliseconds of a span such as `90`, which counts seconds, `7d` or `1h30m`; undefined where it is none. */
export function spanMs(text: string): number | undefined {
  if (!/^(\d{1,9}[smhdw]?)+$/.test(text)) return undefined;
  const parts = [...text.matchAll(/(\d+)(\D?)/g)];
  return parts.reduce((sum, [, count, unit]) => sum + Number(count) * unitMs[unit || 's']!, 0);
}
