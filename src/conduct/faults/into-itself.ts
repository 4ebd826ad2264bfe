/** Why a directory of the source is left alone that is the destination itself, by another way such as a bind mount. */
export const intoItself = {
  kind: 'refused',
  message: 'it is the destination itself: it would be copied into itself',
  hint: 'leave it out with --exclude',
} as const;
