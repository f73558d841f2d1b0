#include "discovery/files/inf-files.h"

#include "common/inf-error.h"
#include "discovery/files/inf-file-request.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define PROGRESS_INTERVAL_MS 250
/* A sender that gives nothing for so long is given up. */
#define STALL_TIMEOUT_US (30 * G_USEC_PER_SEC)

struct _InfFiles
{
  GObject parent;

  InfLinks *links;
  InfStore *store;
  GHashTable *fetches; /* InfObjectId → Fetch, those under way */
};

G_DEFINE_FINAL_TYPE (InfFiles, inf_files, G_TYPE_OBJECT)

/* One object on its way here. Whoever else wants it meanwhile waits for the same bytes. */
typedef struct
{
  InfFiles *files;
  InfObjectId id;
  InfPeerId sender;
  guint64 size_bytes;
  GPtrArray *waiters; /* of GTask */
  char *tmp_path;
  int fd;         /* of the temporary file */
  int channel_fd; /* of the same; the channel's as soon as there is one */
  InfLinkChannel *channel;
  GCancellable *cancellable; /* of opening the channel */
  guint timer;
  guint64 last_received_bytes;
  gint64 last_progress_us;
} Fetch;

typedef struct
{
  InfFilesProgressFunc func;
  gpointer user_data;
  gulong cancel_handler;
} Waiter;

static void
inf_files_finalize (GObject *object)
{
  InfFiles *self = INF_FILES (object);

  g_hash_table_unref (self->fetches);
  inf_store_unref (self->store);
  G_OBJECT_CLASS (inf_files_parent_class)->finalize (object);
}

static void
inf_files_class_init (InfFilesClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = inf_files_finalize;
}

static void
inf_files_init (InfFiles *self)
{
  self->fetches = g_hash_table_new (inf_object_id_hash, inf_object_id_equal);
}

static void
on_wanted (InfLinkIncoming *incoming, gpointer user_data)
{
  InfFiles *self = user_data;
  g_autoptr (GError) error = NULL;
  InfObjectId id;
  guint64 size_bytes;
  int fd = -1;

  if (inf_file_request_decode (&id, inf_link_incoming_get_header (incoming), &error))
    fd = inf_store_open_object (self->store, &id, &size_bytes, &error);
  if (fd < 0)
    {
      inf_link_incoming_reject (incoming, error);
      return;
    }
  InfSplice splice = { .in_fd = fd, .out_fd = -1, .err_fd = -1 };
  g_object_unref (inf_link_incoming_accept (incoming, &splice));
}

/**
 * inf_files_new:
 * @links: (transfer none): how peers are reached; outlives the files
 * @store: where objects are; any member may fetch one whose hash it knows
 *
 * Returns: (transfer full): the service, for both directions
 */
InfFiles *
inf_files_new (InfLinks *links, InfStore *store)
{
  InfFiles *self = g_object_new (INF_TYPE_FILES, NULL);

  self->links = links;
  self->store = inf_store_ref (store);
  inf_links_add_service (links, INF_SERVICE_FILES, on_wanted, self, NULL);
  return self;
}

static void
answer_waiter (GTask *task, const GError *error)
{
  Waiter *waiter = g_task_get_task_data (task);

  if (waiter->cancel_handler)
    g_cancellable_disconnect (g_task_get_cancellable (task), waiter->cancel_handler);
  waiter->cancel_handler = 0;
  if (error)
    g_task_return_error (task, g_error_copy (error));
  else
    g_task_return_boolean (task, TRUE);
}

static void
fetch_free (Fetch *fetch)
{
  g_clear_handle_id (&fetch->timer, g_source_remove);
  if (fetch->channel)
    g_signal_handlers_disconnect_by_data (fetch->channel, fetch);
  g_clear_object (&fetch->channel);
  g_clear_object (&fetch->cancellable);
  if (fetch->fd >= 0)
    close (fetch->fd);
  if (fetch->tmp_path)
    inf_store_discard (fetch->files->store, fetch->tmp_path);
  g_ptr_array_unref (fetch->waiters);
  g_object_unref (fetch->files);
  g_free (fetch);
}

/* From here on whoever wants the object begins anew. */
static void
take_no_more_waiters (Fetch *fetch)
{
  if (g_hash_table_lookup (fetch->files->fetches, &fetch->id) == fetch)
    g_hash_table_remove (fetch->files->fetches, &fetch->id);
}

static void
finish (Fetch *fetch, const GError *error)
{
  take_no_more_waiters (fetch);
  for (guint i = 0; i < fetch->waiters->len; i++)
    answer_waiter (fetch->waiters->pdata[i], error);
  fetch_free (fetch);
}

static GError *
not_what_was_asked_for (const Fetch *fetch, guint64 size_bytes)
{
  g_autofree char *sender = inf_peer_id_to_short (&fetch->sender);

  if (size_bytes < fetch->size_bytes)
    return g_error_new (INF_ERROR, INF_ERROR_CORRUPT,
                        "the transfer from %s broke off after %" G_GUINT64_FORMAT
                        " of %" G_GUINT64_FORMAT " bytes",
                        sender, size_bytes, fetch->size_bytes);
  return g_error_new (INF_ERROR, INF_ERROR_CORRUPT,
                      "%s sent something other than the object of %" G_GUINT64_FORMAT
                      " bytes that was asked for; it was dropped",
                      sender, fetch->size_bytes);
}

static void
verify_in_thread (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  Fetch *fetch = task_data;
  InfObjectId got;
  guint64 size_bytes;
  GError *error = NULL;

  if (lseek (fetch->fd, 0, SEEK_SET) != 0
      || !inf_sha256_of_fd (fetch->fd, got.bytes, &size_bytes, &error))
    {
      if (!error)
        g_set_error_literal (&error, INF_ERROR, INF_ERROR_FAILED, "can't read what was fetched");
    }
  else if (!inf_object_id_equal (&got, &fetch->id))
    error = not_what_was_asked_for (fetch, size_bytes);
  if (error)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static void
on_verified (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fetch *fetch = user_data;
  g_autoptr (GError) error = NULL;

  if (g_task_propagate_boolean (G_TASK (result), &error))
    inf_store_adopt (fetch->files->store, g_steal_pointer (&fetch->tmp_path), &fetch->id, &error);
  finish (fetch, error);
}

/* The channel has ended, in order or not: the hash decides. */
static void
on_closed (InfLinkChannel *channel, int exit_status, gpointer user_data)
{
  Fetch *fetch = user_data;
  g_autoptr (GTask) task = g_task_new (fetch->files, NULL, on_verified, fetch);

  g_clear_handle_id (&fetch->timer, g_source_remove);
  g_task_set_task_data (task, fetch, NULL);
  g_task_run_in_thread (task, verify_in_thread);
}

static gboolean
on_progress_timer (gpointer user_data)
{
  Fetch *fetch = user_data;
  guint64 received = inf_link_channel_get_received_bytes (fetch->channel);
  gint64 now_us = g_get_monotonic_time ();

  if (received != fetch->last_received_bytes)
    {
      fetch->last_received_bytes = received;
      fetch->last_progress_us = now_us;
    }
  for (guint i = 0; i < fetch->waiters->len; i++)
    {
      Waiter *waiter = g_task_get_task_data (fetch->waiters->pdata[i]);
      if (waiter->func)
        waiter->func (received, fetch->size_bytes, waiter->user_data);
    }
  /* Closing ends in on_closed(), which finds the object incomplete. */
  if (received > fetch->size_bytes || now_us - fetch->last_progress_us > STALL_TIMEOUT_US)
    inf_link_channel_close (fetch->channel);
  return G_SOURCE_CONTINUE;
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Fetch *fetch = user_data;
  g_autoptr (GError) error = NULL;

  fetch->channel = inf_links_open_channel_finish (INF_LINKS (source), result, &error);
  if (!fetch->channel)
    {
      finish (fetch, error);
      return;
    }
  fetch->last_progress_us = g_get_monotonic_time ();
  fetch->timer = g_timeout_add (PROGRESS_INTERVAL_MS, on_progress_timer, fetch);
  g_signal_connect (fetch->channel, "closed", G_CALLBACK (on_closed), fetch);
  if (inf_link_channel_is_closed (fetch->channel))
    on_closed (fetch->channel, -1, fetch);
}

/* One that waits gives up; the last one takes the fetch with it. */
static gboolean
drop_waiter (gpointer user_data)
{
  GTask *task = user_data;
  InfFiles *self = g_task_get_source_object (task);
  GHashTableIter iter;
  gpointer value;

  g_hash_table_iter_init (&iter, self->fetches);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      Fetch *fetch = value;
      g_autoptr (GTask) keep = g_object_ref (task);
      if (!g_ptr_array_remove (fetch->waiters, task))
        continue;
      g_autoptr (GError) error
          = g_error_new_literal (INF_ERROR, INF_ERROR_CANCELLED, "the transfer was cancelled");
      answer_waiter (task, error);
      if (fetch->waiters->len > 0)
        return G_SOURCE_REMOVE;
      take_no_more_waiters (fetch);
      if (fetch->channel)
        inf_link_channel_close (fetch->channel);
      else
        g_cancellable_cancel (fetch->cancellable);
      return G_SOURCE_REMOVE;
    }
  return G_SOURCE_REMOVE;
}

/* Not at once: disconnecting a handler inside its emission would wait for itself. */
static void
on_cancelled (GCancellable *cancellable, gpointer user_data)
{
  g_idle_add_full (G_PRIORITY_DEFAULT, drop_waiter, g_object_ref (user_data), g_object_unref);
}

static void
add_waiter (Fetch *fetch, GTask *task)
{
  GCancellable *cancellable = g_task_get_cancellable (task);
  Waiter *waiter = g_task_get_task_data (task);

  g_ptr_array_add (fetch->waiters, g_object_ref (task));
  g_task_set_check_cancellable (task, FALSE);
  if (cancellable)
    waiter->cancel_handler
        = g_cancellable_connect (cancellable, G_CALLBACK (on_cancelled), task, NULL);
}

/* Takes the room that the object needs before it comes: afterwards nobody could tell a full disk
 * from a sender that broke off. The file stays empty. */
static gboolean
reserve (int fd, guint64 size_bytes, GError **error)
{
  struct statvfs disk;
  guint64 free_bytes = G_MAXINT64;

  if (fstatvfs (fd, &disk) == 0)
    free_bytes = MIN (free_bytes, (guint64)disk.f_bavail * disk.f_frsize);
  /* Some file systems can't reserve. */
  if (size_bytes == 0
      || (size_bytes <= free_bytes
          && (fallocate (fd, FALLOC_FL_KEEP_SIZE, 0, (off_t)size_bytes) == 0
              || errno == EOPNOTSUPP)))
    return TRUE;
  g_autofree char *needed = g_format_size (size_bytes);
  g_autofree char *there = g_format_size (free_bytes);
  g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
               "no room for an object of %s: this node's disk has %s free", needed, there);
  return FALSE;
}

static Fetch *
begin (InfFiles *self, InfEndpoint *endpoint, const InfObjectId *id, guint64 size_bytes,
       GError **error)
{
  char *path = NULL;
  int fd = inf_store_create_temporary (self->store, &path, error);

  if (fd < 0)
    return NULL;
  int channel_fd = fcntl (fd, F_DUPFD_CLOEXEC, 3);
  if (channel_fd < 0)
    g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
  if (channel_fd < 0 || !reserve (fd, size_bytes, error))
    {
      if (channel_fd >= 0)
        close (channel_fd);
      close (fd);
      inf_store_discard (self->store, path);
      return NULL;
    }
  Fetch *fetch = g_new0 (Fetch, 1);
  fetch->files = g_object_ref (self);
  fetch->id = *id;
  fetch->sender = *inf_endpoint_get_peer_id (endpoint);
  fetch->size_bytes = size_bytes;
  fetch->waiters = g_ptr_array_new_with_free_func (g_object_unref);
  fetch->tmp_path = path;
  fetch->fd = fd;
  fetch->channel_fd = channel_fd;
  fetch->cancellable = g_cancellable_new ();
  g_hash_table_insert (self->fetches, &fetch->id, fetch);
  return fetch;
}

/**
 * inf_files_fetch_async:
 * @files: the service
 * @endpoint: who has the object
 * @id: the object
 * @size_bytes: its length, as it was told
 * @cancellable: (nullable): gives up
 * @progress: (nullable): called now and then
 * @progress_data: for @progress
 * @callback: when the object is in the store, verified
 * @user_data: for @callback
 *
 * Several who want one object at a time share one transfer.
 */
void
inf_files_fetch_async (InfFiles *files, InfEndpoint *endpoint, const InfObjectId *id,
                       guint64 size_bytes, GCancellable *cancellable, InfFilesProgressFunc progress,
                       gpointer progress_data, GAsyncReadyCallback callback, gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (files, cancellable, callback, user_data);
  Fetch *fetch = g_hash_table_lookup (files->fetches, id);
  Waiter *waiter = g_new0 (Waiter, 1);
  GError *error = NULL;

  waiter->func = progress;
  waiter->user_data = progress_data;
  g_task_set_task_data (task, waiter, g_free);
  if (inf_store_has (files->store, id))
    {
      g_task_return_boolean (task, TRUE);
      return;
    }
  if (fetch)
    {
      add_waiter (fetch, task);
      return;
    }
  fetch = begin (files, endpoint, id, size_bytes, &error);
  if (!fetch)
    {
      g_task_return_error (task, error);
      return;
    }
  add_waiter (fetch, task);
  g_autoptr (GBytes) header = inf_file_request_encode (id);
  InfSplice splice = { .in_fd = -1, .out_fd = fetch->channel_fd, .err_fd = -1 };
  inf_links_open_channel_async (files->links, endpoint, INF_SERVICE_FILES, header, &splice,
                                fetch->cancellable, on_opened, fetch);
}

/**
 * inf_files_fetch_finish:
 * @files: the service
 * @result: what the callback was given
 * @error: #INF_ERROR_CORRUPT when what came is another object or cut short, #INF_ERROR_NOT_FOUND,
 *   #INF_ERROR_TOO_LARGE when the disk has no room for it, #INF_ERROR_CANCELLED, or what link and
 *   store say
 */
gboolean
inf_files_fetch_finish (InfFiles *files, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
