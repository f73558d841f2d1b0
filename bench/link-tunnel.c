/* One end of a TCP tunnel through a link, as a job's network uses it.
 *
 *   link-tunnel serve TARGET-PORT              prints its key's peer id and its port
 *   link-tunnel dial PEER-ID PORT              prints the port whose connections it carries there
 *
 * Both run until their standard input ends. Everyone is a member. */
#include "discovery/link/inf-links.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SERVICE "infinity-net"

static gboolean
authorize (const InfPublicKey *key, GBytes *certificate, gpointer user_data, GError **error)
{
  return TRUE;
}

static void
set_no_delay (int fd)
{
  const int on = 1;

  setsockopt (fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
}

static struct sockaddr_in
loopback (guint16 port)
{
  return (struct sockaddr_in){ .sin_family = AF_INET,
                               .sin_port = htons (port),
                               .sin_addr.s_addr = htonl (INADDR_LOOPBACK) };
}

static void
on_incoming (InfLinkIncoming *incoming, gpointer user_data)
{
  struct sockaddr_in address = loopback (GPOINTER_TO_UINT (user_data));
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  InfSplice splice = { fd, fd, -1 };

  if (connect (fd, (struct sockaddr *)&address, sizeof address) != 0)
    g_warning ("connect: %s", g_strerror (errno));
  set_no_delay (fd);
  g_object_unref (inf_link_incoming_accept (incoming, &splice));
}

static void
serve (InfLinks *links, InfKeypair *keypair, guint16 target_port)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *id = inf_peer_id_to_text (inf_keypair_get_peer_id (keypair));

  inf_links_add_service (links, SERVICE, on_incoming, GUINT_TO_POINTER ((guint)target_port), NULL);
  if (!inf_links_listen (links, 0, &error))
    g_error ("%s", error->message);
  printf ("%s %u\n", id, inf_links_get_port (links));
}

typedef struct
{
  InfLinks *links;
  InfEndpoint *endpoint;
} Dialler;

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLinkChannel) channel
      = inf_links_open_channel_finish (INF_LINKS (source), result, &error);

  if (!channel)
    g_error ("%s", error->message);
}

static gboolean
on_connection (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  Dialler *dialler = user_data;
  int fd = accept4 (g_socket_get_fd (socket), NULL, NULL, SOCK_CLOEXEC);
  InfSplice splice = { fd, fd, -1 };

  set_no_delay (fd);
  inf_links_open_channel_async (dialler->links, dialler->endpoint, SERVICE, NULL, &splice, NULL,
                                on_opened, NULL);
  return G_SOURCE_CONTINUE;
}

static void
dial (InfLinks *links, const char *id_text, const char *port)
{
  g_autofree char *address = g_strdup_printf ("127.0.0.1:%s", port);
  const char *addresses[] = { address, NULL };
  Dialler *dialler = g_new0 (Dialler, 1);
  struct sockaddr_in own = loopback (0);
  socklen_t length = sizeof own;
  InfPeerId id;

  if (!inf_peer_id_from_text (id_text, &id))
    g_error ("%s is no peer id", id_text);
  dialler->links = links;
  dialler->endpoint = inf_endpoint_new (&id, addresses);
  int fd = socket (AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (bind (fd, (struct sockaddr *)&own, sizeof own) != 0 || listen (fd, 8) != 0)
    g_error ("listen: %s", g_strerror (errno));
  getsockname (fd, (struct sockaddr *)&own, &length);
  GSocket *listener = g_socket_new_from_fd (fd, NULL);
  GSource *source = g_socket_create_source (listener, G_IO_IN, NULL);
  g_source_set_callback (source, G_SOURCE_FUNC (on_connection), dialler, NULL);
  g_source_attach (source, NULL);
  printf ("%u\n", ntohs (own.sin_port));
}

static gboolean
on_input_end (GIOChannel *channel, GIOCondition condition, gpointer loop)
{
  g_main_loop_quit (loop);
  return G_SOURCE_REMOVE;
}

int
main (int argc, char **argv)
{
  g_autoptr (InfKeypair) keypair = inf_keypair_generate ();
  g_autoptr (InfLinks) links = inf_links_new (keypair);
  g_autoptr (GMainLoop) loop = g_main_loop_new (NULL, FALSE);
  g_autoptr (GIOChannel) input = g_io_channel_unix_new (STDIN_FILENO);

  inf_links_set_authorize (links, authorize, NULL, NULL);
  if (argc == 3 && strcmp (argv[1], "serve") == 0)
    serve (links, keypair, atoi (argv[2]));
  else if (argc == 4 && strcmp (argv[1], "dial") == 0)
    dial (links, argv[2], argv[3]);
  else
    {
      fprintf (stderr, "link-tunnel serve TARGET-PORT | dial PEER-ID PORT\n");
      return 2;
    }
  fflush (stdout);
  g_io_add_watch (input, G_IO_IN | G_IO_HUP, on_input_end, loop);
  g_main_loop_run (loop);
  inf_links_stop (links);
  return 0;
}
