/** Memory for parts that are on their way, used again: what is left to be collected takes up as much once more. */
export type Spare = {
  /** So many bytes, whatever is in them. */
  readonly take: (bytes: number) => Buffer;
  /** Nobody reads it any more. */
  readonly give: (room: Buffer) => void;
};

const mostKept = 64 * 1024 * 1024; // bytes

export function createSpare(): Spare {
  const rooms: Buffer[] = []; // of several lengths: files end where they end
  let kept = 0;
  return {
    take(bytes) {
      const at = rooms.findIndex(({ length }) => length === bytes);
      if (at < 0) return Buffer.allocUnsafeSlow(bytes);
      kept -= bytes;
      return rooms.splice(at, 1)[0]!;
    },
    give(room) {
      rooms.push(room);
      kept += room.length;
      while (kept > mostKept) kept -= rooms.shift()!.length;
    },
  };
}
