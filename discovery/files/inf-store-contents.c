#include "discovery/files/inf-store-private.h"

#include "common/inf-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* What a store holds, for who looks at it or takes something out of it. */

#define HEX_LENGTH (2 * INF_SHA256_SIZE_BYTES)

typedef struct
{
  InfStore *store;
  InfObjectId id;
  gboolean is_here;
} News;

static gboolean
tell_in_main_context (gpointer user_data)
{
  News *news = user_data;

  if (news->store->changed)
    news->store->changed (&news->id, news->is_here, news->store->changed_data);
  return G_SOURCE_REMOVE;
}

static void
news_free (gpointer data)
{
  News *news = data;

  inf_store_unref (news->store);
  g_free (news);
}

/* From any thread, with the store locked or not: it is told later, in the main context. */
void
inf_store_tell (InfStore *store, const InfObjectId *id, gboolean is_here)
{
  News *news;

  if (!store->changed)
    return;
  news = g_new (News, 1);
  *news = (News){ .store = inf_store_ref (store), .id = *id, .is_here = is_here };
  g_idle_add_full (G_PRIORITY_DEFAULT, tell_in_main_context, news, news_free);
}

/**
 * inf_store_set_changed:
 * @store: a store
 * @changed: (nullable): called in the main context when an object came or went, instead of who was
 *   before
 * @user_data: for @changed
 *
 * To be set before another thread uses the store.
 */
void
inf_store_set_changed (InfStore *store, InfStoreChanged changed, gpointer user_data)
{
  store->changed = changed;
  store->changed_data = user_data;
}

static guint
count_pins (InfStore *store, const InfObjectId *id)
{
  g_mutex_lock (&store->lock);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (store->pins, id));
  g_mutex_unlock (&store->lock);
  return n;
}

/**
 * inf_store_look:
 * @store: a store
 * @id: an object
 * @ret_object: (out): what there is to say of it; left alone when it is not here
 *
 * Returns: whether it is here
 */
gboolean
inf_store_look (InfStore *store, const InfObjectId *id, InfStoreObject *ret_object)
{
  g_autofree char *path = inf_store_get_path (store, id);
  struct stat info;

  if (lstat (path, &info) != 0 || !S_ISREG (info.st_mode))
    return FALSE;
  ret_object->id = *id;
  ret_object->size_bytes = (guint64)info.st_size;
  ret_object->came_unix_us
      = (gint64)info.st_mtim.tv_sec * G_USEC_PER_SEC + info.st_mtim.tv_nsec / 1000;
  ret_object->n_pins = count_pins (store, id);
  return TRUE;
}

static void
list_folder (InfStore *store, const char *first, GArray *objects)
{
  g_autofree char *path = g_build_filename (store->dir, first, NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);
  const char *rest;

  while (dir && (rest = g_dir_read_name (dir)))
    {
      g_autofree char *hex = g_strconcat (first, rest, NULL);
      InfStoreObject object;
      InfObjectId id;

      if (strlen (hex) == HEX_LENGTH && inf_sha256_from_hex (hex, id.bytes)
          && inf_store_look (store, &id, &object))
        g_array_append_val (objects, object);
    }
}

/**
 * inf_store_list:
 * @store: a store
 *
 * Returns: (transfer full) (element-type InfStoreObject): all objects, in no order
 */
GArray *
inf_store_list (InfStore *store)
{
  GArray *objects = g_array_new (FALSE, FALSE, sizeof (InfStoreObject));
  g_autoptr (GDir) dir = g_dir_open (store->dir, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (strlen (name) == 2)
      list_folder (store, name, objects);
  return objects;
}

/**
 * inf_store_remove_unneeded:
 * @store: a store
 * @id: an object
 * @error: #INF_ERROR_NOT_FOUND, #INF_ERROR_REFUSED when somebody needs it
 *
 * Removes what nobody has pinned: a crash may have left it.
 *
 * Returns: whether it was removed
 */
gboolean
inf_store_remove_unneeded (InfStore *store, const InfObjectId *id, GError **error)
{
  g_autofree char *path = inf_store_get_path (store, id);
  g_autofree char *hex = inf_sha256_to_hex (id->bytes);
  gboolean is_pinned, is_gone = FALSE;

  g_mutex_lock (&store->lock);
  is_pinned = g_hash_table_contains (store->pins, id);
  if (!is_pinned)
    is_gone = g_unlink (path) == 0;
  if (is_gone)
    inf_store_tell (store, id, FALSE);
  g_mutex_unlock (&store->lock);
  if (is_pinned)
    g_set_error (error, INF_ERROR, INF_ERROR_REFUSED, "file %.12s… is in use", hex);
  else if (!is_gone)
    g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND, "file %.12s… is not here", hex);
  return is_gone;
}

/* Gives @temporary the name @path, unless there is something of that name. */
static gboolean
name_without_replacing (const char *temporary, const char *path)
{
  if (renameat2 (AT_FDCWD, temporary, AT_FDCWD, path, RENAME_NOREPLACE) == 0)
    return TRUE;
  /* not every file system can */
  if (errno != EINVAL && errno != ENOSYS)
    return FALSE;
  return link (temporary, path) == 0 && g_unlink (temporary) == 0;
}

static gboolean
copy_verified (int from, int to, const InfObjectId *id, const char *path, InfCopy *copy,
               GError **error)
{
  InfObjectId copied;

  if (!inf_store_copy_and_hash (from, to, copy, &copied, NULL, error))
    return FALSE;
  if (!inf_object_id_equal (&copied, id))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_CORRUPT,
                   "what is on this disk is not the file any more; %s was not written", path);
      return FALSE;
    }
  if (fsync (to) == 0)
    return inf_copy_advance (copy, 0, error);
  g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
  return FALSE;
}

/**
 * inf_store_save:
 * @store: a store
 * @id: an object
 * @path: where a copy goes; an absolute path
 * @copy: (nullable): told how far it is
 * @error: #INF_ERROR_EXISTS when there is something; #INF_ERROR_NOT_FOUND; #INF_ERROR_CORRUPT when
 *   the object was damaged; #INF_ERROR_CANCELLED by @copy; #INF_ERROR_FAILED
 *
 * Copies an object out of the store, verified; blocks. The file appears whole or not at all.
 */
gboolean
inf_store_save (InfStore *store, const InfObjectId *id, const char *path, InfCopy *copy,
                GError **error)
{
  g_autofree char *temporary = g_strconcat (path, ".XXXXXX", NULL);
  guint64 size_bytes;
  int from, to;
  gboolean ok;

  from = inf_store_open_object (store, id, &size_bytes, error);
  if (from < 0)
    return FALSE;
  inf_copy_expect (copy, size_bytes);
  to = g_mkstemp_full (temporary, O_WRONLY | O_CLOEXEC, 0666);
  ok = to >= 0 && copy_verified (from, to, id, path, copy, error);
  if (to < 0)
    g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "can't write %s: %s", path,
                 g_strerror (errno));
  if (ok && !name_without_replacing (temporary, path))
    {
      g_set_error (error, INF_ERROR, errno == EEXIST ? INF_ERROR_EXISTS : INF_ERROR_FAILED,
                   "%s: %s", path, g_strerror (errno));
      ok = FALSE;
    }
  if (to >= 0)
    close (to);
  if (to >= 0 && !ok)
    g_unlink (temporary);
  close (from);
  return ok;
}
