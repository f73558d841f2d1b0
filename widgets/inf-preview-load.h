#pragma once

#include "widgets/inf-foreign-file.h"
#include "widgets/inf-preview-kind.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

G_BEGIN_DECLS

/**
 * InfPreviewLoad:
 * @file: the file, open
 * @kind: how it can be shown
 * @head: what it begins with
 * @n_digits: of a number
 * @picture: (nullable): of a picture that could be decoded
 * @width: of the picture, in its own pixels
 * @problem: (nullable): why there is no picture, for people
 *
 * What a preview knows of a file before it shows it.
 */
typedef struct
{
  InfForeignFile *file;
  InfPreviewKind kind;
  GBytes *head;
  guint64 n_digits;
  GdkPixbuf *picture;
  int width;
  int height;
  char *problem;
} InfPreviewLoad;

void inf_preview_load_async (const char *directory, const char *name, GCancellable *cancellable,
                             GAsyncReadyCallback callback, gpointer user_data);
InfPreviewLoad *inf_preview_load_finish (GAsyncResult *result, GError **error);
void inf_preview_load_free (InfPreviewLoad *load);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfPreviewLoad, inf_preview_load_free)

G_END_DECLS
