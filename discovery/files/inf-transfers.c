#include "discovery/files/inf-transfers.h"

#include "common/inf-error.h"
#include "discovery/files/inf-file-find.h"

/*          nobody has it, or all that did failed
 *  LOOKING ────────────────────────────────────► FAILED
 *   │  ▲ ▲                                         ▲
 *   │  │ └── that one failed, others may have it   │ it can't be saved
 *   ▼  │                                           │
 *  FETCHING ───────────────────────────────────────┴─► DONE
 *
 * and from the upper two, by its owner, to CANCELLED. Peers are asked a number at a time; one that
 * says yes while another sends is kept for the case that the other fails. */

#define ASKED_AT_ONCE 32
#define FIND_TIMEOUT_MS 5000
#define MAX_ENDED 50

typedef struct
{
  InfTransferPeer *peer;
  InfFileFound found;
} Candidate;

/* A transfer with what is needed to get on with it. */
typedef struct
{
  InfTransfer told; /* first: what others see */
  InfTransfers *transfers;
  GCancellable *cancellable;
  GPtrArray *to_ask;     /* of InfTransferPeer */
  GPtrArray *candidates; /* of Candidate */
  guint n_asked;         /* that have not answered yet */
  gboolean is_fetching;
  InfCopy *saving;       /* NULL unless it is being saved */
  gboolean has_own_name; /* its owner gave it */
} Work;

struct _InfTransfers
{
  GObject parent;

  InfStore *store;
  InfShelf *shelf;
  InfLinks *links; /* NULL while there is no network */
  InfFiles *files;
  InfTransfersPeers peers;
  gpointer peers_data;
  GPtrArray *works; /* of Work, the newest last */
  guint last_id;
};

G_DEFINE_FINAL_TYPE (InfTransfers, inf_transfers, G_TYPE_OBJECT)

enum
{
  SIGNAL_CHANGED,
  SIGNAL_ARRIVED,
  N_SIGNALS
};

static guint signals[N_SIGNALS];

static void look_on (Work *work);

static void
candidate_free (gpointer data)
{
  Candidate *candidate = data;

  inf_transfer_peer_free (candidate->peer);
  g_free (candidate);
}

static void
work_clear (gpointer data)
{
  Work *work = data;

  g_clear_object (&work->cancellable);
  g_clear_pointer (&work->to_ask, g_ptr_array_unref);
  g_clear_pointer (&work->candidates, g_ptr_array_unref);
  g_clear_pointer (&work->saving, inf_copy_unref);
  g_free (work->told.name);
  g_free (work->told.from);
  g_free (work->told.message);
  g_free (work->told.to);
}

static void
work_unref (gpointer work)
{
  g_rc_box_release_full (work, work_clear);
}

/* For who comes back to it later: answers may still be on their way to a transfer that nobody lists
 * any more. */
static Work *
work_hold (Work *work)
{
  g_object_ref (work->transfers);
  return g_rc_box_acquire (work);
}

static void
work_release (gpointer data)
{
  Work *work = data;
  g_autoptr (InfTransfers) transfers = work->transfers;

  work_unref (work);
}

static void
inf_transfers_finalize (GObject *object)
{
  InfTransfers *self = INF_TRANSFERS (object);

  g_ptr_array_unref (self->works);
  inf_store_unref (self->store);
  G_OBJECT_CLASS (inf_transfers_parent_class)->finalize (object);
}

static void
inf_transfers_class_init (InfTransfersClass *klass)
{
  GType type = G_TYPE_FROM_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = inf_transfers_finalize;
  signals[SIGNAL_CHANGED] = g_signal_new ("changed", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_POINTER);
  signals[SIGNAL_ARRIVED] = g_signal_new ("arrived", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                          G_TYPE_NONE, 1, G_TYPE_POINTER);
}

static void
inf_transfers_init (InfTransfers *self)
{
  self->works = g_ptr_array_new_with_free_func (work_unref);
}

/**
 * inf_transfers_new:
 * @store: where files come to
 * @shelf: (transfer none): outlives the transfers
 *
 * Returns: (transfer full): transfers, of which none can begin before inf_transfers_open()
 */
InfTransfers *
inf_transfers_new (InfStore *store, InfShelf *shelf)
{
  InfTransfers *self = g_object_new (INF_TYPE_TRANSFERS, NULL);

  self->store = inf_store_ref (store);
  self->shelf = shelf;
  return self;
}

static void
tell (Work *work)
{
  g_signal_emit (work->transfers, signals[SIGNAL_CHANGED], 0, &work->told);
}

static gboolean
has_ended (const Work *work)
{
  return work->told.state >= INF_TRANSFER_DONE;
}

static void
forget_old (InfTransfers *self)
{
  guint n_ended = 0;

  for (guint i = self->works->len; i > 0; i--)
    if (has_ended (self->works->pdata[i - 1]) && ++n_ended > MAX_ENDED)
      g_ptr_array_remove_index (self->works, i - 1);
}

static void
end (Work *work, InfTransferState state, const char *message)
{
  g_autoptr (InfTransfers) self = g_object_ref (work->transfers);

  work->told.state = state;
  g_free (work->told.message);
  work->told.message = g_strdup (message);
  work->told.ended_unix_us = g_get_real_time ();
  g_cancellable_cancel (work->cancellable);
  inf_store_unpin (self->store, &work->told.object);
  tell (work);
  forget_old (self);
}

static void
save_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Work *work = task_data;
  GError *error = NULL;

  if (inf_store_save (work->transfers->store, &work->told.object, work->told.to, work->saving,
                      &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Work *work = user_data;
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&work->saving, inf_copy_unref);
  if (g_task_propagate_boolean (G_TASK (result), &error))
    end (work, INF_TRANSFER_DONE, NULL);
  else if (inf_error_is_cancelled (error))
    end (work, INF_TRANSFER_CANCELLED, NULL);
  else
    end (work, INF_TRANSFER_FAILED, error->message);
  work_release (work);
}

/* The file is in the store. */
static void
arrive (Work *work)
{
  InfTransfers *self = work->transfers;
  InfStoreObject object;
  g_autoptr (GError) error = NULL;

  if (inf_store_look (self->store, &work->told.object, &object))
    work->told.size_bytes = work->told.got_bytes = object.size_bytes;
  if (!inf_shelf_put (self->shelf, &work->told.object, work->told.name, g_get_real_time (), &error))
    {
      end (work, INF_TRANSFER_FAILED, error->message);
      return;
    }
  g_signal_emit (self, signals[SIGNAL_ARRIVED], 0, &work->told.object);
  if (!work->told.to)
    {
      end (work, INF_TRANSFER_DONE, NULL);
      return;
    }
  /* the task holds on to this until the callback has run, and that to the work */
  g_autoptr (GTask) task = g_task_new (self, NULL, on_saved, work_hold (work));
  work->saving = inf_copy_new ();
  g_task_set_task_data (task, work, NULL);
  g_task_run_in_thread (task, save_in_thread);
}

static void
on_progress (guint64 got_bytes, guint64 size_bytes, gpointer user_data)
{
  Work *work = user_data;

  if (has_ended (work) || got_bytes == work->told.got_bytes)
    return;
  work->told.got_bytes = MIN (got_bytes, size_bytes);
  tell (work);
}

static void
remember_problem (Work *work, const char *message)
{
  g_free (work->told.message);
  work->told.message = g_strdup (message);
}

static void
on_fetched (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Work *work = user_data;
  InfTransfers *self = work->transfers;
  g_autoptr (GError) error = NULL;
  gboolean is_here = inf_files_fetch_finish (INF_FILES (source), result, &error);

  work->is_fetching = FALSE;
  /* it may have been complete already when its owner gave it up */
  if (has_ended (work) && is_here)
    inf_store_remove_unneeded (self->store, &work->told.object, NULL);
  else if (is_here)
    arrive (work);
  else if (!has_ended (work))
    {
      g_autofree char *message = g_strdup_printf ("%s: %s", work->told.from, error->message);
      remember_problem (work, message);
      look_on (work);
    }
  work_release (work);
}

static void
fetch (Work *work)
{
  Candidate *candidate = g_ptr_array_steal_index (work->candidates, 0);

  work->is_fetching = TRUE;
  work->told.state = INF_TRANSFER_FETCHING;
  work->told.size_bytes = candidate->found.size_bytes;
  work->told.got_bytes = 0;
  g_free (work->told.from);
  work->told.from = g_strdup (candidate->peer->name);
  if (!work->has_own_name)
    {
      g_free (work->told.name);
      work->told.name = g_strdup (candidate->found.name);
    }
  tell (work);
  inf_files_fetch_async (work->transfers->files, candidate->peer->endpoint, &work->told.object,
                         candidate->found.size_bytes, work->cancellable, on_progress, work,
                         on_fetched, work_hold (work));
  candidate_free (candidate);
}

typedef struct
{
  Work *work;
  InfTransferPeer *peer;
} Question;

static void
on_answer (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Question *question = user_data;
  Work *work = question->work;
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) reply = inf_links_call_finish (INF_LINKS (source), result, &error);
  Candidate *candidate = g_new0 (Candidate, 1);

  work->n_asked--;
  candidate->peer = question->peer;
  if (!reply || !inf_file_found_decode (&candidate->found, reply, &error))
    g_info ("%s was not asked for a file: %s", candidate->peer->name, error->message);
  if (!has_ended (work) && candidate->found.is_here)
    g_ptr_array_add (work->candidates, candidate);
  else
    candidate_free (candidate);
  if (!has_ended (work) && !work->is_fetching && !work->saving)
    look_on (work);
  work_release (work);
  g_free (question);
}

static void
ask (Work *work)
{
  InfTransfers *self = work->transfers;
  g_autoptr (GBytes) request = inf_file_find_encode (&work->told.object);

  while (work->to_ask->len > 0 && work->n_asked < ASKED_AT_ONCE)
    {
      Question *question = g_new0 (Question, 1);
      question->work = work_hold (work);
      question->peer = g_ptr_array_steal_index_fast (work->to_ask, 0);
      work->n_asked++;
      inf_links_call_async (self->links, question->peer->endpoint, INF_METHOD_FILES_FIND, request,
                            FIND_TIMEOUT_MS, work->cancellable, on_answer, question);
    }
}

/* Takes it from the next that has it, or goes on asking, or gives up. */
static void
look_on (Work *work)
{
  if (work->candidates->len > 0)
    {
      fetch (work);
      return;
    }
  ask (work);
  if (work->n_asked == 0)
    {
      g_autofree char *problem = g_steal_pointer (&work->told.message);
      end (work, INF_TRANSFER_FAILED,
           problem ? problem : "none of the peers that are here now has this file");
      return;
    }
  if (work->told.state == INF_TRANSFER_LOOKING)
    return;
  work->told.state = INF_TRANSFER_LOOKING;
  tell (work);
}

static gboolean
begin_later (gpointer user_data)
{
  Work *work = user_data;

  if (has_ended (work))
    return G_SOURCE_REMOVE;
  if (inf_store_has (work->transfers->store, &work->told.object))
    arrive (work);
  else
    look_on (work);
  return G_SOURCE_REMOVE;
}

static gboolean
check_request (InfTransfers *self, const char *name, const char *to, GError **error)
{
  if (*name && !inf_file_name_is_safe (name))
    g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "no file can be called “%s”", name);
  else if (to && !g_path_is_absolute (to))
    g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "“%s” is no absolute path", to);
  else if (to && g_file_test (to, G_FILE_TEST_EXISTS))
    g_set_error (error, INF_ERROR, INF_ERROR_EXISTS, "%s exists already", to);
  else if (!self->links)
    g_set_error_literal (error, INF_ERROR, INF_ERROR_UNREACHABLE,
                         "this node is not connected to its grid");
  else
    return TRUE;
  return FALSE;
}

/**
 * inf_transfers_begin:
 * @transfers: transfers
 * @object: what to fetch
 * @name: what to call it; "" for what the peer that has it does
 * @to: (nullable): an absolute path to save it to as well
 * @error: #INF_ERROR_INVALID, #INF_ERROR_EXISTS when @to does, #INF_ERROR_UNREACHABLE while there
 *   is no network
 *
 * Returns: (transfer none) (nullable): the transfer, which has begun
 */
const InfTransfer *
inf_transfers_begin (InfTransfers *transfers, const InfObjectId *object, const char *name,
                     const char *to, GError **error)
{
  Work *work;

  if (!check_request (transfers, name, to, error))
    return NULL;
  work = g_rc_box_new0 (Work);
  work->transfers = transfers;
  work->cancellable = g_cancellable_new ();
  work->to_ask = transfers->peers (transfers->peers_data);
  work->candidates = g_ptr_array_new_with_free_func (candidate_free);
  work->has_own_name = *name != '\0';
  work->told.id = ++transfers->last_id;
  work->told.object = *object;
  work->told.name = g_strdup (name);
  work->told.from = g_strdup ("");
  work->told.to = g_strdup (to);
  work->told.began_unix_us = g_get_real_time ();
  /* whoever else lets go of it meanwhile does not take it along */
  inf_store_pin (transfers->store, object);
  g_ptr_array_add (transfers->works, work);
  tell (work);
  g_idle_add_full (G_PRIORITY_DEFAULT, begin_later, work_hold (work), work_release);
  return &work->told;
}

/**
 * inf_transfers_cancel:
 * @transfers: transfers
 * @id: one of them
 * @error: #INF_ERROR_NOT_FOUND when it has ended, or never was
 *
 * Of one that has arrived and is being saved only the saving ends, a moment later.
 */
gboolean
inf_transfers_cancel (InfTransfers *transfers, guint id, GError **error)
{
  for (guint i = 0; i < transfers->works->len; i++)
    {
      Work *work = transfers->works->pdata[i];
      if (work->told.id != id || has_ended (work))
        continue;
      if (work->saving)
        {
          inf_copy_cancel (work->saving);
          return TRUE;
        }
      g_clear_pointer (&work->told.message, g_free);
      end (work, INF_TRANSFER_CANCELLED, NULL);
      return TRUE;
    }
  g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND, "no transfer %u is under way", id);
  return FALSE;
}

/**
 * inf_transfers_list:
 * @transfers: transfers
 *
 * Returns: (transfer container) (element-type InfTransfer): those under way and the last that have
 *   ended, the newest first; valid until the next change
 */
GPtrArray *
inf_transfers_list (InfTransfers *transfers)
{
  GPtrArray *list = g_ptr_array_new ();

  for (guint i = transfers->works->len; i > 0; i--)
    g_ptr_array_add (list, transfers->works->pdata[i - 1]);
  return list;
}

static void
on_asked (InfLinkCall *call, gpointer user_data)
{
  InfTransfers *self = user_data;
  InfFileFound found = { 0 };
  InfStoreObject object;
  g_autoptr (GError) error = NULL;
  InfObjectId id;

  if (!inf_file_find_decode (&id, inf_link_call_get_request (call), &error))
    {
      inf_link_call_return_error (call, error);
      return;
    }
  if (inf_store_look (self->store, &id, &object))
    {
      const InfShelfFile *file = inf_shelf_look (self->shelf, &id);
      found.is_here = TRUE;
      found.size_bytes = object.size_bytes;
      if (file)
        g_strlcpy (found.name, file->name, sizeof found.name);
    }
  g_autoptr (GBytes) reply = inf_file_found_encode (&found);
  inf_link_call_return (call, reply);
}

/**
 * inf_transfers_open:
 * @transfers: transfers, closed
 * @links: (transfer none): how peers are reached, until inf_transfers_close()
 * @files: (transfer none): what fetches from one of them
 * @peers: tells who can be asked
 * @user_data: for @peers
 *
 * There is a network: files can be fetched, and others are answered.
 */
void
inf_transfers_open (InfTransfers *transfers, InfLinks *links, InfFiles *files,
                    InfTransfersPeers peers, gpointer user_data)
{
  transfers->links = links;
  transfers->files = files;
  transfers->peers = peers;
  transfers->peers_data = user_data;
  inf_links_add_method (links, INF_METHOD_FILES_FIND, INF_LINK_METHOD_MEMBERS, on_asked, transfers,
                        NULL);
}

/**
 * inf_transfers_close:
 * @transfers: transfers
 * @why: for people
 *
 * There is no network any more: what is under way ends.
 */
void
inf_transfers_close (InfTransfers *transfers, const char *why)
{
  g_autoptr (GPtrArray) works = g_ptr_array_new_with_free_func (work_release);

  for (guint i = 0; i < transfers->works->len; i++)
    g_ptr_array_add (works, work_hold (transfers->works->pdata[i]));
  for (guint i = 0; i < works->len; i++)
    {
      Work *work = works->pdata[i];
      if (work->saving)
        inf_copy_cancel (work->saving);
      else if (!has_ended (work))
        end (work, INF_TRANSFER_FAILED, why);
    }
  transfers->links = NULL;
  transfers->files = NULL;
}
