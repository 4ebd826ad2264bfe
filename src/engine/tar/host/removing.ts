/**
 * How the other side takes away a directory of ours, also where a user who is not root may not change what is in it:
 * what was packed of directories that may not be written to looks as they do.
 */

/**
 * A function `remove` of a script that is given a directory directly below the current one as `./name`, and has where
 * that is as $root, empty for `/`. Only inside of it anything gets other rights, and only directories.
 */
export const removing = `remove() {
  rm -rf "$1" 2>/dev/null || {
    (cd -P "$1" && [ "$PWD" = "$root/\${1#./}" ] &&
      exec find . -type d \\( -perm -700 -o -exec chmod u+rwx {} \\; \\)) 2>/dev/null;
    rm -rf "$1";
  };
};`;
