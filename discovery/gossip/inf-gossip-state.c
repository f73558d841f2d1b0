#include "discovery/gossip/inf-gossip-state.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/identity/inf-secret-file.h"

#define FILE_NAME "gossip"
#define MAX_SIZE_BYTES (4u << 20)

/* session, incarnation, replay windows (hint, session, highest), peers (address or nothing,
 * certificate, record), seeds (address, whether it was typed) */
#define STATE_TYPE G_VARIANT_TYPE ("(tua(ttt)a(sayay)a(sb))")

/* incarnation, session, replay windows, addresses of peers */
#define FORMER_TYPE G_VARIANT_TYPE ("(uta(ttt)as)")

static void
peer_clear (gpointer data)
{
  InfGossipStatePeer *peer = data;

  g_bytes_unref (peer->certificate);
  g_bytes_unref (peer->record);
}

/**
 * inf_gossip_state_peers_new:
 *
 * Returns: (transfer full): an empty list of #InfGossipStatePeer that owns what they hold
 */
GArray *
inf_gossip_state_peers_new (void)
{
  GArray *peers = g_array_new (FALSE, FALSE, sizeof (InfGossipStatePeer));

  g_array_set_clear_func (peers, peer_clear);
  return peers;
}

static GArray *
read_peers (GVariant *list)
{
  GArray *peers = inf_gossip_state_peers_new ();
  gsize n_peers = MIN (g_variant_n_children (list), INF_GOSSIP_STATE_MAX_PEERS);

  for (gsize i = 0; i < n_peers; i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (list, i);
      g_autoptr (GVariant) certificate = g_variant_get_child_value (child, 1);
      g_autoptr (GVariant) record = g_variant_get_child_value (child, 2);
      InfGossipStatePeer peer = { 0 };
      const char *address;
      g_variant_get_child (child, 0, "&s", &address);
      peer.has_address = inf_address_from_text (address, 0, &peer.address);
      peer.certificate = inf_wire_bytes_from_variant (certificate);
      peer.record = inf_wire_bytes_from_variant (record);
      g_array_append_val (peers, peer);
    }
  return peers;
}

static void
append_seed (GArray *seeds, const char *text, gboolean is_typed)
{
  InfGossipStateSeed seed = { .is_typed = is_typed };

  if (seeds->len < INF_GOSSIP_STATE_MAX_SEEDS && inf_address_from_text (text, 0, &seed.address)
      && seed.address.port != 0)
    g_array_append_val (seeds, seed);
}

static GArray *
read_seeds (GVariant *list)
{
  GArray *seeds = g_array_new (FALSE, FALSE, sizeof (InfGossipStateSeed));

  for (gsize i = 0; i < g_variant_n_children (list); i++)
    {
      const char *text;
      gboolean is_typed;
      g_variant_get_child (list, i, "(&sb)", &text, &is_typed);
      append_seed (seeds, text, is_typed);
    }
  return seeds;
}

static gboolean
decode_former (GBytes *bytes, InfGossipState *ret_state, GError **error)
{
  g_autoptr (GVariant) body
      = inf_wire_decode (bytes, INF_KIND_FORMER_GOSSIP_FILE, FORMER_TYPE, MAX_SIZE_BYTES, error);
  g_auto (GStrv) addresses = NULL;

  if (!body)
    return FALSE;
  g_variant_get (body, "(ut@a(ttt)^as)", &ret_state->incarnation, &ret_state->session,
                 &ret_state->windows, &addresses);
  ret_state->peers = inf_gossip_state_peers_new ();
  ret_state->seeds = g_array_new (FALSE, FALSE, sizeof (InfGossipStateSeed));
  for (guint i = 0; addresses[i]; i++)
    append_seed (ret_state->seeds, addresses[i], FALSE);
  return TRUE;
}

/**
 * inf_gossip_state_decode:
 * @bytes: the file's content
 * @ret_state: (out): what it says; left alone on failure
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * Returns: whether @bytes is such a file, or one of the version before
 */
gboolean
inf_gossip_state_decode (GBytes *bytes, InfGossipState *ret_state, GError **error)
{
  guint8 kind = 0;

  if (inf_wire_peek_kind (g_bytes_get_data (bytes, NULL), g_bytes_get_size (bytes), &kind)
      && kind == INF_KIND_FORMER_GOSSIP_FILE)
    return decode_former (bytes, ret_state, error);
  g_autoptr (GVariant) body
      = inf_wire_decode (bytes, INF_KIND_GOSSIP_FILE, STATE_TYPE, MAX_SIZE_BYTES, error);
  if (!body)
    return FALSE;
  g_autoptr (GVariant) peers = g_variant_get_child_value (body, 3);
  g_autoptr (GVariant) seeds = g_variant_get_child_value (body, 4);
  g_variant_get_child (body, 0, "t", &ret_state->session);
  g_variant_get_child (body, 1, "u", &ret_state->incarnation);
  ret_state->windows = g_variant_get_child_value (body, 2);
  ret_state->peers = read_peers (peers);
  ret_state->seeds = read_seeds (seeds);
  return TRUE;
}

/**
 * inf_gossip_state_load:
 * @state_dir: a node's state directory
 * @ret_state: (out): what was saved, all zero where nothing was; left alone on failure
 * @error: #INF_ERROR_INVALID, #INF_ERROR_TOO_LARGE, #INF_ERROR_FAILED
 *
 * Returns: whether it is known what was saved
 */
gboolean
inf_gossip_state_load (const char *state_dir, InfGossipState *ret_state, GError **error)
{
  g_autoptr (GError) local_error = NULL;
  g_autoptr (GBytes) bytes = inf_secret_file_load (state_dir, FILE_NAME, &local_error);

  if (bytes)
    return inf_gossip_state_decode (bytes, ret_state, error);
  if (inf_error_is_not_found (local_error))
    {
      *ret_state = (InfGossipState){ 0 };
      return TRUE;
    }
  g_propagate_error (error, g_steal_pointer (&local_error));
  return FALSE;
}

static GVariant *
write_peers (const InfGossipState *state)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sayay)"));
  for (guint i = 0; state->peers && i < state->peers->len; i++)
    {
      const InfGossipStatePeer *peer = &g_array_index (state->peers, InfGossipStatePeer, i);
      g_autofree char *text = peer->has_address ? inf_address_to_text (&peer->address) : NULL;
      g_variant_builder_add (&builder, "(s@ay@ay)", text ? text : "",
                             inf_wire_variant_from_bytes (peer->certificate),
                             inf_wire_variant_from_bytes (peer->record));
    }
  return g_variant_builder_end (&builder);
}

static GVariant *
write_seeds (const InfGossipState *state)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(sb)"));
  for (guint i = 0; state->seeds && i < state->seeds->len; i++)
    {
      const InfGossipStateSeed *seed = &g_array_index (state->seeds, InfGossipStateSeed, i);
      g_autofree char *text = inf_address_to_text (&seed->address);
      g_variant_builder_add (&builder, "(sb)", text, seed->is_typed);
    }
  return g_variant_builder_end (&builder);
}

/**
 * inf_gossip_state_encode:
 * @state: what is kept
 *
 * Returns: (transfer full): the file's content
 */
GBytes *
inf_gossip_state_encode (const InfGossipState *state)
{
  GVariant *windows
      = state->windows ? state->windows : g_variant_new_array (G_VARIANT_TYPE ("(ttt)"), NULL, 0);

  return inf_wire_encode (INF_KIND_GOSSIP_FILE,
                          g_variant_new ("(tu@a(ttt)@a(sayay)@a(sb))", state->session,
                                         state->incarnation, windows, write_peers (state),
                                         write_seeds (state)));
}

/**
 * inf_gossip_state_save:
 * @state: what is kept
 * @state_dir: a node's state directory
 * @error: #INF_ERROR_FAILED
 *
 * Returns: whether it is on disk, written whole
 */
gboolean
inf_gossip_state_save (const InfGossipState *state, const char *state_dir, GError **error)
{
  g_autoptr (GBytes) bytes = inf_gossip_state_encode (state);

  return inf_secret_file_save (state_dir, FILE_NAME, bytes, error);
}

void
inf_gossip_state_clear (InfGossipState *state)
{
  g_clear_pointer (&state->windows, g_variant_unref);
  g_clear_pointer (&state->peers, g_array_unref);
  g_clear_pointer (&state->seeds, g_array_unref);
}
