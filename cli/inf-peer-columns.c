#include "cli/inf-peer-columns.h"

#include "cli/inf-quantity.h"

#include <math.h>
#include <string.h>

/* x, y, height in microseconds, relative error; that is 0 while the coordinate is unknown */
static double own_coordinate[4];

/* Names of the peers that rows of neighbours know by their ids only. */
static GHashTable *names_by_id;

static char *
format_slots (GVariant *row)
{
  guint32 free_slots = 0, total = 0;

  g_variant_lookup (row, "slots-free", "u", &free_slots);
  g_variant_lookup (row, "slots-total", "u", &total);
  return g_strdup_printf ("%u/%u", free_slots, total);
}

static char *
join_neighbours (GVariant *row, gboolean has_times)
{
  g_autoptr (GVariant) neighbours
      = g_variant_lookup_value (row, "neighbours", G_VARIANT_TYPE ("a(sxi)"));
  gsize n_neighbours = neighbours ? g_variant_n_children (neighbours) : 0;
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < n_neighbours; i++)
    {
      g_autofree char *rtt = NULL;
      const char *id, *name;
      gint64 rtt_us;
      gint32 loss_permille;

      g_variant_get_child (neighbours, i, "(&sxi)", &id, &rtt_us, &loss_permille);
      name = names_by_id ? g_hash_table_lookup (names_by_id, id) : NULL;
      g_string_append (text, i ? ", " : "");
      if (name)
        g_string_append (text, name);
      else
        g_string_append_printf (text, "%.10s", id);
      rtt = rtt_us < 0 ? g_strdup ("not measured") : inf_quantity_format_duration (rtt_us);
      if (has_times)
        g_string_append_printf (text, " (%s", rtt);
      if (has_times && loss_permille >= 0)
        g_string_append_printf (text, ", %.1f%% lost", loss_permille / 10.0);
      if (has_times)
        g_string_append_c (text, ')');
    }
  return g_string_free (text, FALSE);
}

static char *
format_neighbours (GVariant *row)
{
  return join_neighbours (row, FALSE);
}

static char *
format_neighbours_with_times (GVariant *row)
{
  return join_neighbours (row, TRUE);
}

static char *
format_heard (GVariant *row)
{
  const char *state = "";
  gint64 heard_ms = -1;

  g_variant_lookup (row, "state", "&s", &state);
  if (!g_variant_lookup (row, "heard-ms", "x", &heard_ms) || heard_ms < 0
      || g_str_equal (state, "self"))
    return NULL;
  return inf_quantity_format_duration (MIN (heard_ms, G_MAXINT64 / 1000) * 1000);
}

static char *
format_heard_ago (GVariant *row)
{
  g_autofree char *duration = format_heard (row);

  return duration ? g_strdup_printf ("%s ago", duration) : NULL;
}

static char *
format_loss (GVariant *row)
{
  gint32 loss_permille = -1;

  if (!g_variant_lookup (row, "loss-permille", "i", &loss_permille) || loss_permille < 0)
    return NULL;
  return g_strdup_printf ("%.1f%%", loss_permille / 10.0);
}

/* Returns: (nullable): x, y, height in microseconds, and relative error */
static const double *
lookup_coordinate (GVariant *row, GVariant **ret_owner)
{
  gsize n = 0;

  *ret_owner = g_variant_lookup_value (row, "coordinate", G_VARIANT_TYPE ("ad"));
  const double *numbers
      = *ret_owner ? g_variant_get_fixed_array (*ret_owner, &n, sizeof *numbers) : NULL;
  return n == 4 ? numbers : NULL;
}

static char *
format_coordinate (GVariant *row)
{
  g_autoptr (GVariant) owner = NULL;
  const double *numbers = lookup_coordinate (row, &owner);

  if (!numbers)
    return NULL;
  return g_strdup_printf ("%.2f, %.2f + %.2f ms (±%.0f%%)", numbers[0] / 1000, numbers[1] / 1000,
                          numbers[2] / 1000, numbers[3] * 100);
}

static void
remember_own_coordinate (GVariant *peers)
{
  for (gsize i = 0; i < g_variant_n_children (peers); i++)
    {
      g_autoptr (GVariant) peer = g_variant_get_child_value (peers, i);
      g_autoptr (GVariant) owner = NULL;
      const double *numbers = lookup_coordinate (peer, &owner);
      const char *state = "";
      g_variant_lookup (peer, "state", "&s", &state);
      if (numbers && g_str_equal (state, "self"))
        memcpy (own_coordinate, numbers, sizeof own_coordinate);
    }
}

/* What was measured, else what the coordinates foretell. */
static char *
format_rtt (GVariant *row)
{
  g_autoptr (GVariant) owner = NULL;
  const double *other = lookup_coordinate (row, &owner);
  const char *state = "";
  gint64 rtt_us = -1;

  g_variant_lookup (row, "state", "&s", &state);
  if (g_variant_lookup (row, "rtt-us", "x", &rtt_us) && rtt_us >= 0)
    return inf_quantity_format_duration (rtt_us);
  if (!other || own_coordinate[3] <= 0 || g_str_equal (state, "self"))
    return NULL;
  double forecast_us = hypot (other[0] - own_coordinate[0], other[1] - own_coordinate[1]) + other[2]
                       + own_coordinate[2];
  if (!(forecast_us >= 0 && forecast_us < G_MAXINT32))
    return NULL;
  g_autofree char *text = inf_quantity_format_duration ((gint64)forecast_us);
  return g_strconcat ("~", text, NULL);
}

const InfColumn inf_peer_list_columns[] = {
  { "name", "NAME", INF_CELL_TEXT },
  { "address", "ADDRESS", INF_CELL_TEXT },
  { "cores", "CORES", INF_CELL_NUMBER },
  { "memory-bytes", "MEMORY", INF_CELL_SIZE },
  { "slots-free", "FREE", INF_CELL_NUMBER, .format = format_slots },
  { "load-milli", "LOAD", INF_CELL_MILLI },
  { "price", "PRICE", INF_CELL_CREDITS },
  { "state", "STATE", INF_CELL_TEXT },
  { "rtt-us", "RTT", INF_CELL_RTT, .format = format_rtt },
  { "loss-permille", "LOSS", INF_CELL_NUMBER, .format = format_loss },
  { "heard-ms", "HEARD", INF_CELL_NUMBER, .format = format_heard },
  { "neighbours", "NEIGHBOURS", INF_CELL_TEXT, .format = format_neighbours },
  { "id", "ID", INF_CELL_ID, .is_extra = TRUE },
  { "hosting", "HOSTING", INF_CELL_YES_NO, .is_extra = TRUE },
  { "away-until-unix", "AWAY UNTIL", INF_CELL_TIME, .is_extra = TRUE },
  { "observed-address", "SEEN AT", INF_CELL_TEXT, .is_extra = TRUE },
  { "coordinate", "COORDINATE", INF_CELL_TEXT, .is_extra = TRUE, .format = format_coordinate },
  { "expires-unix", "EXPIRES", INF_CELL_TIME, .is_extra = TRUE },
  { "open-mpi", "OPEN MPI", INF_CELL_TEXT, .is_extra = TRUE },
  { "arch", "ARCH", INF_CELL_TEXT, .is_extra = TRUE },
  { "os", "OS", INF_CELL_TEXT, .is_extra = TRUE },
  { "offers", "OFFERS", INF_CELL_TEXT, .is_extra = TRUE },
  { NULL },
};

const InfColumn inf_peer_record_columns[] = {
  { "name", "Name", INF_CELL_TEXT },
  { "id", "Peer id", INF_CELL_TEXT },
  { "state", "State", INF_CELL_TEXT },
  { "away-until-unix", "Away until", INF_CELL_TIME },
  { "address", "Address", INF_CELL_TEXT },
  { "observed-address", "Seen at", INF_CELL_TEXT },
  { "cores", "Cores", INF_CELL_NUMBER },
  { "memory-bytes", "Memory", INF_CELL_SIZE },
  { "slots-free", "Free slots", INF_CELL_NUMBER, .format = format_slots },
  { "load-milli", "Load", INF_CELL_MILLI },
  { "hosting", "Takes jobs", INF_CELL_YES_NO },
  { "price", "Credits per second", INF_CELL_CREDITS },
  { "rtt-us", "Round trip", INF_CELL_RTT, .format = format_rtt },
  { "loss-permille", "Lost probes", INF_CELL_NUMBER, .format = format_loss },
  { "heard-ms", "Last heard", INF_CELL_TEXT, .format = format_heard_ago },
  { "expires-unix", "Record expires", INF_CELL_TIME },
  { "coordinate", "Coordinate", INF_CELL_TEXT, .format = format_coordinate },
  { "arch", "Architecture", INF_CELL_TEXT },
  { "os", "System", INF_CELL_TEXT },
  { "open-mpi", "Open MPI", INF_CELL_TEXT },
  { "offers", "Offers", INF_CELL_TEXT },
  { "neighbours", "Neighbours", INF_CELL_TEXT, .format = format_neighbours_with_times },
  { NULL },
};

static void
remember_names (GVariant *peers)
{
  names_by_id = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  for (gsize i = 0; i < g_variant_n_children (peers); i++)
    {
      g_autoptr (GVariant) peer = g_variant_get_child_value (peers, i);
      const char *id, *name;
      if (g_variant_lookup (peer, "id", "&s", &id) && g_variant_lookup (peer, "name", "&s", &name)
          && *name)
        g_hash_table_insert (names_by_id, g_strdup (id), g_strdup (name));
    }
}

/**
 * inf_peer_columns_remember:
 * @peers: all peers, `aa{sv}`
 *
 * What the cells of one peer need of the others: names, and this node's coordinate.
 */
void
inf_peer_columns_remember (GVariant *peers)
{
  remember_names (peers);
  remember_own_coordinate (peers);
}

void
inf_peer_columns_forget (void)
{
  g_clear_pointer (&names_by_id, g_hash_table_unref);
}
