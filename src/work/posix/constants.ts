/** Linux numbers, the same on x64 and arm64 but where `arm` is asked. */
export const AT_FDCWD = -100;
export const R_OK = 4;
export const AT_SYMLINK_NOFOLLOW = 0x100;
export const AT_REMOVEDIR = 0x200;
export const AT_SYMLINK_FOLLOW = 0x400;
export const AT_EMPTY_PATH = 0x1000;
export const RENAME_NOREPLACE = 1;

const arm = process.arch === 'arm64';
export const O_RDONLY = 0;
export const O_WRONLY = 1;
export const O_RDWR = 2;
export const O_CREAT = 0o100;
export const O_EXCL = 0o200;
export const O_NONBLOCK = 0o4000;
export const O_DIRECTORY = arm ? 0o40000 : 0o200000;
export const O_NOFOLLOW = arm ? 0o100000 : 0o400000;
export const O_CLOEXEC = 0o2000000;
export const MFD_CLOEXEC = 1;
export const O_PATH = 0o10000000;
export const O_TMPFILE = 0o20000000 | O_DIRECTORY;

export const S_IFMT = 0o170000;
export const S_IFSOCK = 0o140000;
export const S_IFLNK = 0o120000;
export const S_IFREG = 0o100000;
export const S_IFBLK = 0o060000;
export const S_IFDIR = 0o040000;
export const S_IFCHR = 0o020000;
export const S_IFIFO = 0o010000;

export const SEEK_SET = 0;
export const SEEK_DATA = 3;
export const SEEK_HOLE = 4;
export const FICLONE = 0x40049409;
export const FS_IOC_GETFLAGS = 0x80086601;
export const RESOLVE_NO_MAGICLINKS = 0x02;
export const RESOLVE_NO_SYMLINKS = 0x04;
export const RESOLVE_BENEATH = 0x08;
export const CLONE_FILES = 0x400;
export const FADV_DONTNEED = 4;

export const EPERM = 1;
export const ENOENT = 2;
export const EIO = 5;
export const ENXIO = 6;
export const EAGAIN = 11;
export const EACCES = 13;
export const EBADF = 9;
export const EEXIST = 17;
export const EXDEV = 18;
export const ENOTDIR = 20;
export const EISDIR = 21;
export const EINVAL = 22;
export const ERANGE = 34;
export const ENOSYS = 38;
export const ENOTEMPTY = 39;
export const ENOSPC = 28;
export const EMLINK = 31;
export const EROFS = 30;
export const ELOOP = 40;
export const ENODATA = 61;
/** Beside the kernel's: what is in a file that does not say how much it holds. */
export const EUNSIZED = 4096;
export const EOPNOTSUPP = 95;
export const EDQUOT = 122;
