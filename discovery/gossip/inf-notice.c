#include "discovery/gossip/inf-notice.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/identity/inf-signed.h"

#include <string.h>

#define CONTEXT "infinity notice"

/* 0 version; 1 expiry; 2 the grid's id; 3 the origin's key; 4 topic; 5 content */
#define NOTICE_TYPE G_VARIANT_TYPE ("(txayaysay)")

struct _InfNotice
{
  gatomicrefcount ref_count;
  GBytes *bytes;
  GBytes *content;
  char *topic;
  guint64 version;
  gint64 expires_unix_us;
  guint64 key;
  InfPublicKey origin_key;
  InfPeerId origin;
};

/* Names of fields in a program, not texts for people. */
static gboolean
topic_is_valid (const char *topic)
{
  gsize size = strlen (topic);

  if (size == 0 || size > INF_NOTICE_MAX_TOPIC_BYTES)
    return FALSE;
  for (const char *c = topic; *c; c++)
    if (!g_ascii_isalnum (*c) && *c != '-' && *c != '.' && *c != '/')
      return FALSE;
  return TRUE;
}

/**
 * inf_notice_make_key:
 * @origin: a member
 * @topic: a topic
 *
 * Returns: what stands for both in messages; nobody can choose a topic so that it equals another's
 */
guint64
inf_notice_make_key (const InfPeerId *origin, const char *topic)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 digest[32];
  gsize size = sizeof digest;
  guint64 key;

  g_checksum_update (checksum, origin->bytes, sizeof origin->bytes);
  g_checksum_update (checksum, (const guchar *)topic, -1);
  g_checksum_get_digest (checksum, digest, &size);
  memcpy (&key, digest, sizeof key);
  return GUINT64_FROM_LE (key);
}

/**
 * inf_notice_new:
 * @origin: who says it
 * @grid: to whom
 * @topic: letters, digits, '-', '.' and '/', at most %INF_NOTICE_MAX_TOPIC_BYTES
 * @version: greater than that of what it replaces
 * @expires_unix_us: when it holds no longer
 * @content: at most %INF_NOTICE_MAX_CONTENT_BYTES; empty takes back what was said
 * @error: #INF_ERROR_INVALID, #INF_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (nullable): the signed notice
 */
InfNotice *
inf_notice_new (const InfKeypair *origin, const InfGrid *grid, const char *topic, guint64 version,
                gint64 expires_unix_us, GBytes *content, GError **error)
{
  if (!topic_is_valid (topic))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "a notice's topic is 1 to %d letters, digits, dashes, dots and slashes",
                   INF_NOTICE_MAX_TOPIC_BYTES);
      return NULL;
    }
  if (g_bytes_get_size (content) > INF_NOTICE_MAX_CONTENT_BYTES)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
                   "notice of %" G_GSIZE_FORMAT " bytes about %s, at most %d travel",
                   g_bytes_get_size (content), topic, INF_NOTICE_MAX_CONTENT_BYTES);
      return NULL;
    }
  GVariant *body = g_variant_new ("(tx@ay@ays@ay)", version, expires_unix_us,
                                  inf_grid_id_to_variant (inf_grid_get_id (grid)),
                                  inf_public_key_to_variant (inf_keypair_get_public_key (origin)),
                                  topic, inf_wire_variant_from_bytes (content));
  g_autoptr (GBytes) bytes = inf_signed_new (INF_KIND_NOTICE, CONTEXT, origin, body);
  return inf_notice_from_bytes (bytes, grid, error);
}

static InfNotice *
read_body (GVariant *body, const InfGrid *grid)
{
  g_autoptr (InfNotice) notice = g_new0 (InfNotice, 1);
  g_autoptr (GVariant) grid_field = g_variant_get_child_value (body, 2);
  g_autoptr (GVariant) key_field = g_variant_get_child_value (body, 3);
  g_autoptr (GVariant) content_field = g_variant_get_child_value (body, 5);
  InfGridId grid_id;

  g_atomic_ref_count_init (&notice->ref_count);
  g_variant_get_child (body, 0, "t", &notice->version);
  g_variant_get_child (body, 1, "x", &notice->expires_unix_us);
  g_variant_get_child (body, 4, "s", &notice->topic);
  notice->content = inf_wire_bytes_from_variant (content_field);
  if (!inf_grid_id_from_variant (grid_field, &grid_id)
      || !inf_grid_id_equal (&grid_id, inf_grid_get_id (grid))
      || !inf_public_key_from_variant (key_field, &notice->origin_key)
      || !topic_is_valid (notice->topic)
      || g_bytes_get_size (notice->content) > INF_NOTICE_MAX_CONTENT_BYTES)
    return NULL;
  inf_peer_id_of_key (&notice->origin_key, &notice->origin);
  notice->key = inf_notice_make_key (&notice->origin, notice->topic);
  return g_steal_pointer (&notice);
}

/**
 * inf_notice_from_bytes:
 * @bytes: a notice, from anyone
 * @grid: the grid it should be for
 * @error: #INF_ERROR_INVALID, #INF_ERROR_TOO_LARGE
 *
 * Reads what the notice claims; inf_notice_verify() tells whether its origin said so.
 *
 * Returns: (transfer full) (nullable): the notice
 */
InfNotice *
inf_notice_from_bytes (GBytes *bytes, const InfGrid *grid, GError **error)
{
  g_autoptr (GVariant) body
      = inf_signed_parse (bytes, INF_KIND_NOTICE, NOTICE_TYPE, INF_NOTICE_MAX_SIZE_BYTES, error);
  if (!body)
    return NULL;

  InfNotice *notice = read_body (body, grid);
  if (!notice)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "not a notice of this grid");
      return NULL;
    }
  notice->bytes = g_bytes_ref (bytes);
  return notice;
}

InfNotice *
inf_notice_ref (InfNotice *notice)
{
  g_atomic_ref_count_inc (&notice->ref_count);
  return notice;
}

void
inf_notice_unref (InfNotice *notice)
{
  if (!notice || !g_atomic_ref_count_dec (&notice->ref_count))
    return;
  g_clear_pointer (&notice->bytes, g_bytes_unref);
  g_clear_pointer (&notice->content, g_bytes_unref);
  g_free (notice->topic);
  g_free (notice);
}

/**
 * inf_notice_get_bytes:
 * @notice: a notice
 *
 * Returns: (transfer none): the bytes that were signed and that travel
 */
GBytes *
inf_notice_get_bytes (const InfNotice *notice)
{
  return notice->bytes;
}

const InfPeerId *
inf_notice_get_origin (const InfNotice *notice)
{
  return &notice->origin;
}

const char *
inf_notice_get_topic (const InfNotice *notice)
{
  return notice->topic;
}

/**
 * inf_notice_get_key:
 * @notice: a notice
 *
 * Returns: inf_notice_make_key() of its origin and topic
 */
guint64
inf_notice_get_key (const InfNotice *notice)
{
  return notice->key;
}

guint64
inf_notice_get_version (const InfNotice *notice)
{
  return notice->version;
}

gint64
inf_notice_get_expires_unix_us (const InfNotice *notice)
{
  return notice->expires_unix_us;
}

/**
 * inf_notice_get_content:
 * @notice: a notice
 *
 * Returns: (transfer none): what is said; empty where it was taken back
 */
GBytes *
inf_notice_get_content (const InfNotice *notice)
{
  return notice->content;
}

/**
 * inf_notice_verify:
 * @notice: a notice, from anyone
 *
 * Returns: whether its origin signed it; whether the origin is a member is another question
 */
gboolean
inf_notice_verify (const InfNotice *notice)
{
  return inf_signed_verify (notice->bytes, INF_KIND_NOTICE, CONTEXT, &notice->origin_key);
}
