#include "discovery/gossip/inf-hello-message.h"

#include "common/inf-wire.h"
#include "discovery/gossip/inf-gossip-kinds.h"

#define HELLO_TYPE G_VARIANT_TYPE ("(ttyayay)")

static GBytes *
child_bytes (GVariant *parent, gsize index)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (parent, index);

  return inf_wire_bytes_from_variant (child);
}

GBytes *
inf_hello_encode (const InfHello *hello)
{
  return inf_wire_encode (INF_KIND_HELLO,
                          g_variant_new ("(tty@ay@ay)", hello->summary, hello->recipient_session,
                                         (guint8)hello->type,
                                         inf_wire_variant_from_bytes (hello->certificate),
                                         inf_wire_variant_from_bytes (hello->record)));
}

/**
 * inf_hello_decode:
 * @bytes: a hello, from anyone who has the grid's key
 * @ret_hello: (out): what it says; left alone on failure
 *
 * Returns: whether @bytes is a hello; certificate and record are still to be checked
 */
gboolean
inf_hello_decode (GBytes *bytes, InfHello *ret_hello)
{
  g_autoptr (GVariant) body
      = inf_wire_decode (bytes, INF_KIND_HELLO, HELLO_TYPE, INF_PAYLOAD_MAX_SIZE_BYTES, NULL);
  if (!body)
    return FALSE;

  guint8 type;
  g_variant_get_child (body, 2, "y", &type);
  if (type > INF_HELLO_ASK)
    return FALSE;
  g_variant_get_child (body, 0, "t", &ret_hello->summary);
  g_variant_get_child (body, 1, "t", &ret_hello->recipient_session);
  ret_hello->type = type;
  ret_hello->certificate = child_bytes (body, 3);
  ret_hello->record = child_bytes (body, 4);
  return TRUE;
}

void
inf_hello_clear (InfHello *hello)
{
  g_clear_pointer (&hello->certificate, g_bytes_unref);
  g_clear_pointer (&hello->record, g_bytes_unref);
}
