#include <arpa/inet.h>
#include <errno.h>
#include <netinet/ip.h>
#include <netinet/udp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/if_ether.h>
#include <sys/socket.h>
#include <unistd.h>

/* Somebody who taps a wire, and says again what was said there:
 *   grid-replayer record ADDRESS PORT FILE N       writes down the next N datagrams that this
 *                                                  machine sends there, and ends
 *   grid-replayer replay ADDRESS PORT FILE SOURCE  sends them there over and over, as if from
 *                                                  SOURCE and the same port, and prints "round"
 * each time; until its input ends. Fails if anything comes back.
 */

#define MAX_DATAGRAM_BYTES 1500
#define ROUND_MS 100

typedef struct
{
  struct iphdr ip;
  struct udphdr udp;
  unsigned char payload[MAX_DATAGRAM_BYTES];
} Packet;

static void
die (const char *what)
{
  perror (what);
  exit (2);
}

/* Returns: how long the payload is, or -1 where it is something else than asked for. */
static int
payload_of (const unsigned char *bytes, ssize_t size, struct in_addr to, unsigned port,
            const unsigned char **ret_payload)
{
  struct iphdr ip;
  struct udphdr udp;

  if (size < (ssize_t)(sizeof ip + sizeof udp))
    return -1;
  memcpy (&ip, bytes, sizeof ip);
  memcpy (&udp, bytes + ip.ihl * 4, sizeof udp);
  if (ip.version != 4 || ip.protocol != IPPROTO_UDP || ip.daddr != to.s_addr
      || ntohs (udp.dest) != port)
    return -1;
  *ret_payload = bytes + ip.ihl * 4 + sizeof udp;
  return (int)(size - (*ret_payload - bytes));
}

static int
record (struct in_addr to, unsigned port, const char *path, unsigned n)
{
  /* only this kind of socket sees what leaves */
  int fd = socket (AF_PACKET, SOCK_DGRAM, htons (ETH_P_ALL));
  FILE *file = fopen (path, "w");
  unsigned char bytes[MAX_DATAGRAM_BYTES];

  if (fd < 0 || !file)
    die ("record");
  printf ("ready\n");
  fflush (stdout);
  while (n > 0)
    {
      const unsigned char *payload;
      ssize_t got = recv (fd, bytes, sizeof bytes, 0);
      if (got < 0)
        die ("recv");
      int size = payload_of (bytes, got, to, port, &payload);
      if (size < 0)
        continue;
      fwrite (&size, sizeof size, 1, file);
      fwrite (payload, 1, (size_t)size, file);
      n--;
    }
  return fclose (file) == 0 ? 0 : 2;
}

static void
send_as (int fd, struct in_addr from, const struct sockaddr_in *to, const void *payload, int size)
{
  Packet packet = { .ip = { .version = 4, .ihl = 5, .ttl = 64, .protocol = IPPROTO_UDP } };
  size_t total = sizeof packet.ip + sizeof packet.udp + (size_t)size;

  packet.ip.saddr = from.s_addr;
  packet.ip.daddr = to->sin_addr.s_addr;
  packet.ip.tot_len = htons ((unsigned short)total);
  packet.udp.source = to->sin_port;
  packet.udp.dest = to->sin_port;
  packet.udp.len = htons ((unsigned short)(total - sizeof packet.ip));
  memcpy (packet.payload, payload, (size_t)size);
  if (sendto (fd, &packet, total, 0, (const struct sockaddr *)to, sizeof *to) < 0
      && errno != ENOBUFS)
    die ("sendto");
}

static void
send_all (int fd, struct in_addr from, const struct sockaddr_in *to, FILE *file)
{
  unsigned char payload[MAX_DATAGRAM_BYTES];
  int size;

  rewind (file);
  while (fread (&size, sizeof size, 1, file) == 1)
    {
      if (size > MAX_DATAGRAM_BYTES || fread (payload, 1, (size_t)size, file) != (size_t)size)
        die ("the file");
      send_as (fd, from, to, payload, size);
    }
}

static int
replay (struct in_addr address, unsigned port, const char *path, struct in_addr from)
{
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr = address, .sin_port = htons (port) };
  struct sockaddr_in own = { .sin_family = AF_INET, .sin_port = htons (port) };
  int raw_fd = socket (AF_INET, SOCK_RAW, IPPROTO_RAW);
  int udp_fd = socket (AF_INET, SOCK_DGRAM, 0);
  struct pollfd fds[] = { { STDIN_FILENO, POLLIN, 0 }, { udp_fd, POLLIN, 0 } };
  FILE *file = fopen (path, "r");

  if (raw_fd < 0 || !file || bind (udp_fd, (struct sockaddr *)&own, sizeof own) < 0)
    die ("replay");
  for (;;)
    {
      send_all (raw_fd, from, &to, file);
      printf ("round\n");
      fflush (stdout);
      if (poll (fds, 2, ROUND_MS) < 0)
        die ("poll");
      if (fds[1].revents)
        {
          fprintf (stderr, "there was an answer\n");
          return 1;
        }
      if (fds[0].revents)
        return 0;
    }
}

int
main (int argc, char **argv)
{
  struct in_addr address, from;

  if (argc == 6 && strcmp (argv[1], "record") == 0 && inet_pton (AF_INET, argv[2], &address) == 1)
    return record (address, (unsigned)atoi (argv[3]), argv[4], (unsigned)atoi (argv[5]));
  if (argc == 6 && strcmp (argv[1], "replay") == 0 && inet_pton (AF_INET, argv[2], &address) == 1
      && inet_pton (AF_INET, argv[5], &from) == 1)
    return replay (address, (unsigned)atoi (argv[3]), argv[4], from);
  fprintf (stderr, "usage: grid-replayer record|replay ADDRESS PORT FILE N|SOURCE\n");
  return 2;
}
