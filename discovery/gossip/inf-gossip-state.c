#include "discovery/gossip/inf-gossip-state.h"

#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "discovery/gossip/inf-gossip-kinds.h"
#include "discovery/identity/inf-secret-file.h"

#define FILE_NAME "gossip"
#define MAX_SIZE_BYTES (4u << 20)

/* incarnation, session, replay windows (hint, session, highest), addresses */
#define STATE_TYPE G_VARIANT_TYPE ("(uta(ttt)as)")

/**
 * inf_gossip_state_decode:
 * @bytes: the file's content
 * @ret_state: (out): what it says; left alone on failure
 * @error: #INF_ERROR_INVALID or #INF_ERROR_TOO_LARGE
 *
 * Returns: whether @bytes is such a file
 */
gboolean
inf_gossip_state_decode (GBytes *bytes, InfGossipState *ret_state, GError **error)
{
  g_autoptr (GVariant) body
      = inf_wire_decode (bytes, INF_KIND_GOSSIP_FILE, STATE_TYPE, MAX_SIZE_BYTES, error);

  if (!body)
    return FALSE;
  g_variant_get (body, "(ut@a(ttt)^as)", &ret_state->incarnation, &ret_state->session,
                 &ret_state->windows, &ret_state->addresses);
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
  const char *nothing[] = { NULL };
  GVariant *windows
      = state->windows ? state->windows : g_variant_new_array (G_VARIANT_TYPE ("(ttt)"), NULL, 0);
  g_autoptr (GBytes) bytes = inf_wire_encode (
      INF_KIND_GOSSIP_FILE,
      g_variant_new ("(ut@a(ttt)^as)", state->incarnation, state->session, windows,
                     state->addresses ? (const char *const *)state->addresses : nothing));

  return inf_secret_file_save (state_dir, FILE_NAME, bytes, error);
}

void
inf_gossip_state_clear (InfGossipState *state)
{
  g_clear_pointer (&state->windows, g_variant_unref);
  g_clear_pointer (&state->addresses, g_strfreev);
}
