/** Why a name of the source that looks like one of ours at the destination is not written. */
export const ownName = {
  kind: 'refused',
  message: 'its name is one that difpipe uses for unfinished files here',
  hint: 'rename or remove it',
} as const;
