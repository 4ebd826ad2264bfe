/*
 * A long thin line between two network namespaces: every packet takes its time, shares a rate with the others, waits in
 * a queue that has an end, and may be lost. What crosses it is TCP of the kernel, as it would be across a continent.
 *
 *   link NEAR FAR DELAY_MS MBIT LOSS
 *
 * Makes the device `line` in both namespaces, prints `ready`, and ends when its standard input does: then whoever made the
 * namespaces is gone, however, and they go too. The queue holds what the line carries in two delays, at least 1 MB.
 *
 * TCP hands over up to 64 KiB at once, as a network card takes it: packet by packet the line alone would keep a core busy.
 * The rate and the loss are those of the packets of 1500 bytes that such a piece is; one that is lost takes its piece along.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/if.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <math.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <time.h>
#include <unistd.h>

enum { longest = 65536 + 1024, second = 1000000000 };

struct waiting {
  int64_t due;
  int length;
  char *bytes; /* what the kernel says of it, and then itself */
};

/* One way. Packets leave in the order they came, so the first is always the next. */
struct way {
  int from, to;
  struct waiting *ring;
  size_t room, first, count;
  int64_t sent_until; /* when the line is free again */
};

static int64_t delay, queue_time;
static double ns_per_byte, loss;

static void fail(const char *what) {
  perror(what);
  exit(1);
}

static int64_t now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return time.tv_sec * (int64_t)second + time.tv_nsec;
}

static int device_in(const char *space) {
  char path[200];
  snprintf(path, sizeof path, "/run/netns/%s", space);
  int there = open(path, O_RDONLY | O_CLOEXEC);
  if (there < 0 || setns(there, CLONE_NEWNET) < 0) fail(path);
  close(there);
  int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
  struct ifreq wanted = {.ifr_name = "line", .ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR};
  if (device < 0 || ioctl(device, TUNSETIFF, &wanted) < 0) fail("/dev/net/tun");
  if (ioctl(device, TUNSETOFFLOAD, TUN_F_CSUM | TUN_F_TSO4) < 0) fail("TUNSETOFFLOAD");
  return device;
}

static void open_way(struct way *way, int from, int to) {
  *way = (struct way){.from = from, .to = to};
  way->room = (size_t)((delay + queue_time) / ns_per_byte / 60) + 1000; /* even if all are tiny */
  if (way->room > 400000) way->room = 400000;
  way->ring = calloc(way->room, sizeof *way->ring);
  if (!way->ring) fail("memory");
}

/* How many packets a piece is on the line; each has the headers of the first. */
static int packets_in(const struct virtio_net_hdr *piece, int length) {
  if (piece->gso_type == VIRTIO_NET_HDR_GSO_NONE) return 1;
  return (length - piece->hdr_len + piece->gso_size - 1) / piece->gso_size;
}

static void take(struct way *way, int64_t at) {
  static char piece[longest];
  for (int some = 0; some < 64; some++) {
    int all = (int)read(way->from, piece, longest);
    if (all <= (int)sizeof(struct virtio_net_hdr)) return;
    const struct virtio_net_hdr *told = (const void *)piece;
    int length = all - (int)sizeof *told, packets = packets_in(told, length);
    int64_t begins = way->sent_until > at ? way->sent_until : at;
    int is_lost = drand48() < 1 - pow(1 - loss, packets);
    if (way->count == way->room || begins - at > queue_time || is_lost) continue;
    way->sent_until = begins + (int64_t)((length + (packets - 1) * told->hdr_len) * ns_per_byte);
    struct waiting *slot = &way->ring[(way->first + way->count) % way->room];
    *slot = (struct waiting){.due = way->sent_until + delay, .length = all, .bytes = malloc(all)};
    if (!slot->bytes) fail("memory");
    memcpy(slot->bytes, piece, all);
    way->count++;
  }
}

static void give(struct way *way, int64_t at) {
  while (way->count > 0 && way->ring[way->first].due <= at) {
    struct waiting *next = &way->ring[way->first];
    if (write(way->to, next->bytes, next->length) < 0 && errno == EAGAIN) return;
    free(next->bytes);
    way->first = (way->first + 1) % way->room;
    way->count--;
  }
}

static int64_t earlier(struct way *way, int64_t than) {
  return way->count > 0 && way->ring[way->first].due < than ? way->ring[way->first].due : than;
}

static void forget(const char *name) {
  char path[256];
  snprintf(path, sizeof path, "/run/netns/%s", name);
  umount2(path, MNT_DETACH);
  unlink(path);
}

int main(int count, char **words) {
  if (count != 6) return fprintf(stderr, "link NEAR FAR DELAY_MS MBIT LOSS\n"), 2;
  delay = (int64_t)(atof(words[3]) * 1000000);
  ns_per_byte = 8000 / atof(words[4]);
  loss = atof(words[5]);
  queue_time = 2 * delay > (int64_t)(1000000 * ns_per_byte) ? 2 * delay : (int64_t)(1000000 * ns_per_byte);
  signal(SIGHUP, SIG_IGN), signal(SIGINT, SIG_IGN), signal(SIGTERM, SIG_IGN); /* who made us ends by them, and so do we */
  int near = device_in(words[1]), far = device_in(words[2]);
  struct way ways[2];
  open_way(&ways[0], near, far);
  open_way(&ways[1], far, near);
  sched_setscheduler(0, SCHED_FIFO, &(struct sched_param){.sched_priority = 1}); /* a line waits for nobody */
  puts("ready");
  fflush(stdout);
  struct pollfd wanted[] = {{.fd = near, .events = POLLIN}, {.fd = far, .events = POLLIN}, {.fd = 0, .events = POLLIN}};
  for (;;) {
    int64_t at = now(), next = earlier(&ways[0], earlier(&ways[1], at + second));
    struct timespec wait = {.tv_nsec = next > at ? (next - at) % second : 0, .tv_sec = next > at ? (next - at) / second : 0};
    if (ppoll(wanted, 3, &wait, NULL) < 0 && errno != EINTR) fail("poll");
    if (wanted[2].revents) return forget(words[1]), forget(words[2]), 0;
    at = now();
    for (int way = 0; way < 2; way++) take(&ways[way], at), give(&ways[way], at);
  }
}
