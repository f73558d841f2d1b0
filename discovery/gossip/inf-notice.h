#pragma once

#include "discovery/identity/inf-grid.h"
#include "discovery/identity/inf-keypair.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_NOTICE_MAX_SIZE_BYTES 720
#define INF_NOTICE_MAX_CONTENT_BYTES 512
#define INF_NOTICE_MAX_TOPIC_BYTES 32
#define INF_NOTICE_MAX_LIFETIME_US (G_GINT64_CONSTANT (30) * 24 * 3600 * G_USEC_PER_SEC)

/**
 * InfNotice:
 *
 * Something that a member tells the whole grid, under a topic, signed by it. A later one of the
 * same member and topic replaces it. Reference counted, never changes, keeps the bytes that were
 * signed.
 */
typedef struct _InfNotice InfNotice;

InfNotice *inf_notice_new (const InfKeypair *origin, const InfGrid *grid, const char *topic,
                           guint64 version, gint64 expires_unix_us, GBytes *content,
                           GError **error);
InfNotice *inf_notice_from_bytes (GBytes *bytes, const InfGrid *grid, GError **error);
InfNotice *inf_notice_ref (InfNotice *notice);
void inf_notice_unref (InfNotice *notice);

GBytes *inf_notice_get_bytes (const InfNotice *notice);
const InfPeerId *inf_notice_get_origin (const InfNotice *notice);
const char *inf_notice_get_topic (const InfNotice *notice);
guint64 inf_notice_get_key (const InfNotice *notice);
guint64 inf_notice_get_version (const InfNotice *notice);
gint64 inf_notice_get_expires_unix_us (const InfNotice *notice);
GBytes *inf_notice_get_content (const InfNotice *notice);

gboolean inf_notice_verify (const InfNotice *notice);

guint64 inf_notice_make_key (const InfPeerId *origin, const char *topic);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfNotice, inf_notice_unref)

G_END_DECLS
