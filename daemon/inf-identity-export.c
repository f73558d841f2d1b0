#include "daemon/inf-identity-export.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "discovery/identity/inf-sealed-identity.h"
#include "discovery/identity/inf-secret-file.h"

#include <string.h>

#define LEDGER_PREFIX "ledger-"
#define LEDGER_SUFFIX ".db"
#define LEDGER_ID_LENGTH 16

static gboolean
is_ledger_name (const char *name)
{
  static const char digits[] = "abcdefghijklmnopqrstuvwxyz234567";

  if (!g_str_has_prefix (name, LEDGER_PREFIX))
    return FALSE;
  name += strlen (LEDGER_PREFIX);
  return strspn (name, digits) == LEDGER_ID_LENGTH
         && g_str_equal (name + LEDGER_ID_LENGTH, LEDGER_SUFFIX);
}

/**
 * inf_identity_export_is_name:
 * @name: a file's name, from anyone
 *
 * Returns: whether a file of this name goes along with an identity
 */
gboolean
inf_identity_export_is_name (const char *name)
{
  return g_str_equal (name, "membership") || g_str_equal (name, "invites") || is_ledger_name (name);
}

static GPtrArray *
list_names (const char *state_dir)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) dir = g_dir_open (state_dir, 0, NULL);
  const char *name;

  while (dir && (name = g_dir_read_name (dir)))
    if (inf_identity_export_is_name (name))
      g_ptr_array_add (names, g_strdup (name));
  return names;
}

/**
 * inf_identity_export_has_account:
 * @state_dir: a node's state directory
 *
 * Returns: whether it is or was in a grid
 */
gboolean
inf_identity_export_has_account (const char *state_dir)
{
  g_autoptr (GPtrArray) names = list_names (state_dir);

  return names->len > 0;
}

/* An open ledger's file is not all of it: what was written last is in its journal. */
static GBytes *
read_file (const char *state_dir, const char *name, InfLedger *open_ledger, GError **error)
{
  g_autofree char *path = g_build_filename (state_dir, name, NULL);

  if (open_ledger && g_str_equal (inf_ledger_get_path (open_ledger), path))
    return inf_ledger_serialize (open_ledger, error);
  return inf_secret_file_load (state_dir, name, error);
}

/**
 * inf_identity_export_pack:
 * @state_dir: a node's state directory
 * @open_ledger: (nullable): the account that is in use
 * @error: #INF_ERROR_FAILED, #INF_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (nullable): of %INF_SEALED_IDENTITY_FILES_TYPE
 */
GVariant *
inf_identity_export_pack (const char *state_dir, InfLedger *open_ledger, GError **error)
{
  g_autoptr (GPtrArray) names = list_names (state_dir);
  g_auto (GVariantBuilder) builder
      = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE (INF_SEALED_IDENTITY_FILES_TYPE));
  gsize total = 0;

  for (guint i = 0; i < names->len; i++)
    {
      g_autoptr (GBytes) bytes = read_file (state_dir, names->pdata[i], open_ledger, error);
      if (!bytes)
        return NULL;
      total += g_bytes_get_size (bytes);
      g_variant_builder_add (&builder, "{s@ay}", names->pdata[i],
                             inf_wire_variant_from_bytes (bytes));
    }
  if (total <= INF_SEALED_IDENTITY_MAX_BYTES / 4 * 3)
    return g_variant_ref_sink (g_variant_builder_end (&builder));
  g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
               "the identity's account takes %" G_GSIZE_FORMAT " MiB, more than can be exported",
               total >> 20);
  return NULL;
}

/**
 * inf_identity_export_unpack:
 * @files: of %INF_SEALED_IDENTITY_FILES_TYPE, from whoever knew the passphrase
 * @state_dir: a node's state directory
 * @error: #INF_ERROR_INVALID, #INF_ERROR_FAILED
 *
 * Returns: whether all of them lie there
 */
gboolean
inf_identity_export_unpack (GVariant *files, const char *state_dir, GError **error)
{
  GVariantIter iter;
  const char *name;
  GVariant *content;

  g_variant_iter_init (&iter, files);
  while (g_variant_iter_next (&iter, "{&s@ay}", &name, &content))
    {
      g_autoptr (GVariant) owned = content;
      g_autoptr (GBytes) bytes = inf_wire_bytes_from_variant (owned);
      if (!inf_identity_export_is_name (name))
        {
          g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                       "“%s” does not belong into an exported identity", name);
          return FALSE;
        }
      if (!inf_secret_file_save (state_dir, name, bytes, error))
        return FALSE;
    }
  return TRUE;
}
