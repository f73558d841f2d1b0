#include "discovery/files/inf-store-private.h"

#include "common/inf-error.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Objects lie at DIR/ab/cdef…, named by their hash; what is being written lies in DIR/tmp and gets
 * its name when it is complete and hashed, so that an object is there whole or not at all.
 *
 * Several jobs and leases often need one object at a time: each pins it, and it is removed when the
 * last of them has let go of it. Several threads may use one store: a name is given and taken away
 * only under its lock. */
#define COPY_SIZE_BYTES (1 << 20)

guint
inf_object_id_hash (gconstpointer key)
{
  guint hash;

  memcpy (&hash, key, sizeof hash);
  return hash;
}

gboolean
inf_object_id_equal (gconstpointer a, gconstpointer b)
{
  return memcmp (a, b, sizeof (InfObjectId)) == 0;
}

/* What a killed node was writing. */
static void
sweep (InfStore *store)
{
  g_autoptr (GDir) dir = g_dir_open (store->tmp_dir, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    {
      g_autofree char *path = g_build_filename (store->tmp_dir, name, NULL);
      g_unlink (path);
    }
}

/**
 * inf_store_new:
 * @dir: the directory of the objects, made when it is missing; this process's alone
 * @error: #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable): the store
 */
InfStore *
inf_store_new (const char *dir, GError **error)
{
  g_autofree char *tmp_dir = g_build_filename (dir, "tmp", NULL);

  if (g_mkdir_with_parents (tmp_dir, 0700) != 0)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", tmp_dir, g_strerror (errno));
      return NULL;
    }
  InfStore *store = g_new0 (InfStore, 1);
  g_atomic_ref_count_init (&store->ref_count);
  store->dir = g_strdup (dir);
  store->tmp_dir = g_steal_pointer (&tmp_dir);
  g_mutex_init (&store->lock);
  store->pins = g_hash_table_new_full (inf_object_id_hash, inf_object_id_equal, g_free, NULL);
  sweep (store);
  return store;
}

InfStore *
inf_store_ref (InfStore *store)
{
  g_atomic_ref_count_inc (&store->ref_count);
  return store;
}

void
inf_store_unref (InfStore *store)
{
  if (!store || !g_atomic_ref_count_dec (&store->ref_count))
    return;
  g_hash_table_unref (store->pins);
  g_mutex_clear (&store->lock);
  g_free (store->dir);
  g_free (store->tmp_dir);
  g_free (store);
}

/**
 * inf_store_get_path:
 * @store: a store
 * @id: an object
 *
 * Returns: (transfer full): where the object lies, or would
 */
char *
inf_store_get_path (InfStore *store, const InfObjectId *id)
{
  g_autofree char *hex = inf_sha256_to_hex (id->bytes);
  g_autofree char *first = g_strndup (hex, 2);

  return g_build_filename (store->dir, first, hex + 2, NULL);
}

/**
 * inf_store_create_temporary:
 * @store: a store
 * @ret_path: (out) (transfer full): its name
 * @error: #INF_ERROR_FAILED
 *
 * Returns: (transfer full): an empty file open for reading and writing, to become an object with
 *   inf_store_adopt(), or to be removed with inf_store_discard(); -1 on failure
 */
int
inf_store_create_temporary (InfStore *store, char **ret_path, GError **error)
{
  g_autofree char *name = g_strdup_printf ("%d", g_atomic_int_add (&store->next_tmp, 1));
  g_autofree char *path = g_build_filename (store->tmp_dir, name, NULL);
  int fd = open (path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

  if (fd < 0)
    g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", path, g_strerror (errno));
  else
    *ret_path = g_steal_pointer (&path);
  return fd;
}

/**
 * inf_store_discard:
 * @store: a store
 * @path: (transfer full): what inf_store_create_temporary() gave
 */
void
inf_store_discard (InfStore *store, char *path)
{
  g_unlink (path);
  g_free (path);
}

/**
 * inf_store_adopt:
 * @store: a store
 * @path: (transfer full): what inf_store_create_temporary() gave, written to its end
 * @id: the hash of its content, which the caller has verified
 * @error: #INF_ERROR_FAILED
 */
gboolean
inf_store_adopt (InfStore *store, char *path, const InfObjectId *id, GError **error)
{
  g_autofree char *from = path;
  g_autofree char *to = inf_store_get_path (store, id);
  g_autofree char *to_dir = g_path_get_dirname (to);

  gboolean is_new = !g_file_test (to, G_FILE_TEST_EXISTS);

  if (g_mkdir_with_parents (to_dir, 0700) == 0 && g_chmod (from, 0400) == 0
      && g_rename (from, to) == 0)
    {
      if (is_new)
        inf_store_tell (store, id, TRUE);
      return TRUE;
    }
  g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", to, g_strerror (errno));
  g_unlink (from);
  return FALSE;
}

static void
pin_locked (InfStore *store, const InfObjectId *id)
{
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (store->pins, id));

  g_hash_table_insert (store->pins, g_memdup2 (id, sizeof *id), GUINT_TO_POINTER (n + 1));
}

/**
 * inf_store_pin:
 * @store: a store
 * @id: an object, here already or about to be fetched
 *
 * Keeps it until as many calls of inf_store_unpin().
 */
void
inf_store_pin (InfStore *store, const InfObjectId *id)
{
  g_mutex_lock (&store->lock);
  pin_locked (store, id);
  g_mutex_unlock (&store->lock);
}

/**
 * inf_store_unpin:
 * @store: a store
 * @id: an object that was pinned
 *
 * Removes the object when nobody needs it any more.
 */
void
inf_store_unpin (InfStore *store, const InfObjectId *id)
{
  g_autofree char *path = inf_store_get_path (store, id);

  g_mutex_lock (&store->lock);
  guint n = GPOINTER_TO_UINT (g_hash_table_lookup (store->pins, id));
  if (n > 1)
    g_hash_table_insert (store->pins, g_memdup2 (id, sizeof *id), GUINT_TO_POINTER (n - 1));
  else
    {
      g_hash_table_remove (store->pins, id);
      if (g_unlink (path) == 0)
        inf_store_tell (store, id, FALSE);
    }
  g_mutex_unlock (&store->lock);
}

static gboolean
write_all (int fd, const guint8 *data, gsize size_bytes, GError **error)
{
  while (size_bytes > 0)
    {
      gssize n = write (fd, data, size_bytes);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "can't write to the store: %s",
                       g_strerror (errno));
          return FALSE;
        }
      data += n;
      size_bytes -= (gsize)n;
    }
  return TRUE;
}

/* Hashes what is written, so that a file that changes meanwhile still becomes a true object. */
gboolean
inf_store_copy_and_hash (int from, int to, InfCopy *copy, InfObjectId *ret_id,
                         guint64 *ret_size_bytes, GError **error)
{
  g_autofree guint8 *buffer = g_malloc (COPY_SIZE_BYTES);
  g_autoptr (InfSha256) hash = inf_sha256_new ();
  guint64 total = 0;

  for (;;)
    {
      gssize n = read (from, buffer, COPY_SIZE_BYTES);
      if (n < 0 && errno == EINTR)
        continue;
      if (n < 0)
        {
          g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "can't read: %s", g_strerror (errno));
          return FALSE;
        }
      if (n == 0)
        break;
      inf_sha256_update (hash, buffer, (gsize)n);
      if (!write_all (to, buffer, (gsize)n, error) || !inf_copy_advance (copy, (guint64)n, error))
        return FALSE;
      total += (guint64)n;
    }
  inf_sha256_finish (hash, ret_id->bytes);
  if (ret_size_bytes)
    *ret_size_bytes = total;
  return TRUE;
}

static gboolean
add_fd (InfStore *store, int fd, InfCopy *copy, InfObjectId *ret_id, guint64 *ret_size_bytes,
        GError **error)
{
  char *path = NULL;
  InfObjectId id;
  int to = inf_store_create_temporary (store, &path, error);

  if (to < 0)
    return FALSE;
  gboolean copied = inf_store_copy_and_hash (fd, to, copy, &id, ret_size_bytes, error);
  close (to);
  if (!copied)
    {
      inf_store_discard (store, path);
      return FALSE;
    }
  g_mutex_lock (&store->lock);
  gboolean adopted = inf_store_adopt (store, path, &id, error);
  if (adopted)
    pin_locked (store, &id);
  g_mutex_unlock (&store->lock);
  if (adopted)
    *ret_id = id;
  return adopted;
}

/**
 * inf_store_add_fd:
 * @store: a store
 * @fd: read from where it stands to its end; blocks
 * @ret_id: (out): the object; left alone on failure
 * @ret_size_bytes: (out) (optional): its length
 * @error: #INF_ERROR_FAILED, a full disk for example
 *
 * The object is pinned for the caller.
 */
gboolean
inf_store_add_fd (InfStore *store, int fd, InfObjectId *ret_id, guint64 *ret_size_bytes,
                  GError **error)
{
  return add_fd (store, fd, NULL, ret_id, ret_size_bytes, error);
}

/**
 * inf_store_add_file:
 * @store: a store
 * @path: a regular file
 * @copy: (nullable): told how far it is
 * @ret_id: (out): the object; left alone on failure
 * @ret_size_bytes: (out) (optional): its length
 * @error: #INF_ERROR_NOT_FOUND, #INF_ERROR_INVALID for anything but a regular file,
 *   #INF_ERROR_CANCELLED by @copy, #INF_ERROR_FAILED
 *
 * The object is pinned for the caller.
 */
gboolean
inf_store_add_file (InfStore *store, const char *path, InfCopy *copy, InfObjectId *ret_id,
                    guint64 *ret_size_bytes, GError **error)
{
  struct stat info;
  int fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

  if (fd < 0)
    {
      g_set_error (error, INF_ERROR, errno == ENOENT ? INF_ERROR_NOT_FOUND : INF_ERROR_FAILED,
                   "%s: %s", path, g_strerror (errno));
      return FALSE;
    }
  if (fstat (fd, &info) != 0 || !S_ISREG (info.st_mode))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "%s is not a regular file", path);
      close (fd);
      return FALSE;
    }
  inf_copy_expect (copy, (guint64)info.st_size);
  gboolean added = add_fd (store, fd, copy, ret_id, ret_size_bytes, error);
  close (fd);
  if (!added)
    g_prefix_error (error, "%s: ", path);
  return added;
}

/**
 * inf_store_has:
 * @store: a store
 * @id: an object
 *
 * Returns: whether it is here, whole
 */
gboolean
inf_store_has (InfStore *store, const InfObjectId *id)
{
  g_autofree char *path = inf_store_get_path (store, id);

  return g_file_test (path, G_FILE_TEST_IS_REGULAR);
}

/**
 * inf_store_open_object:
 * @store: a store
 * @id: an object
 * @ret_size_bytes: (out): its length; left alone on failure
 * @error: #INF_ERROR_NOT_FOUND, #INF_ERROR_FAILED
 *
 * Returns: (transfer full): the object open for reading, which stays valid when it is removed; -1
 * on failure
 */
int
inf_store_open_object (InfStore *store, const InfObjectId *id, guint64 *ret_size_bytes,
                       GError **error)
{
  g_autofree char *path = inf_store_get_path (store, id);
  g_autofree char *hex = inf_sha256_to_hex (id->bytes);
  struct stat info;
  int fd = open (path, O_RDONLY | O_CLOEXEC);

  if (fd >= 0 && fstat (fd, &info) == 0)
    {
      *ret_size_bytes = (guint64)info.st_size;
      return fd;
    }
  g_set_error (error, INF_ERROR, errno == ENOENT ? INF_ERROR_NOT_FOUND : INF_ERROR_FAILED,
               "object %.12s…: %s", hex, errno == ENOENT ? "not here" : g_strerror (errno));
  if (fd >= 0)
    close (fd);
  return -1;
}
