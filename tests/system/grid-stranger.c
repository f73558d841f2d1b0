#include <arpa/inet.h>
#include <errno.h>
#include <libssh/libssh.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

/* Somebody on the LAN who is in no grid, and tries a node:
 *   grid-stranger datagrams ADDRESS PORT   sends junk, prints "sent", and after a line on its input
 *                                          fails if anything at all has come back
 *   grid-stranger ssh ADDRESS PORT USER    tries every way to log in with a key of its own, and
 *                                          fails if one works
 */

#define MAX_DATAGRAM_BYTES 1400
#define TIMEOUT_S 10

static int
usage (void)
{
  fprintf (stderr, "usage: grid-stranger datagrams|ssh ADDRESS PORT [USER]\n");
  return 2;
}

/* Random bytes of every size up to a full datagram; and the same with each possible first byte. */
static int
send_junk (int fd)
{
  unsigned char bytes[MAX_DATAGRAM_BYTES];

  for (size_t size = 0; size < sizeof bytes; size += 7)
    {
      if (getrandom (bytes, sizeof bytes, 0) != (ssize_t)sizeof bytes)
        return -1;
      bytes[0] = (unsigned char)(size / 7);
      /* a full queue on the way is no answer */
      if (send (fd, bytes, size, 0) < 0 && errno != ENOBUFS)
        return -1;
    }
  return 0;
}

static int
try_datagrams (const char *address, int port)
{
  struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons ((uint16_t)port) };
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  char line[16];
  char answer[MAX_DATAGRAM_BYTES];

  if (fd < 0 || inet_pton (AF_INET, address, &to.sin_addr) != 1
      || connect (fd, (struct sockaddr *)&to, sizeof to) < 0 || send_junk (fd) < 0)
    {
      perror ("sending");
      return 2;
    }
  printf ("sent\n");
  fflush (stdout);
  if (!fgets (line, sizeof line, stdin))
    return 2;
  if (recv (fd, answer, sizeof answer, MSG_DONTWAIT) >= 0)
    {
      fprintf (stderr, "there was an answer\n");
      return 1;
    }
  return errno == EAGAIN ? 0 : 2;
}

/* Nothing but a refusal, or the end of the connection, is right. */
static int
log_in (ssh_session session)
{
  ssh_key key = NULL;
  int is_in = 0;

  if (ssh_pki_generate (SSH_KEYTYPE_ED25519, 0, &key) != SSH_OK)
    return -1;
  is_in |= ssh_userauth_none (session, NULL) == SSH_AUTH_SUCCESS;
  is_in |= ssh_userauth_publickey (session, NULL, key) == SSH_AUTH_SUCCESS;
  is_in |= ssh_userauth_password (session, NULL, "0123456789abcdef0123456789abcdef")
           == SSH_AUTH_SUCCESS;
  ssh_key_free (key);
  return is_in;
}

static int
try_ssh (const char *address, int port, const char *user)
{
  ssh_session session = ssh_new ();
  long timeout_s = TIMEOUT_S;
  int is_in = -1;

  ssh_options_set (session, SSH_OPTIONS_HOST, address);
  ssh_options_set (session, SSH_OPTIONS_PORT, &port);
  ssh_options_set (session, SSH_OPTIONS_USER, user);
  ssh_options_set (session, SSH_OPTIONS_TIMEOUT, &timeout_s);
  if (ssh_connect (session) == SSH_OK)
    is_in = log_in (session);
  else
    fprintf (stderr, "no handshake: %s\n", ssh_get_error (session));
  ssh_disconnect (session);
  ssh_free (session);
  if (is_in > 0)
    fprintf (stderr, "%s was let in\n", user);
  return is_in == 0 ? 0 : is_in > 0 ? 1 : 2;
}

int
main (int argc, char **argv)
{
  if (argc == 4 && strcmp (argv[1], "datagrams") == 0)
    return try_datagrams (argv[2], atoi (argv[3]));
  if (argc == 5 && strcmp (argv[1], "ssh") == 0)
    return try_ssh (argv[2], atoi (argv[3]), argv[4]);
  return usage ();
}
