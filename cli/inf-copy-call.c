#include "cli/inf-copy-call.h"

#include "cli/inf-progress.h"
#include "cli/inf-quantity.h"
#include "common/inf-error.h"

#include <glib-unix.h>
#include <signal.h>

/* Has infinityd copy something, and follows it. A signal cancels that, and the wait goes on until
 * nothing of it is left; a second one does not wait. */

typedef struct
{
  InfDBusCopies1 *copies;
  GMainLoop *loop;
  InfProgress *progress;
  GVariant *answer;
  GError *error;
  gboolean was_interrupted;
} Call;

static void
on_progress (InfDBusCopies1 *copies, const char *id, guint64 done_bytes, guint64 total_bytes,
             gpointer user_data)
{
  Call *call = user_data;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autofree char *done = inf_quantity_format_size (done_bytes);
  g_autofree char *total = inf_quantity_format_size (total_bytes);
  g_autofree char *text = g_strdup_printf ("%s of %s", done, total);
  g_autoptr (GVariant) shown = NULL;

  g_variant_dict_insert (&dict, "state", "s", "copying");
  if (total_bytes > 0)
    {
      g_variant_dict_insert (&dict, "progress", "d", (double)done_bytes / (double)total_bytes);
      g_variant_dict_insert (&dict, "progress-text", "s", text);
    }
  shown = g_variant_ref_sink (g_variant_dict_end (&dict));
  inf_progress_update (call->progress, shown);
  inf_progress_show (call->progress);
}

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Call *call = user_data;

  call->answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &call->error);
  g_main_loop_quit (call->loop);
}

static gboolean
on_signal (gpointer user_data)
{
  Call *call = user_data;

  if (call->was_interrupted)
    g_main_loop_quit (call->loop);
  else
    inf_dbus_copies1_call_cancel (call->copies, INF_COPY_ID, NULL, NULL, NULL);
  call->was_interrupted = TRUE;
  return G_SOURCE_CONTINUE;
}

static void
run (Call *call)
{
  guint sources[] = { g_unix_signal_add (SIGINT, on_signal, call),
                      g_unix_signal_add (SIGTERM, on_signal, call) };
  gulong handler = 0;

  if (call->progress)
    handler = g_signal_connect (call->copies, "progress", G_CALLBACK (on_progress), call);
  g_main_loop_run (call->loop);
  if (handler)
    g_signal_handler_disconnect (call->copies, handler);
  for (guint i = 0; i < G_N_ELEMENTS (sources); i++)
    g_source_remove (sources[i]);
}

/**
 * inf_copy_call:
 * @client: a connection
 * @proxy: of Files1 or Results1
 * @method: one that copies
 * @arguments: for it, with #INF_COPY_ID as the last; taken when floating
 * @shows_progress: whether to show how it gets on
 * @error: %INF_ERROR_CANCELLED by a signal, or what the call came back with
 *
 * Returns: (transfer full) (nullable): the answer
 */
GVariant *
inf_copy_call (InfClient *client, gpointer proxy, const char *method, GVariant *arguments,
               gboolean shows_progress, GError **error)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (arguments);
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  Call call = { .copies = inf_client_get_copies (client, error) };

  if (!call.copies)
    return NULL;
  call.loop = g_main_loop_new (NULL, FALSE);
  call.progress = shows_progress ? inf_progress_new () : NULL;
  g_dbus_proxy_call (proxy, method, owned, G_DBUS_CALL_FLAGS_NONE, G_MAXINT, cancellable, on_answer,
                     &call);
  run (&call);
  /* the second signal came before the answer, which still has to find its place */
  g_cancellable_cancel (cancellable);
  while (!call.answer && !call.error)
    g_main_context_iteration (NULL, TRUE);
  g_main_loop_unref (call.loop);
  g_clear_pointer (&call.progress, inf_progress_free);
  if (g_error_matches (call.error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    g_set_error_literal (error, INF_ERROR, INF_ERROR_CANCELLED, "infinityd is still cancelling it");
  else if (call.error)
    g_propagate_error (error, g_steal_pointer (&call.error));
  g_clear_error (&call.error);
  return call.answer;
}
