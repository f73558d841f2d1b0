#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/*
 * What the lab's tests run in the hosts:
 *   lab-net receive PORT [GROUP]      prints "ready", then every datagram as a line
 *   lab-net send ADDRESS PORT TEXT N  sends N datagrams of 1,200 bytes that start with TEXT
 *   lab-net echo PORT                 prints "ready", takes one TCP connection, sends back what
 * comes lab-net talk ADDRESS PORT         a TCP connection: every line of stdin is sent, what comes
 * back is printed
 */

#define SIZE_BYTES 1200

static void
die (const char *what)
{
  perror (what);
  exit (1);
}

static struct sockaddr_in
make_address (const char *host, const char *port)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (atoi (port)) };

  if (inet_pton (AF_INET, host, &address.sin_addr) != 1)
    die (host);
  return address;
}

static int
receive (const char *port, const char *group)
{
  struct sockaddr_in address = make_address ("0.0.0.0", port);
  int fd = socket (AF_INET, SOCK_DGRAM, 0);
  int room_bytes = 16 * 1024 * 1024;
  char buffer[SIZE_BYTES + 1];
  ssize_t n;

  /* As much as everybody may have; room for some 180 datagrams. Bursts must stay below that, or the
   * socket would lose what the network did not. */
  setsockopt (fd, SOL_SOCKET, SO_RCVBUF, &room_bytes, sizeof room_bytes);
  if (bind (fd, (struct sockaddr *)&address, sizeof address) < 0)
    die ("bind");
  if (group)
    {
      struct ip_mreq membership = { .imr_multiaddr = make_address (group, port).sin_addr };
      if (setsockopt (fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &membership, sizeof membership) < 0)
        die ("IP_ADD_MEMBERSHIP");
    }
  setlinebuf (stdout);
  puts ("ready");
  while ((n = recv (fd, buffer, SIZE_BYTES, 0)) >= 0)
    {
      buffer[n] = 0;
      puts (buffer);
    }
  return 1;
}

static int
send_many (const char *host, const char *port, const char *text, int n)
{
  struct sockaddr_in address = make_address (host, port);
  int fd = socket (AF_INET, SOCK_DGRAM, 0);
  char buffer[SIZE_BYTES] = { 0 };

  snprintf (buffer, sizeof buffer, "%s", text);
  for (int i = 0; i < n; i++)
    if (sendto (fd, buffer, sizeof buffer, 0, (struct sockaddr *)&address, sizeof address) < 0)
      die ("sendto");
  return 0;
}

static int
echo (const char *port)
{
  struct sockaddr_in address = make_address ("0.0.0.0", port);
  int listen_fd = socket (AF_INET, SOCK_STREAM, 0);
  char buffer[4096];
  ssize_t n;
  int fd;

  if (bind (listen_fd, (struct sockaddr *)&address, sizeof address) < 0
      || listen (listen_fd, 1) < 0)
    die ("listen");
  puts ("ready");
  fflush (stdout);
  fd = accept (listen_fd, NULL, NULL);
  while ((n = read (fd, buffer, sizeof buffer)) > 0)
    if (write (fd, buffer, (size_t)n) != n)
      die ("write");
  return n < 0;
}

static int
talk (const char *host, const char *port)
{
  struct sockaddr_in address = make_address (host, port);
  int fd = socket (AF_INET, SOCK_STREAM, 0);
  char buffer[4096];
  ssize_t n;

  if (connect (fd, (struct sockaddr *)&address, sizeof address) < 0)
    die ("connect");
  while ((n = read (0, buffer, sizeof buffer)) > 0)
    {
      if (write (fd, buffer, (size_t)n) != n)
        die ("write");
      for (ssize_t left = n; left > 0;)
        {
          ssize_t got = read (fd, buffer, (size_t)left);
          if (got <= 0)
            die ("read");
          if (write (1, buffer, (size_t)got) != got)
            die ("stdout");
          left -= got;
        }
    }
  return 0;
}

int
main (int argc, char **argv)
{
  const char *verb = argc > 1 ? argv[1] : "";

  if (argc >= 3 && strcmp (verb, "receive") == 0)
    return receive (argv[2], argc > 3 ? argv[3] : NULL);
  if (argc == 6 && strcmp (verb, "send") == 0)
    return send_many (argv[2], argv[3], argv[4], atoi (argv[5]));
  if (argc == 3 && strcmp (verb, "echo") == 0)
    return echo (argv[2]);
  if (argc == 4 && strcmp (verb, "talk") == 0)
    return talk (argv[2], argv[3]);
  fprintf (stderr, "see the top of lab-net.c\n");
  return 2;
}
