#include "discovery/gossip/inf-interface-watch.h"

#include <errno.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>
#include <unistd.h>

struct _InfInterfaceWatch
{
  int fd;
  GSource *source;
  GSourceFunc changed;
  gpointer data;
};

/* What it was does not matter: whoever is told looks at all there is. When messages were lost, that
 * is one, too. */
static gboolean
on_readable (int fd, GIOCondition condition, gpointer data)
{
  InfInterfaceWatch *watch = data;
  guint8 buffer[8192];
  gboolean is_told = FALSE;
  gssize size;

  while ((size = recv (fd, buffer, sizeof buffer, 0)) > 0 || (size < 0 && errno == ENOBUFS))
    is_told = TRUE;
  if (is_told)
    watch->changed (watch->data);
  return G_SOURCE_CONTINUE;
}

/**
 * inf_interface_watch_new:
 * @context: (nullable): where @changed is called
 * @changed: called after something changed, often several times in a row; must not free the watch;
 *   what it returns does not count
 * @data: for @changed
 *
 * Returns: (transfer full) (nullable): a watch; %NULL where the kernel tells nothing
 */
InfInterfaceWatch *
inf_interface_watch_new (GMainContext *context, GSourceFunc changed, gpointer data)
{
  struct sockaddr_nl name = {
    .nl_family = AF_NETLINK,
    .nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR,
  };
  int fd = socket (AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);

  if (fd < 0 || bind (fd, (struct sockaddr *)&name, sizeof name) != 0)
    {
      if (fd >= 0)
        close (fd);
      return NULL;
    }
  InfInterfaceWatch *watch = g_new0 (InfInterfaceWatch, 1);
  watch->fd = fd;
  watch->changed = changed;
  watch->data = data;
  watch->source = g_unix_fd_source_new (fd, G_IO_IN);
  g_source_set_callback (watch->source, G_SOURCE_FUNC (on_readable), watch, NULL);
  g_source_attach (watch->source, context);
  return watch;
}

void
inf_interface_watch_free (InfInterfaceWatch *watch)
{
  if (!watch)
    return;
  g_source_destroy (watch->source);
  g_source_unref (watch->source);
  close (watch->fd);
  g_free (watch);
}
