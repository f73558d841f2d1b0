#include "discovery/link/inf-links-private.h"

#include "common/inf-error.h"

static gboolean
on_timer (gpointer data)
{
  InfLinksOp *op = data;
  g_autofree char *peer = inf_peer_id_to_short (inf_endpoint_get_peer_id (op->endpoint));
  g_autoptr (GError) error
      = g_error_new (INF_ERROR, INF_ERROR_TIMED_OUT, "%s: no answer from %s within %u ms", op->what,
                     peer, op->timeout_ms);

  inf_links_op_fail (op, error);
  return G_SOURCE_REMOVE;
}

static gboolean
on_cancelled (GCancellable *cancellable, gpointer data)
{
  InfLinksOp *op = data;
  g_autoptr (GError) error
      = g_error_new (INF_ERROR, INF_ERROR_CANCELLED, "%s: cancelled", op->what);

  inf_links_op_fail (op, error);
  return G_SOURCE_REMOVE;
}

static GSource *
attach (InfLinksOp *op, GSource *source, GSourceFunc func)
{
  g_source_set_callback (source, func, inf_links_op_ref (op), (GDestroyNotify)inf_links_op_unref);
  g_source_attach (source, op->links->context);
  return source;
}

/**
 * inf_links_op_new:
 * @links: some links
 * @funcs: (transfer none): static
 * @endpoint: whom it concerns
 * @timeout_ms: how long it may take; 0: as long as it will
 * @task: (transfer full): what the caller waits for
 * @what: what messages call it
 *
 * Returns: (transfer full): the operation, whose time has begun
 */
InfLinksOp *
inf_links_op_new (InfLinks *links, const InfLinksOpFuncs *funcs, InfEndpoint *endpoint,
                  guint timeout_ms, GTask *task, const char *what)
{
  InfLinksOp *op = g_new0 (InfLinksOp, 1);
  GCancellable *cancellable = g_task_get_cancellable (task);

  g_ref_count_init (&op->ref_count);
  op->funcs = funcs;
  op->links = g_object_ref (links);
  op->endpoint = inf_endpoint_ref (endpoint);
  op->task = task;
  op->what = g_strdup (what);
  op->timeout_ms = timeout_ms;
  /* The link tells the other side first, and only then is the caller told. */
  g_task_set_check_cancellable (task, FALSE);
  if (timeout_ms > 0)
    op->timer = attach (op, g_timeout_source_new (timeout_ms), on_timer);
  if (cancellable)
    op->cancel_watch
        = attach (op, g_cancellable_source_new (cancellable), G_SOURCE_FUNC (on_cancelled));
  return op;
}

InfLinksOp *
inf_links_op_ref (InfLinksOp *op)
{
  g_ref_count_inc (&op->ref_count);
  return op;
}

void
inf_links_op_unref (InfLinksOp *op)
{
  if (!g_ref_count_dec (&op->ref_count))
    return;
  g_assert (!op->task);
  g_clear_pointer (&op->session, inf_link_session_unref);
  g_clear_pointer (&op->exchange, inf_link_exchange_unref);
  g_clear_pointer (&op->port, inf_link_port_unref);
  g_clear_pointer (&op->request, g_bytes_unref);
  if (op->owns_splice)
    inf_splice_close (&op->splice);
  inf_endpoint_unref (op->endpoint);
  g_object_unref (op->links);
  g_free (op->what);
  g_free (op);
}

static void
clear_source (GSource **source)
{
  if (!*source)
    return;
  g_source_destroy (*source);
  g_clear_pointer (source, g_source_unref);
}

/**
 * inf_links_op_take_task:
 * @op: an operation
 *
 * Returns: (transfer full) (nullable): the task to return, now that it is over; NULL when its
 * caller has been told already
 */
GTask *
inf_links_op_take_task (InfLinksOp *op)
{
  clear_source (&op->timer);
  clear_source (&op->cancel_watch);
  return g_steal_pointer (&op->task);
}

/**
 * inf_links_op_fail:
 * @op: an operation, over or not
 * @error: what the caller is told
 */
void
inf_links_op_fail (InfLinksOp *op, const GError *error)
{
  g_autoptr (GTask) task = NULL;

  inf_links_op_ref (op);
  task = inf_links_op_take_task (op);
  if (task)
    {
      inf_links_withdraw (op->links, op);
      op->funcs->abandon (op);
      g_task_return_error (task, g_error_copy (error));
    }
  inf_links_op_unref (op);
}
