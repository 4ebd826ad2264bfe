/** Any bytes as ASCII that a URL may hold, and back. */

const kept = /[A-Za-z0-9_.~/+@,=:-]/;

export function percentEncode(bytes: Uint8Array): string {
  const encode = (byte: number) => {
    const char = String.fromCharCode(byte);
    return kept.test(char) ? char : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  };
  return Array.from(bytes, encode).join('');
}

/** The bytes; undefined where a % is not followed by two hex digits, or stands for NUL. */
export function percentDecode(latin1: string): Uint8Array | undefined {
  if (/%(?![0-9A-Fa-f]{2})|%00/.test(latin1)) return undefined;
  const decoded = latin1.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(decoded, 'latin1');
}

/** What a file is called that has this step of an address; as it is written, where no name is what it stands for. */
export function nameOfStep(step: string): Uint8Array {
  const name = percentDecode(step);
  return name && !name.includes(slash) ? name : Buffer.from(step, 'latin1');
}

const slash = 0x2f;
