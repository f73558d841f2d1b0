#include "cli/inf-transfer-watch.h"

#include "cli/inf-progress.h"
#include "cli/inf-quantity.h"
#include "common/inf-error.h"

#include <glib-unix.h>
#include <signal.h>

/* Follows one transfer to its end. A signal cancels it, and the wait goes on until that is so. */

typedef struct
{
  InfDBusFiles1 *files;
  const char *id;
  GMainLoop *loop;
  InfProgress *progress;
  GVariant *last;
  gboolean is_lost;
  int signal;
} Watch;

static gboolean
has_ended (GVariant *transfer)
{
  gint64 ended_unix_us = 0;

  g_variant_lookup (transfer, "ended-unix", "x", &ended_unix_us);
  return ended_unix_us > 0;
}

/* Returns: (transfer full): @transfer as InfProgress shows jobs */
static GVariant *
describe_progress (GVariant *transfer)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  const char *state = "", *from = "";
  guint64 size_bytes = 0, got_bytes = 0;
  g_autofree char *text = NULL;

  g_variant_lookup (transfer, "state", "&s", &state);
  g_variant_lookup (transfer, "from", "&s", &from);
  g_variant_lookup (transfer, "size", "t", &size_bytes);
  g_variant_lookup (transfer, "got", "t", &got_bytes);
  g_variant_dict_insert (&dict, "state", "s", state);
  if (*from)
    {
      g_autofree char *size = inf_quantity_format_size (size_bytes);
      text = g_strdup_printf ("%s from %s", size, from);
      g_variant_dict_insert (&dict, "progress-text", "s", text);
    }
  if (size_bytes > 0)
    g_variant_dict_insert (&dict, "progress", "d", (double)got_bytes / (double)size_bytes);
  return g_variant_ref_sink (g_variant_dict_end (&dict));
}

static void
take (Watch *watch, GVariant *transfer)
{
  const char *id = "";

  g_variant_lookup (transfer, "id", "&s", &id);
  if (!g_str_equal (id, watch->id))
    return;
  g_variant_ref (transfer);
  g_clear_pointer (&watch->last, g_variant_unref);
  watch->last = transfer;
  if (watch->progress)
    {
      g_autoptr (GVariant) shown = describe_progress (transfer);
      inf_progress_update (watch->progress, shown);
      inf_progress_show (watch->progress);
    }
  if (has_ended (transfer))
    g_main_loop_quit (watch->loop);
}

static void
on_changed (InfDBusFiles1 *files, GVariant *transfer, gpointer user_data)
{
  take (user_data, transfer);
}

static void
on_closed (GDBusConnection *connection, gboolean remote_vanished, GError *error, gpointer user_data)
{
  Watch *watch = user_data;

  watch->is_lost = TRUE;
  g_main_loop_quit (watch->loop);
}

static gboolean
handle_signal (Watch *watch, int number)
{
  /* the second one does not wait for an answer */
  if (watch->signal)
    g_main_loop_quit (watch->loop);
  else
    inf_dbus_files1_call_cancel_transfer (watch->files, watch->id, NULL, NULL, NULL);
  watch->signal = number;
  return G_SOURCE_CONTINUE;
}

static gboolean
on_interrupt (gpointer user_data)
{
  return handle_signal (user_data, SIGINT);
}

static gboolean
on_terminate (gpointer user_data)
{
  return handle_signal (user_data, SIGTERM);
}

/* It may have ended before anybody listened. */
static gboolean
look (Watch *watch, GError **error)
{
  g_autoptr (GVariant) list = NULL;

  if (!inf_dbus_files1_call_list_transfers_sync (watch->files, &list, NULL, error))
    return FALSE;
  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      g_autoptr (GVariant) transfer = g_variant_get_child_value (list, i);
      take (watch, transfer);
    }
  return TRUE;
}

static void
run (Watch *watch, GDBusConnection *connection)
{
  gulong closed = g_signal_connect (connection, "closed", G_CALLBACK (on_closed), watch);

  if (g_dbus_connection_is_closed (connection))
    watch->is_lost = TRUE;
  else
    g_main_loop_run (watch->loop);
  g_signal_handler_disconnect (connection, closed);
}

/**
 * inf_transfer_watch:
 * @client: a connection
 * @files: of @client
 * @transfer: the id of a transfer
 * @shows_progress: whether to show how it gets on
 * @ret_signal: (out): the signal that came meanwhile, 0 for none
 * @error: %INF_ERROR_UNREACHABLE when infinityd ended before, or what a call came back with
 *
 * Returns: (transfer full) (nullable): the transfer, ended; or as it was last seen when a second
 *   signal came
 */
GVariant *
inf_transfer_watch (InfClient *client, InfDBusFiles1 *files, const char *transfer,
                    gboolean shows_progress, int *ret_signal, GError **error)
{
  Watch watch = { .files = files, .id = transfer };
  guint sources[] = { g_unix_signal_add (SIGINT, on_interrupt, &watch),
                      g_unix_signal_add (SIGTERM, on_terminate, &watch) };
  gulong handler;
  gboolean is_seen;

  watch.loop = g_main_loop_new (NULL, FALSE);
  watch.progress = shows_progress ? inf_progress_new () : NULL;
  handler = g_signal_connect (watch.files, "transfer-changed", G_CALLBACK (on_changed), &watch);
  is_seen = look (&watch, error);
  if (is_seen && !(watch.last && has_ended (watch.last)))
    run (&watch, inf_client_get_connection (client));
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
  g_signal_handler_disconnect (watch.files, handler);
  g_main_loop_unref (watch.loop);
  g_clear_pointer (&watch.progress, inf_progress_free);
  *ret_signal = watch.signal;
  if (is_seen && (watch.is_lost || !watch.last))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_UNREACHABLE,
                           "infinityd has ended, and the transfer with it");
      g_clear_pointer (&watch.last, g_variant_unref);
    }
  return watch.last;
}
