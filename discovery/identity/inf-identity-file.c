#include "discovery/identity/inf-identity-file.h"

#include "common/inf-error.h"
#include "discovery/identity/inf-name.h"

#include <glib/gstdio.h>
#include <sodium.h>
#include <string.h>
#include <sys/stat.h>

/* The file is a line that tells its version, and then
 *   1: the seed, 32 bytes, and the name
 *   2: an #InfSealedIdentity */
static const char plain_line[] = "infinity-identity-1\n";
static const char sealed_line[] = "infinity-identity-2\n";
#define LINE_SIZE_BYTES (sizeof plain_line - 1)
G_STATIC_ASSERT (sizeof plain_line == sizeof sealed_line);

/**
 * inf_identity_file_new_plain:
 * @keypair: the key
 * @name: a valid name, or ""
 *
 * Returns: (transfer full): an identity without a passphrase
 */
InfIdentityFile *
inf_identity_file_new_plain (InfKeypair *keypair, const char *name)
{
  InfIdentityFile *file = g_new0 (InfIdentityFile, 1);

  file->name = g_strdup (name);
  file->public_key = *inf_keypair_get_public_key (keypair);
  file->keypair = inf_keypair_ref (keypair);
  return file;
}

/**
 * inf_identity_file_new_sealed:
 * @sealed: the sealed key
 *
 * Returns: (transfer full): an identity with a passphrase
 */
InfIdentityFile *
inf_identity_file_new_sealed (InfSealedIdentity *sealed)
{
  InfIdentityFile *file = g_new0 (InfIdentityFile, 1);

  file->name = g_strdup (inf_sealed_identity_get_name (sealed));
  file->public_key = *inf_sealed_identity_get_public_key (sealed);
  file->sealed = inf_sealed_identity_ref (sealed);
  return file;
}

void
inf_identity_file_free (InfIdentityFile *file)
{
  if (!file)
    return;
  g_clear_pointer (&file->keypair, inf_keypair_unref);
  g_clear_pointer (&file->sealed, inf_sealed_identity_unref);
  g_free (file->name);
  g_free (file);
}

static InfIdentityFile *
parse_plain (const char *data, gsize size_bytes, GError **error)
{
  gsize name_size = size_bytes - MIN (size_bytes, INF_SEED_SIZE_BYTES);

  if (size_bytes >= INF_SEED_SIZE_BYTES && name_size <= INF_NAME_MAX_BYTES
      && !memchr (data + INF_SEED_SIZE_BYTES, '\0', name_size))
    {
      g_autofree char *name = g_strndup (data + INF_SEED_SIZE_BYTES, name_size);
      g_autoptr (InfKeypair) keypair = inf_keypair_from_seed ((const guint8 *)data);
      if (!*name || inf_name_is_valid (name))
        return inf_identity_file_new_plain (keypair, name);
    }
  g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "it is not an identity file");
  return NULL;
}

static InfIdentityFile *
parse_sealed (const char *data, gsize size_bytes, GError **error)
{
  g_autoptr (GBytes) bytes = g_bytes_new (data, size_bytes);
  g_autoptr (InfSealedIdentity) sealed = inf_sealed_identity_from_bytes (bytes, error);

  return sealed ? inf_identity_file_new_sealed (sealed) : NULL;
}

/**
 * inf_identity_file_parse:
 * @bytes: a file's content, from anyone
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (nullable): the identity
 */
InfIdentityFile *
inf_identity_file_parse (GBytes *bytes, GError **error)
{
  gsize size_bytes;
  const char *data = g_bytes_get_data (bytes, &size_bytes);

  if (size_bytes >= LINE_SIZE_BYTES && memcmp (data, plain_line, LINE_SIZE_BYTES) == 0)
    return parse_plain (data + LINE_SIZE_BYTES, size_bytes - LINE_SIZE_BYTES, error);
  if (size_bytes >= LINE_SIZE_BYTES && memcmp (data, sealed_line, LINE_SIZE_BYTES) == 0)
    return parse_sealed (data + LINE_SIZE_BYTES, size_bytes - LINE_SIZE_BYTES, error);
  g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "it is not an identity file");
  return NULL;
}

static void
free_secret (gpointer data)
{
  sodium_free (data);
}

/**
 * inf_identity_file_encode:
 * @file: an identity
 *
 * Returns: (transfer full): the file's content, which wipes itself where it holds the key
 */
GBytes *
inf_identity_file_encode (const InfIdentityFile *file)
{
  if (file->sealed)
    {
      GBytes *sealed = inf_sealed_identity_get_bytes (file->sealed);
      gsize size = g_bytes_get_size (sealed);
      char *data = g_malloc (LINE_SIZE_BYTES + size);

      memcpy (data, sealed_line, LINE_SIZE_BYTES);
      memcpy (data + LINE_SIZE_BYTES, g_bytes_get_data (sealed, NULL), size);
      return g_bytes_new_take (data, LINE_SIZE_BYTES + size);
    }
  gsize name_size = strlen (file->name);
  gsize size = LINE_SIZE_BYTES + INF_SEED_SIZE_BYTES + name_size;
  char *data = sodium_malloc (size);

  memcpy (data, plain_line, LINE_SIZE_BYTES);
  memcpy (data + LINE_SIZE_BYTES, inf_keypair_get_seed (file->keypair), INF_SEED_SIZE_BYTES);
  memcpy (data + LINE_SIZE_BYTES + INF_SEED_SIZE_BYTES, file->name, name_size);
  return g_bytes_new_with_free_func (data, size, free_secret, data);
}

/**
 * inf_identity_file_load:
 * @path: a file that inf_identity_file_save() wrote
 * @error: #INF_ERROR_NOT_FOUND, #INF_ERROR_DENIED where others may read the file,
 *   #INF_ERROR_INVALID, #INF_ERROR_FAILED
 *
 * Returns: (transfer full) (nullable): the identity
 */
InfIdentityFile *
inf_identity_file_load (const char *path, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  char *content = NULL;
  gsize size;
  GStatBuf info;

  if (g_stat (path, &info) == 0 && (info.st_mode & 077) != 0)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_DENIED,
                   "identity %s can be read by others; run: chmod 600 %s", path, path);
      return NULL;
    }
  if (!g_file_get_contents (path, &content, &size, &local_error))
    {
      gboolean missing = g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT);
      g_set_error (error, INF_ERROR, missing ? INF_ERROR_NOT_FOUND : INF_ERROR_FAILED,
                   "identity %s: %s", path, local_error->message);
      return NULL;
    }
  g_autoptr (GBytes) bytes = g_bytes_new_static (content, size);
  InfIdentityFile *file = inf_identity_file_parse (bytes, error);
  if (!file)
    g_prefix_error (error, "identity %s: ", path);
  sodium_memzero (content, size);
  g_free (content);
  return file;
}

/**
 * inf_identity_file_save:
 * @file: an identity
 * @path: the file to make or replace, mode 0600; written whole or not at all
 * @error: #INF_ERROR_FAILED
 */
gboolean
inf_identity_file_save (const InfIdentityFile *file, const char *path, GError **error)
{
  g_autoptr (GBytes) content = inf_identity_file_encode (file);
  g_autoptr (GError) local_error = NULL;
  gsize size;
  const char *data = g_bytes_get_data (content, &size);

  if (g_file_set_contents_full (path, data, (gssize)size,
                                G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0600,
                                &local_error))
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "identity %s: %s", path, local_error->message);
  return FALSE;
}
