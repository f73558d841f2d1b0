#include "discovery/gossip/inf-peer-info.h"

G_DEFINE_BOXED_TYPE (InfPeerInfo, inf_peer_info, inf_peer_info_ref, inf_peer_info_unref)

/**
 * inf_peer_state_to_text:
 * @state: a state
 *
 * Returns: (transfer none): its name for people and JSON: "alive", "suspect", "dead", "left",
 *   "away"
 */
const char *
inf_peer_state_to_text (InfPeerState state)
{
  switch (state)
    {
    case INF_PEER_ALIVE:
      return "alive";
    case INF_PEER_SUSPECT:
      return "suspect";
    case INF_PEER_DEAD:
      return "dead";
    case INF_PEER_LEFT:
      return "left";
    case INF_PEER_AWAY:
      return "away";
    }
  return "unknown";
}

/**
 * inf_peer_info_new:
 *
 * Returns: (transfer full): everything empty; the strings are "" and the lists have no elements, so
 *   that readers need no special cases. Whoever fills it frees what it replaces.
 */
InfPeerInfo *
inf_peer_info_new (void)
{
  InfPeerInfo *info = g_new0 (InfPeerInfo, 1);

  g_atomic_ref_count_init (&info->ref_count);
  info->name = g_strdup ("");
  info->addresses = g_new0 (char *, 1);
  info->observed_address = g_strdup ("");
  info->arch = g_strdup ("");
  info->os = g_strdup ("");
  info->open_mpi_version = g_strdup ("");
  info->offers = g_new0 (char *, 1);
  info->neighbours = g_array_new (FALSE, FALSE, sizeof (InfNeighbour));
  info->loss_permille = INF_LOSS_UNKNOWN;
  return info;
}

/**
 * inf_peer_info_copy:
 * @info: what is known of a peer
 *
 * Returns: (transfer full): a copy that may be changed
 */
InfPeerInfo *
inf_peer_info_copy (const InfPeerInfo *info)
{
  InfPeerInfo *copy = g_memdup2 (info, sizeof *info);

  g_atomic_ref_count_init (&copy->ref_count);
  copy->certificate = info->certificate ? inf_certificate_ref (info->certificate) : NULL;
  copy->name = g_strdup (info->name);
  copy->addresses = g_strdupv (info->addresses);
  copy->observed_address = g_strdup (info->observed_address);
  copy->arch = g_strdup (info->arch);
  copy->os = g_strdup (info->os);
  copy->open_mpi_version = g_strdup (info->open_mpi_version);
  copy->offers = g_strdupv (info->offers);
  copy->neighbours = g_array_copy (info->neighbours);
  return copy;
}

InfPeerInfo *
inf_peer_info_ref (InfPeerInfo *info)
{
  g_atomic_ref_count_inc (&info->ref_count);
  return info;
}

void
inf_peer_info_unref (InfPeerInfo *info)
{
  if (!info || !g_atomic_ref_count_dec (&info->ref_count))
    return;
  g_clear_pointer (&info->certificate, inf_certificate_unref);
  g_free (info->name);
  g_strfreev (info->addresses);
  g_free (info->observed_address);
  g_free (info->arch);
  g_free (info->os);
  g_free (info->open_mpi_version);
  g_strfreev (info->offers);
  g_array_unref (info->neighbours);
  g_free (info);
}
