#pragma once

#include "widgets/inf-foreign-file.h"

#include <gdk-pixbuf/gdk-pixbuf.h>

G_BEGIN_DECLS

/* The longer side of what is shown. */
#define INF_PICTURE_MAX_SIDE 2048

GdkPixbuf *inf_picture_decode (const InfForeignFile *file, const char *mime_type, int *ret_width,
                               int *ret_height, GCancellable *cancellable, GError **error);

G_END_DECLS
