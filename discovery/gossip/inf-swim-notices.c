#include "discovery/gossip/inf-swim-private.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"

#include <string.h>

/* What members tell the whole grid beyond their records: signed, one for each origin and topic, the
 * newest. They are spread as records are, in a class of their own, and are part of anti-entropy. A
 * notice of somebody whose certificate is not known means nothing: it comes again when it is. */
#define BRIEF_SIZE_BYTES 16 /* key 8, version 8; little-endian */
#define KEYS_PER_WANT 16

/* Clocks differ. */
#define CLOCK_SLACK_US (24 * 3600 * INF_SWIM_SECOND_US)

static GBytes *
make_brief (const InfNotice *notice)
{
  guint64 numbers[2] = { GUINT64_TO_LE (inf_notice_get_key (notice)),
                         GUINT64_TO_LE (inf_notice_get_version (notice)) };

  G_STATIC_ASSERT (sizeof numbers == BRIEF_SIZE_BYTES);
  return g_bytes_new (numbers, sizeof numbers);
}

static void
tell (InfSwim *swim, const InfNotice *notice, InfSwimUrgency urgency, gint64 now_us)
{
  g_autoptr (GBytes) brief = make_brief (notice);
  const InfRumour rumour = {
    .class = INF_RUMOUR_NOTICES,
    .subject = inf_peer_hint (inf_notice_get_origin (notice)),
    .key = inf_notice_get_key (notice),
    .full = urgency == INF_SWIM_URGENT ? inf_notice_get_bytes (notice) : NULL,
    .brief = brief,
    .is_urgent = urgency != INF_SWIM_WHENEVER,
  };

  inf_swim_tell (swim, &rumour, now_us);
}

static void
emit (InfSwim *swim, InfNotice *notice)
{
  InfSwimAction *action = g_new0 (InfSwimAction, 1);

  action->type = INF_SWIM_NOTICE;
  action->peer = *inf_notice_get_origin (notice);
  action->notice = inf_notice_ref (notice);
  g_queue_push_tail (&swim->actions, action);
}

/**
 * inf_swim_get_notices:
 * @swim: a core
 *
 * Returns: (transfer none): all that members have told the grid
 */
const InfNotices *
inf_swim_get_notices (const InfSwim *swim)
{
  return swim->notices;
}

/**
 * inf_swim_publish_notice:
 * @swim: a core
 * @topic: what it is about; see inf_notice_new()
 * @content: replaces what this node said about @topic before; empty to take that back
 * @now_us: the time
 * @error: #INF_ERROR_INVALID; #INF_ERROR_TOO_LARGE, also where this node has
 *   %INF_NOTICES_MAX_OF_ORIGIN topics already
 *
 * Tells the whole grid, and whoever joins within %INF_NOTICE_MAX_LIFETIME_US.
 *
 * Returns: whether it will be told
 */
gboolean
inf_swim_publish_notice (InfSwim *swim, const char *topic, GBytes *content, gint64 now_us,
                         GError **error)
{
  InfKeypair *keypair = inf_membership_get_keypair (swim->membership);
  guint64 key = inf_notice_make_key (inf_keypair_get_peer_id (keypair), topic);
  const InfNotice *old = inf_notices_find (swim->notices, key);
  gint64 now_unix_us = now_us + swim->unix_offset_us;
  guint64 version = MAX ((guint64)MAX (now_unix_us, 1), old ? inf_notice_get_version (old) + 1 : 1);
  g_autoptr (InfNotice) notice
      = inf_notice_new (keypair, inf_membership_get_grid (swim->membership), topic, version,
                        now_unix_us + INF_NOTICE_MAX_LIFETIME_US, content, error);

  if (!notice)
    return FALSE;
  if (!inf_notices_put (swim->notices, notice))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
                   "%d topics are told of already; take one back before telling of %s",
                   INF_NOTICES_MAX_OF_ORIGIN, topic);
      return FALSE;
    }
  swim->changed_us = now_us;
  tell (swim, notice, INF_SWIM_URGENT, now_us);
  return TRUE;
}

static gboolean
is_acceptable (const InfSwim *swim, const InfNotice *notice, gint64 now_us)
{
  gint64 left_us = inf_notice_get_expires_unix_us (notice) - (now_us + swim->unix_offset_us);
  const InfPeerId *origin = inf_notice_get_origin (notice);
  const InfPeer *peer = inf_roster_find (swim->roster, inf_peer_hint (origin));
  const InfNotice *old = inf_notices_find (swim->notices, inf_notice_get_key (notice));

  return left_us > 0 && left_us < INF_NOTICE_MAX_LIFETIME_US + CLOCK_SLACK_US && peer
         && inf_peer_id_equal (inf_record_get_peer_id (peer->record), origin)
         && (!old || inf_notice_get_version (notice) > inf_notice_get_version (old))
         && inf_notices_has_room (swim->notices, notice) && inf_notice_verify (notice);
}

static void
admit (InfSwim *swim, GBytes *bytes, InfSwimUrgency urgency, gint64 now_us)
{
  g_autoptr (InfNotice) notice
      = inf_notice_from_bytes (bytes, inf_membership_get_grid (swim->membership), NULL);

  if (!notice)
    return;
  inf_wants_remove (swim->notice_wants, inf_notice_get_key (notice));
  if (!is_acceptable (swim, notice, now_us))
    return;
  inf_notices_put (swim->notices, notice);
  swim->changed_us = now_us;
  tell (swim, notice, urgency, now_us);
  emit (swim, notice);
}

static void
heard_of (InfSwim *swim, const InfPeer *sender, guint64 key, guint64 version, gint64 now_us)
{
  const InfNotice *known = inf_notices_find (swim->notices, key);

  if (!known || version > inf_notice_get_version (known))
    inf_wants_add (swim->notice_wants, key, sender->hint, now_us);
}

static void
receive_briefs (InfSwim *swim, const InfPeer *sender, const guint8 *data, gsize size, gint64 now_us)
{
  for (; size >= BRIEF_SIZE_BYTES; data += BRIEF_SIZE_BYTES, size -= BRIEF_SIZE_BYTES)
    {
      guint64 key, version;
      memcpy (&key, data, sizeof key);
      memcpy (&version, data + 8, sizeof version);
      heard_of (swim, sender, GUINT64_FROM_LE (key), GUINT64_FROM_LE (version), now_us);
    }
}

/* One of the notices that a probe carried: a notice, briefs, or the list of revocations. */
void
inf_swim_receive_notice_item (InfSwim *swim, const InfPeer *sender, GBytes *item, gint64 now_us)
{
  gsize size;
  const guint8 *data = g_bytes_get_data (item, &size);
  guint8 kind;

  if (size > 0 && data[0] == INF_RUMOUR_BRIEFS)
    receive_briefs (swim, sender, data + 1, size - 1, now_us);
  else if (!inf_wire_peek_kind (data, size, &kind))
    return;
  else if (kind == INF_KIND_NOTICE)
    admit (swim, item, INF_SWIM_URGENT, now_us);
  else if (kind == INF_KIND_REVOCATIONS_NEWS)
    {
      g_autoptr (GBytes) revocations = inf_revocations_news_decode (item);
      if (revocations)
        inf_swim_receive_revocations (swim, revocations, now_us);
    }
}

/* Notices that were asked for. */
void
inf_swim_receive_notices (InfSwim *swim, GPtrArray *notices, gint64 now_us)
{
  for (guint i = 0; i < notices->len; i++)
    admit (swim, g_ptr_array_index (notices, i), INF_SWIM_WHENEVER, now_us);
}

/* The list of revocations goes round like a notice while it fits. Returns whether it does. */
gboolean
inf_swim_tell_revocations (InfSwim *swim, gint64 now_us)
{
  InfRevocations *revocations = inf_membership_get_revocations (swim->membership);

  if (!revocations)
    return TRUE;
  g_autoptr (GBytes) bytes = inf_revocations_news_encode (inf_revocations_get_bytes (revocations));
  const InfRumour rumour = { .class = INF_RUMOUR_NOTICES, .full = bytes, .is_urgent = TRUE };
  if (g_bytes_get_size (bytes) > INF_NOTICE_MAX_SIZE_BYTES)
    return FALSE;
  inf_swim_tell (swim, &rumour, now_us);
  return TRUE;
}

void
inf_swim_send_notices (InfSwim *swim, const InfPeer *recipient, GArray *keys)
{
  g_autoptr (GPtrArray) notices = g_ptr_array_new ();
  gsize size_bytes = 0;

  for (guint i = 0; i <= keys->len; i++)
    {
      InfNotice *notice = i < keys->len
                              ? inf_notices_find (swim->notices, g_array_index (keys, guint64, i))
                              : NULL;
      gsize added_bytes = notice ? g_bytes_get_size (inf_notice_get_bytes (notice)) + 2 : 0;
      gboolean is_full = size_bytes + added_bytes > INF_PAYLOAD_MAX_SIZE_BYTES - 8;
      if (notices->len > 0 && (is_full || i == keys->len))
        {
          g_autoptr (GBytes) payload = inf_notice_list_encode (notices);
          inf_swim_send (swim, recipient, payload);
          g_ptr_array_set_size (notices, 0);
          size_bytes = 0;
        }
      if (notice)
        g_ptr_array_add (notices, inf_notice_get_bytes (notice));
      size_bytes += added_bytes;
    }
}

static gboolean
has_version (const InfDigest *digest, const InfNotice *notice)
{
  for (guint i = 0; i < digest->notices->len; i++)
    {
      const InfNoticeVersion *entry = &g_array_index (digest->notices, InfNoticeVersion, i);
      if (entry->key == inf_notice_get_key (notice))
        return entry->version >= inf_notice_get_version (notice);
    }
  return FALSE;
}

static void
offer_notices (InfSwim *swim, const InfPeer *sender, const InfDigest *digest)
{
  guint n_leaves = 256u >> digest->n_bits;
  g_auto (InfDigest) lacking = { 0 };

  inf_digest_init (&lacking, 0);
  for (guint i = 0; i < digest->n_covered; i++)
    for (guint leaf = digest->covered[i] * n_leaves; leaf < (digest->covered[i] + 1u) * n_leaves;
         leaf++)
      for (guint j = 0; j < inf_notices_count_in_leaf (swim->notices, leaf); j++)
        {
          const InfNotice *notice = inf_notices_get_in_leaf (swim->notices, leaf, j);
          const InfNoticeVersion entry
              = { .key = inf_notice_get_key (notice), .version = inf_notice_get_version (notice) };
          if (!has_version (digest, notice)
              && inf_digest_count_bytes (&lacking) + INF_DIGEST_NOTICE_SIZE_BYTES
                     < INF_DIGEST_ROOM_BYTES)
            g_array_append_val (lacking.notices, entry);
        }
  if (lacking.notices->len == 0)
    return;
  g_autoptr (GBytes) payload = inf_digest_encode (&lacking);
  inf_swim_send (swim, sender, payload);
}

void
inf_swim_compare_notices (InfSwim *swim, const InfPeer *sender, const InfDigest *digest,
                          gint64 now_us)
{
  for (guint i = 0; i < digest->notices->len; i++)
    {
      const InfNoticeVersion *entry = &g_array_index (digest->notices, InfNoticeVersion, i);
      heard_of (swim, sender, entry->key, entry->version, now_us);
    }
  offer_notices (swim, sender, digest);
}

void
inf_swim_ask_for_notices (InfSwim *swim, gint64 now_us)
{
  g_autoptr (GArray) keys = g_array_new (FALSE, FALSE, sizeof (guint64));
  guint64 source;

  while (inf_wants_take (swim->notice_wants, now_us, KEYS_PER_WANT, &source, keys))
    {
      const InfPeer *recipient = inf_roster_find (swim->roster, source);
      g_auto (InfWant) want = { 0 };
      if (!recipient)
        continue;
      inf_want_init (&want);
      g_array_append_vals (want.notices, keys->data, keys->len);
      g_autoptr (GBytes) payload = inf_want_encode (&want);
      inf_swim_send (swim, recipient, payload);
    }
}

/* Drops what has expired, or has lost its origin, of the leaves from @first on. */
void
inf_swim_review_notices (InfSwim *swim, guint first, guint n_leaves, gint64 now_us)
{
  gint64 now_unix_us = now_us + swim->unix_offset_us;

  for (guint leaf = first; leaf < first + n_leaves; leaf++)
    for (guint i = inf_notices_count_in_leaf (swim->notices, leaf); i-- > 0;)
      {
        InfNotice *notice = inf_notices_get_in_leaf (swim->notices, leaf, i);
        guint64 hint = inf_peer_hint (inf_notice_get_origin (notice));
        if (now_unix_us >= inf_notice_get_expires_unix_us (notice)
            || !inf_roster_find (swim->roster, hint))
          inf_notices_remove (swim->notices, notice);
      }
}
