#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfPreviewKind:
 * @INF_PREVIEW_EMPTY: no byte
 * @INF_PREVIEW_NUMBER: digits and nothing else, as far as was looked
 * @INF_PREVIEW_TEXT: text in UTF-8, or close to it
 * @INF_PREVIEW_PICTURE: it begins as a picture does
 * @INF_PREVIEW_BINARY: something else
 *
 * How a file can be shown.
 */
typedef enum
{
  INF_PREVIEW_EMPTY,
  INF_PREVIEW_NUMBER,
  INF_PREVIEW_TEXT,
  INF_PREVIEW_PICTURE,
  INF_PREVIEW_BINARY,
} InfPreviewKind;

InfPreviewKind inf_preview_kind_guess (const guint8 *head, gsize n_head, const guint8 *tail,
                                       gsize n_tail, const char **ret_mime_type);
guint64 inf_preview_kind_count_digits (const guint8 *head, gsize n_head, const guint8 *tail,
                                       gsize n_tail, guint64 size_bytes);
gboolean inf_preview_kind_get_netpbm_size (const guint8 *head, gsize n_head, guint *ret_width,
                                           guint *ret_height);

G_END_DECLS
