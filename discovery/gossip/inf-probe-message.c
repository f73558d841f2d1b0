#include "discovery/gossip/inf-probe-message.h"

#include "common/inf-wire.h"
#include "discovery/gossip/inf-gossip-kinds.h"

/* 0 target, summary; 2 sequence; 3 type; 4 coordinate, liveness, records, notices. Wide fields come
 * first so that padding stays small: an idle ping is 27 bytes. */
#define PROBE_TYPE G_VARIANT_TYPE ("(ttuyayaayaayaay)")

static GVariant *
list_to_variant (GPtrArray *items)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aay"));
  for (guint i = 0; items && i < items->len; i++)
    g_variant_builder_add_value (&builder,
                                 inf_wire_variant_from_bytes (g_ptr_array_index (items, i)));
  return g_variant_builder_end (&builder);
}

/**
 * inf_probe_encode:
 * @probe: a probe
 *
 * Returns: (transfer full): it as it travels; the caller keeps it below
 *   %INF_PAYLOAD_MAX_SIZE_BYTES, and its lists below their numbers, by giving it little enough news
 */
GBytes *
inf_probe_encode (const InfProbe *probe)
{
  return inf_wire_encode (
      INF_KIND_PROBE,
      g_variant_new ("(ttuy@ay@aay@aay@aay)", probe->target, probe->summary, probe->sequence,
                     (guint8)probe->type, inf_wire_variant_from_bytes (probe->coordinate),
                     list_to_variant (probe->liveness), list_to_variant (probe->records),
                     list_to_variant (probe->notices)));
}

static GPtrArray *
list_from_body (GVariant *body, gsize index, gsize max_items)
{
  g_autoptr (GVariant) list = g_variant_get_child_value (body, index);
  gsize n_items = g_variant_n_children (list);

  if (n_items > max_items)
    return NULL;
  GPtrArray *items = g_ptr_array_new_full ((guint)n_items, (GDestroyNotify)g_bytes_unref);
  for (gsize i = 0; i < n_items; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (list, i);
      g_ptr_array_add (items, inf_wire_bytes_from_variant (child));
    }
  return items;
}

static GBytes *
coordinate_from_body (GVariant *body)
{
  g_autoptr (GVariant) child = g_variant_get_child_value (body, 4);
  gsize size = g_variant_get_size (child);

  return size > 0 && size <= INF_PROBE_MAX_COORDINATE_BYTES ? inf_wire_bytes_from_variant (child)
                                                            : NULL;
}

/**
 * inf_probe_decode:
 * @bytes: a probe, from any member
 * @ret_probe: (out): what it says, no list %NULL; left alone on failure
 *
 * Returns: whether @bytes is a probe
 */
gboolean
inf_probe_decode (GBytes *bytes, InfProbe *ret_probe)
{
  g_autoptr (GVariant) body
      = inf_wire_decode (bytes, INF_KIND_PROBE, PROBE_TYPE, INF_PAYLOAD_MAX_SIZE_BYTES, NULL);
  g_auto (InfProbe) probe = { 0 };
  guint8 type;

  if (!body)
    return FALSE;
  g_variant_get_child (body, 0, "t", &probe.target);
  g_variant_get_child (body, 1, "t", &probe.summary);
  g_variant_get_child (body, 2, "u", &probe.sequence);
  g_variant_get_child (body, 3, "y", &type);
  probe.type = type;
  probe.coordinate = coordinate_from_body (body);
  probe.liveness = list_from_body (body, 5, INF_PROBE_MAX_LIVENESS);
  probe.records = list_from_body (body, 6, INF_PROBE_MAX_RECORDS);
  probe.notices = list_from_body (body, 7, INF_PROBE_MAX_NOTICES);
  if (type < INF_PROBE_PING || type > INF_PROBE_NACK || !probe.liveness || !probe.records
      || !probe.notices)
    return FALSE;
  *ret_probe = probe;
  probe = (InfProbe){ 0 };
  return TRUE;
}

void
inf_probe_clear (InfProbe *probe)
{
  g_clear_pointer (&probe->coordinate, g_bytes_unref);
  g_clear_pointer (&probe->liveness, g_ptr_array_unref);
  g_clear_pointer (&probe->records, g_ptr_array_unref);
  g_clear_pointer (&probe->notices, g_ptr_array_unref);
}
