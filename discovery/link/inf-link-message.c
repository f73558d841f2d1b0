#include "discovery/link/inf-link-message.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "discovery/link/inf-link-kinds.h"

#include <gio/gio.h>
#include <string.h>

/* kind, name, header */
#define OPEN_TYPE G_VARIANT_TYPE ("(ysay)")
/* code's name, message */
#define ERROR_TYPE G_VARIANT_TYPE ("(ss)")

#define OPEN_MAX_BYTES (INF_LINK_CHANNEL_HEADER_MAX_BYTES + INF_LINK_NAME_MAX_BYTES + 32)
#define ERROR_ENVELOPE_MAX_BYTES (INF_LINK_ERROR_MAX_BYTES + 64)

/**
 * inf_link_open_encode:
 * @open: a name of at most %INF_LINK_NAME_MAX_BYTES, a header of at most
 *   %INF_LINK_CHANNEL_HEADER_MAX_BYTES
 *
 * Returns: (transfer full): the bytes that travel
 */
GBytes *
inf_link_open_encode (const InfLinkOpen *open)
{
  return inf_wire_encode (INF_KIND_LINK_OPEN,
                          g_variant_new ("(ys@ay)", (guchar)open->kind, open->name,
                                         inf_wire_variant_from_bytes (open->header)));
}

/**
 * inf_link_open_decode:
 * @open: (out): set on success, cleared with inf_link_open_clear()
 * @bytes: from a peer
 * @error: #INF_ERROR_INVALID, #INF_ERROR_TOO_LARGE
 */
gboolean
inf_link_open_decode (InfLinkOpen *open, GBytes *bytes, GError **error)
{
  g_autoptr (GVariant) body
      = inf_wire_decode (bytes, INF_KIND_LINK_OPEN, OPEN_TYPE, OPEN_MAX_BYTES, error);
  g_autoptr (GVariant) header = NULL;
  const char *name;
  guchar kind;

  if (!body)
    return FALSE;
  g_variant_get (body, "(y&s@ay)", &kind, &name, &header);
  if (kind > INF_LINK_STREAM_CHANNEL || !*name || strlen (name) > INF_LINK_NAME_MAX_BYTES)
    {
      g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID,
                           "a link's stream is neither a call nor a channel, or has no fit name");
      return FALSE;
    }
  open->kind = kind;
  open->name = g_strdup (name);
  open->header = inf_wire_bytes_from_variant (header);
  return TRUE;
}

void
inf_link_open_clear (InfLinkOpen *open)
{
  g_clear_pointer (&open->name, g_free);
  g_clear_pointer (&open->header, g_bytes_unref);
}

/* GIO's own cancellations and time-outs happen in handlers too; the far side knows one domain. */
static InfError
code_of (const GError *error)
{
  if (error->domain == INF_ERROR && (guint)error->code < INF_N_ERRORS)
    return error->code;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return INF_ERROR_CANCELLED;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT))
    return INF_ERROR_TIMED_OUT;
  return INF_ERROR_FAILED;
}

/**
 * inf_link_error_encode:
 * @error: an error of any domain; all but #INF_ERROR's own arrive as #INF_ERROR_FAILED
 *
 * Returns: (transfer full): the bytes that travel; a message too long is cut
 */
GBytes *
inf_link_error_encode (const GError *error)
{
  g_autofree char *message = g_utf8_make_valid (error->message, -1);

  if (strlen (message) > INF_LINK_ERROR_MAX_BYTES)
    {
      char *end = g_utf8_find_prev_char (message, message + INF_LINK_ERROR_MAX_BYTES);
      *end = '\0';
    }
  return inf_wire_encode (INF_KIND_LINK_ERROR,
                          g_variant_new ("(ss)", inf_error_code_name (code_of (error)), message));
}

/**
 * inf_link_error_decode:
 * @bytes: from a peer
 *
 * Returns: (transfer full): the error they say, or one that says they are none; a code that this
 *   version doesn't know becomes #INF_ERROR_FAILED
 */
GError *
inf_link_error_decode (GBytes *bytes)
{
  GError *error = NULL;
  g_autoptr (GVariant) body
      = inf_wire_decode (bytes, INF_KIND_LINK_ERROR, ERROR_TYPE, ERROR_ENVELOPE_MAX_BYTES, &error);
  InfError code = INF_ERROR_FAILED;
  const char *name, *message;

  if (!body)
    return error;
  g_variant_get (body, "(&s&s)", &name, &message);
  inf_error_code_parse (name, &code);
  return g_error_new_literal (INF_ERROR, code, message);
}
