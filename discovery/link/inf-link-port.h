#pragma once

#include "discovery/link/inf-link-exchange.h"
#include "discovery/link/inf-link-pump.h"

#include <glib.h>

G_BEGIN_DECLS

typedef struct _InfLinkPort InfLinkPort;

/**
 * InfLinkPortFuncs:
 * @opened: of a port of this side: the other side has taken it, or not where there is an error;
 * once
 * @closed: nothing moves any more; once, of a port that was taken
 *
 * Called in the main context.
 */
typedef struct
{
  void (*opened) (InfLinkPort *port, const GError *error, gpointer user_data);
  void (*closed) (InfLinkPort *port, int exit_status, gpointer user_data);
} InfLinkPortFuncs;

/**
 * InfLinkPort:
 * @service: what serves the channel
 * @header: (nullable): of an incoming port, what its opener told
 * @is_taken: accepted by whoever serves it
 * @is_input_ended: nothing more is read here; of data and of standard error
 * @is_output_ended: nothing more arrives, and what did is written
 * @is_exiting: the program has ended with @exit_status, what it left is still sent
 * @is_draining: the other side is done; what it sent is still being written
 * @sent_bytes: read here, so far (atomic)
 * @received_bytes: arrived here, so far (atomic)
 *
 * One end of a channel. Of the session's thread, but for the functions, which are set before the
 * thread first hears of them.
 */
struct _InfLinkPort
{
  InfLinkEnd end;
  gatomicrefcount ref_count;
  char *service;
  GBytes *header;
  InfLinkPump pump;
  gboolean is_serving;
  gboolean is_taken;
  gboolean is_attached;
  gboolean is_input_ended[2];
  gboolean is_remote_ended[2];
  gboolean is_output_ended[2];
  gboolean is_program;
  gboolean is_exiting;
  gboolean is_draining;
  gboolean is_finished;
  gboolean is_widened;
  int exit_status;
  gint64 sent_bytes;
  gint64 received_bytes;
  InfLinkPortFuncs funcs;
  gpointer user_data;
};

InfLinkPort *inf_link_port_new (const char *service, gboolean is_serving);
void inf_link_port_set_funcs (InfLinkPort *port, const InfLinkPortFuncs *funcs, gpointer user_data);
InfLinkPort *inf_link_port_ref (InfLinkPort *port);
void inf_link_port_unref (InfLinkPort *port);

guint64 inf_link_port_get_sent_bytes (InfLinkPort *port);
guint64 inf_link_port_get_received_bytes (InfLinkPort *port);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfLinkPort, inf_link_port_unref)

G_END_DECLS
