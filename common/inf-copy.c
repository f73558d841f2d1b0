#include "common/inf-copy.h"

#include "common/inf-error.h"

struct _InfCopy
{
  gatomicrefcount ref_count;
  GMutex lock; /* of all below */
  guint64 done_bytes;
  guint64 total_bytes;
  gboolean is_cancelled;
};

/**
 * inf_copy_new:
 *
 * Returns: (transfer full): a copy of which nothing is there yet, and nobody knows how much there
 *   will be
 */
InfCopy *
inf_copy_new (void)
{
  InfCopy *copy = g_new0 (InfCopy, 1);

  g_atomic_ref_count_init (&copy->ref_count);
  g_mutex_init (&copy->lock);
  return copy;
}

InfCopy *
inf_copy_ref (InfCopy *copy)
{
  g_atomic_ref_count_inc (&copy->ref_count);
  return copy;
}

void
inf_copy_unref (InfCopy *copy)
{
  if (!copy || !g_atomic_ref_count_dec (&copy->ref_count))
    return;
  g_mutex_clear (&copy->lock);
  g_free (copy);
}

/**
 * inf_copy_expect:
 * @copy: (nullable): a copy that somebody watches
 * @total_bytes: how much there is to copy, as far as is known
 */
void
inf_copy_expect (InfCopy *copy, guint64 total_bytes)
{
  if (!copy)
    return;
  g_mutex_lock (&copy->lock);
  copy->total_bytes = total_bytes;
  g_mutex_unlock (&copy->lock);
}

/**
 * inf_copy_advance:
 * @copy: (nullable): a copy that somebody watches
 * @n_bytes: copied since the last call; 0 only asks
 * @error: #INF_ERROR_CANCELLED
 *
 * Returns: whether to go on
 */
gboolean
inf_copy_advance (InfCopy *copy, guint64 n_bytes, GError **error)
{
  gboolean is_cancelled;

  if (!copy)
    return TRUE;
  g_mutex_lock (&copy->lock);
  copy->done_bytes += n_bytes;
  is_cancelled = copy->is_cancelled;
  g_mutex_unlock (&copy->lock);
  if (is_cancelled)
    g_set_error_literal (error, INF_ERROR, INF_ERROR_CANCELLED, "cancelled; nothing of it is kept");
  return !is_cancelled;
}

/**
 * inf_copy_look:
 * @copy: a copy
 * @ret_done_bytes: (out): how much is copied
 * @ret_total_bytes: (out): of how much; 0 while that is unknown
 */
void
inf_copy_look (InfCopy *copy, guint64 *ret_done_bytes, guint64 *ret_total_bytes)
{
  g_mutex_lock (&copy->lock);
  *ret_total_bytes = copy->total_bytes;
  /* a file may grow while it is read */
  *ret_done_bytes
      = copy->total_bytes ? MIN (copy->done_bytes, copy->total_bytes) : copy->done_bytes;
  g_mutex_unlock (&copy->lock);
}

/* The thread that copies sees it at its next step, and takes away what it has written. */
void
inf_copy_cancel (InfCopy *copy)
{
  g_mutex_lock (&copy->lock);
  copy->is_cancelled = TRUE;
  g_mutex_unlock (&copy->lock);
}
