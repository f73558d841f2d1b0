/* One node of nothing but gossip, the real one: sockets, clock, disk and main loop.
 *
 *   gossip-node make DIR N         makes a grid of N members, whose files are in DIR/1 to DIR/N
 *   gossip-node run DIR/I PORT     is the I-th of them
 *
 * A node reads commands, one a line, and ends when its standard input does:
 *   join ADDRESS...    starts, and looks for the others there
 *   bytes              prints how many bytes of datagrams it has sent
 *   leave              says goodbye and ends
 *
 * It prints what it learns, `MICROSECONDS EVENT SUBJECT` each: joined, suspect, dead, left with a
 * member's name, or bytes with their number. The time is CLOCK_MONOTONIC's, so that lines of many
 * nodes compare. */
#include "discovery/gossip/inf-gossip.h"
#include "discovery/identity/inf-identity-file.h"

#include <errno.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KEY_FILE "key"
/* as inf-links-listen.c has it */
#define LINKS_BACKLOG 512

typedef struct
{
  GMainLoop *loop;
  InfGossip *gossip;
} Node;

static void
die (const char *what, const GError *error)
{
  fprintf (stderr, "gossip-node: %s: %s\n", what, error ? error->message : g_strerror (errno));
  exit (1);
}

static void
save_member (const char *dir, guint number, InfMembership *membership)
{
  g_autofree char *name = g_strdup_printf ("%u", number);
  g_autofree char *member_dir = g_build_filename (dir, name, NULL);
  g_autofree char *key_path = g_build_filename (member_dir, KEY_FILE, NULL);
  g_autoptr (InfIdentityFile) file
      = inf_identity_file_new_plain (inf_membership_get_keypair (membership), "");
  g_autoptr (GError) error = NULL;

  if (g_mkdir_with_parents (member_dir, 0700) != 0
      || !inf_identity_file_save (file, key_path, &error)
      || !inf_membership_save (membership, member_dir, &error))
    die (member_dir, error);
}

static int
make (const char *dir, guint n_members)
{
  const gint64 now_unix_us = g_get_real_time ();
  g_autoptr (InfKeypair) founder = inf_keypair_generate ();
  g_autoptr (InfMembership) founders
      = inf_membership_found (founder, "bench", "n1", 0, now_unix_us, NULL);

  save_member (dir, 1, founders);
  for (guint i = 2; i <= n_members; i++)
    {
      g_autoptr (InfKeypair) keypair = inf_keypair_generate ();
      g_autofree char *name = g_strdup_printf ("n%u", i);
      g_autoptr (InfCertificate) certificate = inf_membership_issue (
          founders, inf_keypair_get_public_key (keypair), name, now_unix_us, NULL);
      g_autoptr (InfMembership) membership
          = inf_membership_join (keypair, inf_membership_get_grid (founders),
                                 inf_certificate_get_bytes (certificate), NULL, now_unix_us, NULL);
      save_member (dir, i, membership);
    }
  return 0;
}

static void
report (const char *event, const char *subject)
{
  printf ("%" G_GINT64_FORMAT " %s %s\n", g_get_monotonic_time (), event, subject);
  fflush (stdout);
}

static void
report_peer (InfGossip *gossip, const InfPeerId *id, const char *event)
{
  g_autoptr (InfPeerInfo) info = inf_gossip_lookup (gossip, id);

  report (event, info ? info->name : "?");
}

static void
on_joined (InfGossip *gossip, const InfPeerId *id, Node *node)
{
  report_peer (gossip, id, "joined");
}

static void
on_dead (InfGossip *gossip, const InfPeerId *id, Node *node)
{
  report_peer (gossip, id, "dead");
}

static void
on_left (InfGossip *gossip, const InfPeerId *id, Node *node)
{
  report_peer (gossip, id, "left");
}

static void
on_changed (InfGossip *gossip, const InfPeerId *id, Node *node)
{
  g_autoptr (InfPeerInfo) info = inf_gossip_lookup (gossip, id);

  if (info && info->state == INF_PEER_SUSPECT)
    report ("suspect", info->name);
}

/* What a volunteer's machine says about itself, so that records have the size they have. */
static void
describe (InfGossip *gossip)
{
  g_autoptr (InfPeerInfo) capacity = inf_peer_info_new ();

  capacity->cores = 8;
  capacity->memory_bytes = G_GUINT64_CONSTANT (16) << 30;
  capacity->slots_total = 8;
  capacity->slots_free = 8;
  capacity->load_milli = 250;
  capacity->price_ucredits = 1000;
  capacity->hosting = TRUE;
  g_free (capacity->arch);
  capacity->arch = g_strdup ("x86_64");
  g_free (capacity->os);
  capacity->os = g_strdup ("Debian GNU/Linux 12 (bookworm)");
  g_free (capacity->open_mpi_version);
  capacity->open_mpi_version = g_strdup ("4.1.4");
  g_strfreev (capacity->offers);
  capacity->offers = g_strsplit ("taskadd taskmult taskfetch", " ", -1);
  inf_gossip_set_self (gossip, capacity);
}

static gboolean
on_connection (GSocket *listener, GIOCondition condition, gpointer user_data)
{
  g_autoptr (GSocket) connection = g_socket_accept (listener, NULL, NULL);

  return G_SOURCE_CONTINUE;
}

/* A whole node has its links' listener at gossip's port, and gossip looks whether it is there. */
static void
listen_as_links_do (guint16 port)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GInetAddress) any = g_inet_address_new_any (G_SOCKET_FAMILY_IPV4);
  g_autoptr (GSocketAddress) address = g_inet_socket_address_new (any, port);
  g_autoptr (GSocket) listener
      = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, &error);

  if (listener)
    g_socket_set_listen_backlog (listener, LINKS_BACKLOG);
  if (!listener || !g_socket_bind (listener, address, TRUE, &error)
      || !g_socket_listen (listener, &error))
    die ("listen", error);
  g_socket_set_blocking (listener, FALSE);
  g_autoptr (GSource) source = g_socket_create_source (listener, G_IO_IN, NULL);
  g_source_set_callback (source, G_SOURCE_FUNC (on_connection), NULL, NULL);
  g_source_attach (source, NULL);
}

static void
join (Node *node, char **addresses)
{
  g_autoptr (GError) error = NULL;

  for (guint i = 0; addresses[i]; i++)
    if (!inf_gossip_add_address (node->gossip, addresses[i], &error))
      die ("join", error);
  if (!inf_gossip_start (node->gossip, &error))
    die ("start", error);
}

static void
obey (Node *node, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", -1);

  if (g_strcmp0 (words[0], "join") == 0)
    join (node, words + 1);
  else if (g_strcmp0 (words[0], "leave") == 0)
    {
      inf_gossip_leave (node->gossip);
      g_main_loop_quit (node->loop);
    }
  else if (g_strcmp0 (words[0], "bytes") == 0)
    {
      g_autofree char *number
          = g_strdup_printf ("%" G_GUINT64_FORMAT, inf_gossip_get_sent_bytes (node->gossip));
      report ("bytes", number);
    }
}

static gboolean
on_command (GIOChannel *input, GIOCondition condition, gpointer user_data)
{
  Node *node = user_data;
  g_autofree char *line = NULL;
  gsize end;

  if (g_io_channel_read_line (input, &line, NULL, &end, NULL) == G_IO_STATUS_NORMAL)
    {
      line[end] = '\0';
      obey (node, line);
      return G_SOURCE_CONTINUE;
    }
  g_main_loop_quit (node->loop);
  return G_SOURCE_REMOVE;
}

static InfMembership *
load (const char *dir)
{
  g_autofree char *key_path = g_build_filename (dir, KEY_FILE, NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (InfIdentityFile) file = inf_identity_file_load (key_path, &error);
  InfMembership *membership
      = file && file->keypair ? inf_membership_load (dir, file->keypair, &error) : NULL;

  if (!membership)
    die (dir, error);
  return membership;
}

static int
run (const char *dir, guint16 port)
{
  g_autoptr (InfMembership) membership = load (dir);
  g_autoptr (InfGossip) gossip = inf_gossip_new (membership, port, dir);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (STDIN_FILENO);
  Node node = { .loop = loop, .gossip = gossip };

  inf_gossip_set_multicast (gossip, FALSE);
  g_signal_connect (gossip, "peer-joined", G_CALLBACK (on_joined), &node);
  g_signal_connect (gossip, "peer-dead", G_CALLBACK (on_dead), &node);
  g_signal_connect (gossip, "peer-left", G_CALLBACK (on_left), &node);
  g_signal_connect (gossip, "peer-changed", G_CALLBACK (on_changed), &node);
  describe (gossip);
  listen_as_links_do (port);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP, on_command, &node);
  report ("ready", "-");
  g_main_loop_run (loop);
  inf_gossip_stop (gossip);
  return 0;
}

int
main (int argc, char **argv)
{
  if (argc == 4 && strcmp (argv[1], "make") == 0)
    return make (argv[2], (guint)strtoul (argv[3], NULL, 10));
  if (argc == 4 && strcmp (argv[1], "run") == 0)
    return run (argv[2], (guint16)strtoul (argv[3], NULL, 10));
  fprintf (stderr, "gossip-node make DIR N | run DIR PORT\n");
  return 2;
}
