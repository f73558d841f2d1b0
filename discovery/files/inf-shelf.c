#include "discovery/files/inf-shelf.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "discovery/files/inf-file-find.h"

#include <string.h>

/* The list is a file of its own, written anew at each change: it has as many entries as a person
 * has added files. */

#define KIND 73
#define TYPE G_VARIANT_TYPE ("(a(aysx))")
#define MAX_SIZE_BYTES (16 * 1024 * 1024)

struct _InfShelf
{
  char *path;
  InfStore *store;
  GHashTable *files; /* InfObjectId → InfShelfFile */
};

static void
file_free (gpointer data)
{
  InfShelfFile *file = data;

  g_free (file->name);
  g_free (file);
}

static void
insert (InfShelf *shelf, const InfObjectId *id, const char *name, gint64 added_unix_us)
{
  InfShelfFile *file = g_new0 (InfShelfFile, 1);

  file->id = *id;
  file->name = g_strdup (name);
  file->added_unix_us = added_unix_us;
  g_hash_table_replace (shelf->files, &file->id, file);
}

static gboolean
read_entry (InfShelf *shelf, GVariant *entry)
{
  g_autoptr (GVariant) bytes = NULL;
  const char *name;
  gint64 added_unix_us;
  InfObjectId id;
  gsize size;

  g_variant_get (entry, "(@ay&sx)", &bytes, &name, &added_unix_us);
  const void *data = g_variant_get_fixed_array (bytes, &size, 1);
  if (size != sizeof id.bytes || (*name && !inf_file_name_is_safe (name)))
    return FALSE;
  memcpy (id.bytes, data, size);
  if (!inf_store_has (shelf->store, &id) || inf_shelf_look (shelf, &id))
    return FALSE;
  inf_store_pin (shelf->store, &id);
  insert (shelf, &id, name, added_unix_us);
  return TRUE;
}

static void
load (InfShelf *shelf)
{
  g_autofree char *data = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) body = NULL;
  gsize size;
  guint n_lost = 0;

  if (!g_file_get_contents (shelf->path, &data, &size, &error))
    {
      if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
        g_warning ("the list of files can't be read: %s", error->message);
      return;
    }
  g_autoptr (GBytes) bytes = g_bytes_new_take (g_steal_pointer (&data), size);
  body = inf_wire_decode (bytes, KIND, TYPE, MAX_SIZE_BYTES, &error);
  if (!body)
    {
      g_warning ("%s is damaged, the names of files are lost: %s", shelf->path, error->message);
      return;
    }
  g_autoptr (GVariant) entries = g_variant_get_child_value (body, 0);
  for (gsize i = 0; i < g_variant_n_children (entries); i++)
    {
      g_autoptr (GVariant) entry = g_variant_get_child_value (entries, i);
      n_lost += !read_entry (shelf, entry);
    }
  if (n_lost > 0)
    g_warning ("%u of the files that were added are not there any more", n_lost);
}

static gboolean
save (InfShelf *shelf, GError **error)
{
  GVariantBuilder builder;
  GHashTableIter iter;
  gpointer value;
  g_autoptr (GError) local_error = NULL;
  gsize size;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(aysx)"));
  g_hash_table_iter_init (&iter, shelf->files);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const InfShelfFile *file = value;
      g_variant_builder_add (&builder, "(@aysx)",
                             inf_wire_variant_from_data (file->id.bytes, sizeof file->id.bytes),
                             file->name, file->added_unix_us);
    }
  g_autoptr (GBytes) bytes = inf_wire_encode (KIND, g_variant_new ("(a(aysx))", &builder));
  const char *data = g_bytes_get_data (bytes, &size);
  if (g_file_set_contents_full (shelf->path, data, (gssize)size,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                &local_error))
    return TRUE;
  g_set_error_literal (error, INF_ERROR, INF_ERROR_FAILED, local_error->message);
  return FALSE;
}

/**
 * inf_shelf_new:
 * @path: where the list is; made with the first file
 * @store: where the files are
 *
 * Returns: (transfer full): the shelf, as it was. What is damaged or gone is told of.
 */
InfShelf *
inf_shelf_new (const char *path, InfStore *store)
{
  InfShelf *shelf = g_new0 (InfShelf, 1);

  shelf->path = g_strdup (path);
  shelf->store = inf_store_ref (store);
  shelf->files = g_hash_table_new_full (inf_object_id_hash, inf_object_id_equal, NULL, file_free);
  load (shelf);
  return shelf;
}

/**
 * inf_shelf_free:
 * @shelf: (nullable): a shelf; its files stay in the store, and on it
 */
void
inf_shelf_free (InfShelf *shelf)
{
  if (!shelf)
    return;
  g_hash_table_unref (shelf->files);
  inf_store_unref (shelf->store);
  g_free (shelf->path);
  g_free (shelf);
}

/**
 * inf_shelf_put:
 * @shelf: a shelf
 * @id: an object that is in the store, and that the caller keeps pinned meanwhile
 * @name: what to call it; "" for nothing, which takes no name from what is there already
 * @added_unix_us: now
 * @error: #INF_ERROR_INVALID for a name that no file can have, #INF_ERROR_FAILED when it can't be
 *   written down; then the shelf is as it was
 */
gboolean
inf_shelf_put (InfShelf *shelf, const InfObjectId *id, const char *name, gint64 added_unix_us,
               GError **error)
{
  InfShelfFile *present = g_hash_table_lookup (shelf->files, id);
  g_autofree char *old_name = present ? g_strdup (present->name) : NULL;

  if (*name && !inf_file_name_is_safe (name))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "no file can be called “%s”", name);
      return FALSE;
    }
  if (present && *name)
    {
      g_free (present->name);
      present->name = g_strdup (name);
    }
  else if (!present)
    {
      inf_store_pin (shelf->store, id);
      insert (shelf, id, name, added_unix_us);
    }
  if (save (shelf, error))
    return TRUE;
  if (present)
    {
      g_free (present->name);
      present->name = g_steal_pointer (&old_name);
    }
  else
    {
      g_hash_table_remove (shelf->files, id);
      inf_store_unpin (shelf->store, id);
    }
  return FALSE;
}

/**
 * inf_shelf_take:
 * @shelf: a shelf
 * @id: a file on it
 * @error: #INF_ERROR_NOT_FOUND; #INF_ERROR_REFUSED while somebody else needs it; #INF_ERROR_FAILED
 *
 * Takes a file off, and out of the store.
 */
gboolean
inf_shelf_take (InfShelf *shelf, const InfObjectId *id, GError **error)
{
  const InfShelfFile *file = inf_shelf_look (shelf, id);
  g_autofree char *name = file ? g_strdup (file->name) : NULL;
  gint64 added_unix_us = file ? file->added_unix_us : 0;
  InfStoreObject object = { .n_pins = 1 };

  if (!file)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_NOT_FOUND, "no such file was added here");
      return FALSE;
    }
  inf_store_look (shelf->store, id, &object);
  if (object.n_pins > 1)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_REFUSED,
                   "“%s” is in use; it can be removed when the job or the transfer has ended",
                   name);
      return FALSE;
    }
  g_hash_table_remove (shelf->files, id);
  if (!save (shelf, error))
    {
      insert (shelf, id, name, added_unix_us);
      return FALSE;
    }
  inf_store_unpin (shelf->store, id);
  return TRUE;
}

/**
 * inf_shelf_look:
 * @shelf: a shelf
 * @id: a file
 *
 * Returns: (nullable): what is known of it; until the next change
 */
const InfShelfFile *
inf_shelf_look (InfShelf *shelf, const InfObjectId *id)
{
  return g_hash_table_lookup (shelf->files, id);
}

static gboolean
matches (InfShelf *shelf, const InfStoreObject *object, const char *text)
{
  const InfShelfFile *file = inf_shelf_look (shelf, &object->id);
  g_autofree char *hex = inf_sha256_to_hex (object->id.bytes);

  return (file && g_str_equal (file->name, text)) || g_str_has_prefix (hex, text);
}

/**
 * inf_shelf_find:
 * @shelf: a shelf
 * @text: a name, or the beginning of a hash in hexadecimal
 * @ret_id: (out): the one that it means; left alone on failure
 * @error: #INF_ERROR_NOT_FOUND; #INF_ERROR_INVALID when several are meant
 *
 * Looks among all that is in the store, also what jobs brought.
 */
gboolean
inf_shelf_find (InfShelf *shelf, const char *text, InfObjectId *ret_id, GError **error)
{
  g_autoptr (GArray) objects = inf_store_list (shelf->store);
  const InfStoreObject *found = NULL;
  guint n_found = 0;

  for (guint i = 0; *text && i < objects->len; i++)
    {
      const InfStoreObject *object = &g_array_index (objects, InfStoreObject, i);
      if (!matches (shelf, object, text))
        continue;
      found = object;
      n_found++;
    }
  if (n_found == 1)
    {
      *ret_id = found->id;
      return TRUE;
    }
  if (n_found == 0)
    g_set_error (error, INF_ERROR, INF_ERROR_NOT_FOUND, "there is no file “%s” here", text);
  else
    g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                 "“%s” may be any of %u files; give more of the hash", text, n_found);
  return FALSE;
}
