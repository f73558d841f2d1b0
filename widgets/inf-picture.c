#include "widgets/inf-picture.h"

#include "widgets/inf-preview-kind.h"

#include <glib/gi18n.h>

#define MAX_FILE_BYTES (64 * 1024 * 1024)
#define MAX_PIXELS (50 * 1000 * 1000)
#define MAX_SIDE 30000
#define PIECE_BYTES (64 * 1024)

typedef struct
{
  int width; /* of the picture; 0 while it is unknown */
  int height;
  gboolean is_too_large;
} Size;

static gboolean
set_size (Size *size, int width, int height)
{
  size->width = width;
  size->height = height;
  size->is_too_large = width < 1 || height < 1 || MAX (width, height) > MAX_SIDE
                       || (gint64)width * (gint64)height > MAX_PIXELS;
  return !size->is_too_large;
}

/* Before anything is decoded: what is too large is given up, what is large made smaller. */
static void
on_size_prepared (GdkPixbufLoader *loader, int width, int height, gpointer user_data)
{
  int side = MAX (width, height);

  if (!set_size (user_data, width, height))
    gdk_pixbuf_loader_set_size (loader, 0, 0);
  else if (side > INF_PICTURE_MAX_SIDE)
    gdk_pixbuf_loader_set_size (loader, MAX ((int)((gint64)width * INF_PICTURE_MAX_SIDE / side), 1),
                                MAX ((int)((gint64)height * INF_PICTURE_MAX_SIDE / side), 1));
}

/* The loader of netpbm has no way to be stopped before it takes memory for the whole picture. */
static gboolean
bound_netpbm (const InfForeignFile *file, const char *mime_type, Size *size)
{
  guint8 head[PIECE_BYTES];
  gsize n_head;
  guint width;
  guint height;

  if (!g_str_has_prefix (mime_type, "image/x-portable-"))
    return TRUE;
  n_head = inf_foreign_file_read (file, 0, head, sizeof head);
  return inf_preview_kind_get_netpbm_size (head, n_head, &width, &height)
         && set_size (size, (int)width, (int)height);
}

static gboolean
feed (GdkPixbufLoader *loader, const InfForeignFile *file, const Size *size,
      GCancellable *cancellable, GError **error)
{
  g_autofree guint8 *piece = g_malloc (PIECE_BYTES);
  guint64 offset = 0;
  gsize n_bytes;

  while ((n_bytes = inf_foreign_file_read (file, offset, piece, PIECE_BYTES)) > 0)
    {
      if (g_cancellable_set_error_if_cancelled (cancellable, error)
          || !gdk_pixbuf_loader_write (loader, piece, n_bytes, error))
        return FALSE;
      offset += n_bytes;
      if (size->is_too_large || offset > MAX_FILE_BYTES)
        break;
    }
  return TRUE;
}

static void
tell_too_large (GError **error, const Size *size)
{
  g_clear_error (error);
  if (size->width)
    /* Translators: a picture that is not shown; width and height in pixels */
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                 _ ("It is too large to be shown here: %d × %d pixels."), size->width,
                 size->height);
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_MESSAGE_TOO_LARGE,
                         _ ("It is too large to be shown here."));
}

/**
 * inf_picture_decode:
 * @file: what claims to be a picture
 * @mime_type: which kind it claims to be; no other is tried
 * @ret_width: (out): its own size in pixels
 * @ret_height: (out): the same
 * @cancellable: (nullable): to stop
 * @error: #GIOErrorEnum or #GdkPixbufError
 *
 * Decodes a picture, of an animation the first frame, at most %INF_PICTURE_MAX_SIDE pixels wide and
 * high. For a thread: it may take a second.
 *
 * Returns: (transfer full) (nullable): the picture
 */
GdkPixbuf *
inf_picture_decode (const InfForeignFile *file, const char *mime_type, int *ret_width,
                    int *ret_height, GCancellable *cancellable, GError **error)
{
  g_autoptr (GdkPixbufLoader) loader = NULL;
  g_autoptr (GError) problem = NULL;
  Size size = { 0, 0, inf_foreign_file_get_size (file) > MAX_FILE_BYTES };
  GdkPixbuf *pixbuf = NULL;
  gboolean is_fed;

  if (!size.is_too_large && bound_netpbm (file, mime_type, &size))
    loader = gdk_pixbuf_loader_new_with_mime_type (mime_type, &problem);
  if (loader)
    {
      g_signal_connect (loader, "size-prepared", G_CALLBACK (on_size_prepared), &size);
      is_fed = feed (loader, file, &size, cancellable, &problem);
      /* a loader has to be closed, whatever it met; what it says of its end is news only then */
      if (gdk_pixbuf_loader_close (loader, is_fed ? &problem : NULL) && is_fed)
        pixbuf = gdk_pixbuf_loader_get_pixbuf (loader);
    }
  if (size.is_too_large)
    tell_too_large (&problem, &size);
  else if (!pixbuf && !problem)
    g_set_error_literal (&problem, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, _ ("It is not complete."));
  if (problem)
    {
      g_propagate_error (error, g_steal_pointer (&problem));
      return NULL;
    }
  *ret_width = size.width;
  *ret_height = size.height;
  return g_object_ref (pixbuf);
}
