#include "grid/jobs/inf-lease-outputs.h"

#include "grid/jobs/inf-job-name.h"
#include "grid/jobs/inf-message-private.h"

#define SIGNING_CONTEXT "infinity lease outputs"
#define SIGNED_TYPE "(ayay)"
#define OUTPUTS_TYPE "(aya(sayt)b)"
/* The rest of a reply's 4 MiB is room for the signature and the frames around it. */
#define MAX_SIZE_BYTES (3 * 1024 * 1024)

/**
 * inf_lease_output_new:
 * @path: relative to /job
 * @sha256: its content's hash
 * @size_bytes: its length
 *
 * Returns: (transfer full): an output
 */
InfLeaseOutput *
inf_lease_output_new (const char *path, const guint8 sha256[32], guint64 size_bytes)
{
  InfLeaseOutput *output = g_new0 (InfLeaseOutput, 1);

  output->path = g_strdup (path);
  memcpy (output->object.sha256, sha256, sizeof output->object.sha256);
  output->object.size_bytes = size_bytes;
  return output;
}

void
inf_lease_output_free (InfLeaseOutput *output)
{
  if (!output)
    return;
  g_free (output->path);
  g_free (output);
}

void
inf_lease_outputs_init (InfLeaseOutputs *outputs)
{
  *outputs = (InfLeaseOutputs){ 0 };
  outputs->outputs = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_lease_output_free);
}

void
inf_lease_outputs_clear (InfLeaseOutputs *outputs)
{
  g_clear_pointer (&outputs->outputs, g_ptr_array_unref);
}

/**
 * inf_lease_outputs_add:
 * @outputs: outputs
 * @path: relative to /job
 * @sha256: its content's hash
 * @size_bytes: its length
 *
 * Adds a file. One whose name would not be taken, or that is one too many, is left out and
 * @is_truncated is set instead.
 */
void
inf_lease_outputs_add (InfLeaseOutputs *outputs, const char *path, const guint8 sha256[32],
                       guint64 size_bytes)
{
  if (outputs->outputs->len >= INF_LEASE_MAX_OUTPUTS || !inf_job_path_is_safe (path))
    outputs->is_truncated = TRUE;
  else
    g_ptr_array_add (outputs->outputs, inf_lease_output_new (path, sha256, size_bytes));
}

/**
 * inf_lease_outputs_encode:
 * @outputs: what /job holds, made with inf_lease_outputs_add()
 * @host: who states it
 *
 * Returns: (transfer full): the signed envelope. When the names together are too long for one, the
 *   last outputs are left out and it says so.
 */
GBytes *
inf_lease_outputs_encode (const InfLeaseOutputs *outputs, const InfKeypair *host)
{
  GVariantBuilder builder;
  guint8 signature[INF_SIGNATURE_SIZE_BYTES];
  gboolean is_truncated = outputs->is_truncated;
  gsize size = 0;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sayt)"));
  for (guint i = 0; i < outputs->outputs->len; i++)
    {
      const InfLeaseOutput *output = outputs->outputs->pdata[i];
      size += strlen (output->path) + 64;
      if (size > MAX_SIZE_BYTES - 4096)
        {
          is_truncated = TRUE;
          break;
        }
      g_variant_builder_add (
          &builder, "(s@ayt)", output->path,
          inf_wire_variant_from_data (output->object.sha256, sizeof output->object.sha256),
          output->object.size_bytes);
    }
  g_autoptr (GBytes) statement = inf_wire_encode (
      INF_KIND_LEASE_OUTPUTS,
      g_variant_new ("(@aya(sayt)b)",
                     inf_wire_variant_from_data (outputs->lease_id, sizeof outputs->lease_id),
                     &builder, is_truncated));
  inf_keypair_sign (host, SIGNING_CONTEXT, g_bytes_get_data (statement, NULL),
                    g_bytes_get_size (statement), signature);
  return inf_wire_encode (INF_KIND_LEASE_OUTPUTS_SIGNED,
                          g_variant_new ("(@ay@ay)", inf_wire_variant_from_bytes (statement),
                                         inf_wire_variant_from_data (signature, sizeof signature)));
}

static GVariant *
open_signed (GBytes *bytes, const InfPublicKey *host, GError **error)
{
  g_autoptr (GVariant) body
      = inf_wire_decode (bytes, INF_KIND_LEASE_OUTPUTS_SIGNED, G_VARIANT_TYPE (SIGNED_TYPE),
                         MAX_SIZE_BYTES + 256, error);
  g_autoptr (GVariant) inner = NULL, mark = NULL;
  gsize signature_size;

  if (!body)
    return NULL;
  g_variant_get (body, "(@ay@ay)", &inner, &mark);
  g_autoptr (GBytes) statement = inf_wire_bytes_from_variant (inner);
  const guint8 *signature = g_variant_get_fixed_array (mark, &signature_size, 1);
  if (!inf_public_key_verify (host, SIGNING_CONTEXT, g_bytes_get_data (statement, NULL),
                              g_bytes_get_size (statement), signature, signature_size))
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_CORRUPT,
                           "the list of outputs is not signed by the host that sent it");
      return NULL;
    }
  return inf_wire_decode (statement, INF_KIND_LEASE_OUTPUTS, G_VARIANT_TYPE (OUTPUTS_TYPE),
                          MAX_SIZE_BYTES, error);
}

static gboolean
read_outputs (GVariant *files, InfLeaseOutputs *outputs, GError **error)
{
  g_autoptr (GHashTable) paths = g_hash_table_new (g_str_hash, g_str_equal);
  gsize n = g_variant_n_children (files);

  if (n > INF_LEASE_MAX_OUTPUTS)
    return inf_message_invalid (error, "a host lists too many outputs");
  for (gsize i = 0; i < n; i++)
    {
      const char *path;
      g_autoptr (GVariant) digest = NULL;
      guint8 sha256[INF_SHA256_SIZE_BYTES];
      guint64 size_bytes;

      g_variant_get_child (files, i, "(&s@ayt)", &path, &digest, &size_bytes);
      if (!inf_job_path_is_safe (path) || size_bytes > G_MAXINT64)
        return inf_message_invalid (error, "an output's name would not stay in its folder");
      if (!inf_message_get_fixed (digest, sha256, sizeof sha256, "an object's id", error))
        return FALSE;
      InfLeaseOutput *output = inf_lease_output_new (path, sha256, size_bytes);
      g_ptr_array_add (outputs->outputs, output);
      if (!g_hash_table_add (paths, output->path))
        return inf_message_invalid (error, "a host lists one output twice");
    }
  return TRUE;
}

/**
 * inf_lease_outputs_decode:
 * @outputs: (out caller-allocates): cleared by inf_lease_outputs_clear(); left alone on failure
 * @bytes: from anyone
 * @host: who must have signed it
 * @error: #INF_ERROR_INVALID, #INF_ERROR_TOO_LARGE, or #INF_ERROR_CORRUPT for a wrong signature
 *
 * The caller compares the lease's id with the one it asked about.
 *
 * Returns: whether @outputs was set; its paths are safe to join to a directory and differ
 */
gboolean
inf_lease_outputs_decode (InfLeaseOutputs *outputs, GBytes *bytes, const InfPublicKey *host,
                          GError **error)
{
  g_autoptr (GVariant) body = open_signed (bytes, host, error);
  g_autoptr (GVariant) id = NULL, files = NULL;
  InfLeaseOutputs found;

  if (!body)
    return FALSE;
  inf_lease_outputs_init (&found);
  g_variant_get (body, "(@ay@a(sayt)b)", &id, &files, &found.is_truncated);
  if (!inf_message_get_fixed (id, found.lease_id, sizeof found.lease_id, "a lease's id", error)
      || !read_outputs (files, &found, error))
    {
      inf_lease_outputs_clear (&found);
      return FALSE;
    }
  *outputs = found;
  return TRUE;
}
