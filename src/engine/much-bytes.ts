/** A file of so many bytes is worth connections that take half a dozen round trips. */
export const muchBytes = 32 * 1024 * 1024;
