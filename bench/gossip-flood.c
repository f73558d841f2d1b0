#include "discovery/gossip/inf-gossip.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* gossip-flood [SECONDS]: two members on the loopback interface, one of them under a flood of
 * datagrams from an outsider. Prints how many a second were sent, what they cost, and whether the
 * members have lost each other. */
#define BATCH 64
#define DATAGRAM_SIZE_BYTES 200

typedef struct
{
  char *dir;
  InfMembership *membership;
  InfGossip *gossip;
  guint n_lost;
} Node;

static void
on_dead (InfGossip *gossip, const InfPeerId *id, gpointer data)
{
  Node *node = data;

  node->n_lost++;
}

static void
start (Node *node, InfMembership *membership)
{
  g_autoptr (GError) error = NULL;

  node->dir = g_dir_make_tmp ("infinity-flood-XXXXXX", NULL);
  node->membership = membership;
  node->gossip = inf_gossip_new (membership, 0, node->dir);
  inf_gossip_set_multicast (node->gossip, FALSE);
  g_signal_connect (node->gossip, "peer-dead", G_CALLBACK (on_dead), node);
  if (!inf_gossip_start (node->gossip, &error))
    g_error ("%s", error->message);
}

static void
stop (Node *node)
{
  g_autofree char *file = g_build_filename (node->dir, "gossip", NULL);

  g_clear_object (&node->gossip);
  inf_membership_unref (node->membership);
  g_unlink (file);
  g_rmdir (node->dir);
  g_free (node->dir);
}

static InfMembership *
second_member (InfMembership *founders)
{
  g_autoptr (InfKeypair) keypair = inf_keypair_generate ();
  g_autoptr (InfCertificate) certificate = inf_membership_issue (
      founders, inf_keypair_get_public_key (keypair), "member", g_get_real_time (), NULL);

  return inf_membership_join (keypair, inf_membership_get_grid (founders),
                              inf_certificate_get_bytes (certificate), NULL, g_get_real_time (),
                              NULL);
}

/* The outsider: as fast as one process can, until it is ended; writes how many it sent. */
static void
flood (guint16 port, int out_fd)
{
  static guint8 noise[BATCH][DATAGRAM_SIZE_BYTES];
  struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = g_htons (port) };
  struct iovec vectors[BATCH];
  struct mmsghdr messages[BATCH] = { 0 };
  int fd = socket (AF_INET, SOCK_DGRAM, 0);

  name.sin_addr.s_addr = g_htonl (INADDR_LOOPBACK);
  for (guint i = 0; i < BATCH; i++)
    {
      for (guint j = 0; j < DATAGRAM_SIZE_BYTES; j++)
        noise[i][j] = (guint8)g_random_int ();
      vectors[i] = (struct iovec){ noise[i], DATAGRAM_SIZE_BYTES };
      messages[i].msg_hdr = (struct msghdr){
        .msg_name = &name, .msg_namelen = sizeof name, .msg_iov = &vectors[i], .msg_iovlen = 1
      };
    }
  for (guint64 n_sent = 0;;)
    {
      int n = sendmmsg (fd, messages, BATCH, 0);
      n_sent += n > 0 ? (guint64)n : 0;
      if (pwrite (out_fd, &n_sent, sizeof n_sent, 0) < 0)
        _exit (1);
    }
}

static gboolean
on_timer (gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

static void
run_for (guint ms)
{
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);

  g_timeout_add (ms, on_timer, loop);
  g_main_loop_run (loop);
}

static double
used_s (void)
{
  struct rusage usage;

  getrusage (RUSAGE_SELF, &usage);
  return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec)
         + (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e6;
}

int
main (int argc, char **argv)
{
  guint seconds = argc > 1 ? (guint)atoi (argv[1]) : 10;
  Node nodes[2] = { 0 };
  g_autoptr (InfKeypair) founder = inf_keypair_generate ();
  InfMembership *founders
      = inf_membership_found (founder, "flood", "founder", 0, g_get_real_time (), NULL);
  FILE *counter = tmpfile ();
  guint64 n_sent = 0;

  start (&nodes[0], founders);
  start (&nodes[1], second_member (founders));
  g_autofree char *address
      = g_strdup_printf ("127.0.0.1:%u", inf_gossip_get_port (nodes[0].gossip));
  inf_gossip_add_address (nodes[1].gossip, address, NULL);
  run_for (3000);
  if (inf_gossip_count_others (nodes[0].gossip) != 1)
    g_error ("the two have not found each other");

  double before_s = used_s ();
  pid_t outsider = fork ();
  if (outsider == 0)
    flood (inf_gossip_get_port (nodes[0].gossip), fileno (counter));
  run_for (seconds * 1000);
  kill (outsider, SIGKILL);
  waitpid (outsider, NULL, 0);
  if (pread (fileno (counter), &n_sent, sizeof n_sent, 0) != sizeof n_sent)
    g_error ("%s", g_strerror (errno));
  g_print ("datagrams sent by the outsider: %.0f a second\n", (double)n_sent / seconds);
  g_print ("processor time of both members: %.0f %% of a core\n",
           100 * (used_s () - before_s) / seconds);
  g_print ("deaths declared: %u\n", nodes[0].n_lost + nodes[1].n_lost);
  g_print ("alive at the end: %u of 2\n",
           inf_gossip_count_others (nodes[0].gossip) + inf_gossip_count_others (nodes[1].gossip));
  fclose (counter);
  stop (&nodes[0]);
  stop (&nodes[1]);
  return 0;
}
