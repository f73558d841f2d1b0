#pragma once

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "grid/jobs/inf-job-messages.h"

#include <string.h>

G_BEGIN_DECLS

/* Copies an "ay" of exactly @size_bytes. */
static inline gboolean
inf_message_get_fixed (GVariant *value, void *ret_data, gsize size_bytes, const char *what,
                       GError **error)
{
  gsize size;
  const void *data = g_variant_get_fixed_array (value, &size, 1);

  if (size != size_bytes)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                   "%s of %" G_GSIZE_FORMAT " bytes, %" G_GSIZE_FORMAT " were expected", what, size,
                   size_bytes);
      return FALSE;
    }
  memcpy (ret_data, data, size);
  return TRUE;
}

static inline gboolean
inf_message_invalid (GError **error, const char *text)
{
  g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, text);
  return FALSE;
}

G_END_DECLS
