/** Settings of the person's that change what rclone does beyond what is asked of it here. */
const unwanted =
  /^RCLONE_(RC(_|$)|LOG_|DRY_RUN|INTERACTIVE|SYSLOG|INCLUDE|EXCLUDE|FILTER|FILES_FROM|M(IN|AX)_|IGNORE_|IMMUTABLE|UPDATE|BACKUP_DIR|SUFFIX|(COPY|COMPARE)_DEST|NO_UPDATE|METADATA|SIZE_ONLY|CHECKSUM|INPLACE|PARTIAL|LINKS|COPY_LINKS|QUIET|VERBOSE|STATS|NO_(TRAVERSE|CHECK_DEST)|HASH_FILTER|NAME_TRANSFORM|ERROR_ON|TRACK_RENAMES|PROGRESS|USE_JSON_LOG)/;

/** The environment for an rclone of ours, without those. */
export function ownSettings(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(Object.entries(env).filter(([name]) => !unwanted.test(name)));
}
