// What difpipe is measured against and with, in C, for `npm run bench` only:
//
//   copier copy SRC DEST   copies a tree of directories and regular files in two threads with the fewest calls
//   copier stat SRC DEST   looks at both sides of a tree in two threads; exits 1 where size or time differ
//   copier time FILE CMD…  runs CMD and writes its wall, user and system time (µs) and peak memory (KiB) to FILE
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { threads = 2, listing = 64 << 10, buffer = 1 << 20 };

struct entry { // of getdents64
  unsigned long long inode;
  long long offset;
  unsigned short length;
  unsigned char type;
  char name[];
};

static void die(const char *doing, const char *what) {
  fprintf(stderr, "cannot %s %s: %s\n", doing, what, strerror(errno));
  exit(1);
}

static int must(int answer, const char *doing, const char *what) {
  if (answer < 0) die(doing, what);
  return answer;
}

// Directories nobody has looked at yet, relative to both roots.
static struct {
  pthread_mutex_t lock;
  pthread_cond_t more;
  char **paths;
  int count, room, working;
} left = {.lock = PTHREAD_MUTEX_INITIALIZER, .more = PTHREAD_COND_INITIALIZER};

static void push(char *path) {
  pthread_mutex_lock(&left.lock);
  if (left.count == left.room) {
    left.room = left.room ? left.room * 2 : 1024;
    left.paths = realloc(left.paths, left.room * sizeof *left.paths);
    if (!left.paths) die("remember", path);
  }
  left.paths[left.count++] = path;
  pthread_cond_signal(&left.more);
  pthread_mutex_unlock(&left.lock);
}

// The next directory, or null when there is none and nobody will find one.
static char *pop(int wasWorking) {
  pthread_mutex_lock(&left.lock);
  left.working -= wasWorking;
  while (left.count == 0 && left.working > 0) pthread_cond_wait(&left.more, &left.lock);
  char *path = left.count > 0 ? left.paths[--left.count] : NULL;
  if (path) left.working++;
  else pthread_cond_broadcast(&left.more);
  pthread_mutex_unlock(&left.lock);
  return path;
}

static int sourceRoot, destRoot;
static void (*visit)(int from, int to, const char *name, char *memory);
static int copies;
static atomic_long differences;

static void copyFile(int from, int to, const char *name, char *memory) {
  struct stat stat;
  int in = must(openat(from, name, O_RDONLY | O_NOFOLLOW), "read", name);
  must(fstat(in, &stat), "look at", name);
  int out = must(openat(to, name, O_WRONLY | O_CREAT | O_EXCL, stat.st_mode & 0777), "make", name);
  for (off_t done = 0; done < stat.st_size;) {
    ssize_t got = read(in, memory, buffer);
    if (got <= 0 || write(out, memory, got) != got) die("copy", name);
    done += got;
  }
  must(futimens(out, (struct timespec[]){stat.st_atim, stat.st_mtim}), "set the time of", name);
  close(in);
  close(out);
}

static void compare(int from, int to, const char *name, char *memory) {
  (void)memory;
  struct statx a, b;
  must(statx(from, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &a), "look at", name);
  if (statx(to, name, AT_SYMLINK_NOFOLLOW, STATX_BASIC_STATS, &b) < 0 || a.stx_size != b.stx_size ||
      a.stx_mode != b.stx_mode || a.stx_mtime.tv_sec != b.stx_mtime.tv_sec ||
      a.stx_mtime.tv_nsec != b.stx_mtime.tv_nsec)
    differences++;
}

static void below(int to, const char *path, const char *name) {
  if (copies) must(mkdirat(to, name, 0700), "make", name);
  char *joined;
  if (asprintf(&joined, "%s/%s", path, name) < 0) die("remember", name);
  push(joined);
}

static void directory(const char *path, char *list, char *memory) {
  int from = must(openat(sourceRoot, path, O_RDONLY | O_DIRECTORY), "open", path);
  int to = must(openat(destRoot, path, O_RDONLY | O_DIRECTORY), "open at the destination", path);
  for (long got; (got = syscall(SYS_getdents64, from, list, listing)) > 0;) {
    for (long at = 0; at < got;) {
      struct entry *entry = (struct entry *)(list + at);
      at += entry->length;
      if (!strcmp(entry->name, ".") || !strcmp(entry->name, "..")) continue;
      if (entry->type == DT_DIR) below(to, path, entry->name);
      else visit(from, to, entry->name, memory);
    }
  }
  if (copies) {
    struct stat stat;
    must(fstat(from, &stat), "look at", path);
    must(fchmod(to, stat.st_mode & 07777), "set the mode of", path);
    must(futimens(to, (struct timespec[]){stat.st_atim, stat.st_mtim}), "set the time of", path);
  }
  close(from);
  close(to);
}

static void *work(void *unused) {
  char *list = malloc(listing), *memory = malloc(buffer);
  if (!list || !memory) die("start", "a thread");
  char *path = pop(0);
  for (; path; path = pop(1)) {
    directory(path, list, memory);
    free(path);
  }
  return unused;
}

static int walk(const char *source, const char *dest) {
  umask(0);
  sourceRoot = must(open(source, O_RDONLY | O_DIRECTORY), "open", source);
  if (copies) must(mkdir(dest, 0700), "make", dest);
  destRoot = must(open(dest, O_RDONLY | O_DIRECTORY), "open", dest);
  push(strdup("."));
  pthread_t others[threads - 1];
  for (int i = 0; i < threads - 1; i++)
    if ((errno = pthread_create(&others[i], NULL, work, NULL))) die("start", "a thread");
  work(NULL);
  for (int i = 0; i < threads - 1; i++) pthread_join(others[i], NULL);
  return differences > 0;
}

static long long microseconds(struct timeval time) {
  return time.tv_sec * 1000000LL + time.tv_usec;
}

static int measure(const char *file, char **command) {
  struct timespec start, end;
  struct rusage used;
  int status;
  clock_gettime(CLOCK_MONOTONIC, &start);
  pid_t child = must(fork(), "start", *command);
  if (child == 0) {
    execvp(*command, command);
    _exit(127);
  }
  must(wait4(child, &status, 0, &used), "wait for", *command);
  clock_gettime(CLOCK_MONOTONIC, &end);
  FILE *out = fopen(file, "w");
  if (!out) die("write", file);
  long long wall = (end.tv_sec - start.tv_sec) * 1000000LL + (end.tv_nsec - start.tv_nsec) / 1000;
  fprintf(out, "%lld %lld %lld %ld\n", wall, microseconds(used.ru_utime), microseconds(used.ru_stime),
          used.ru_maxrss);
  fclose(out);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int count, char **words) {
  if (count > 3 && !strcmp(words[1], "time")) return measure(words[2], words + 3);
  if (count != 4) return 2;
  copies = !strcmp(words[1], "copy");
  visit = copies ? copyFile : compare;
  return walk(words[2], words[3]);
}
