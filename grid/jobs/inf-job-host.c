#include "grid/jobs/inf-job-host.h"

#include "common/inf-wire.h"

#include <string.h>

/**
 * inf_job_host_new:
 * @peer_id: who it is
 * @name: its name
 * @slots: slots to lease
 * @price_ucredits: per node·second
 *
 * Returns: (transfer full): a host that nothing has been asked of
 */
InfJobHost *
inf_job_host_new (const InfPeerId *peer_id, const char *name, guint slots, guint64 price_ucredits)
{
  InfJobHost *host = g_new0 (InfJobHost, 1);

  g_atomic_ref_count_init (&host->ref_count);
  host->peer_id = *peer_id;
  host->name = g_strdup (name);
  host->slots = slots;
  host->price_ucredits = price_ucredits;
  return host;
}

InfJobHost *
inf_job_host_ref (InfJobHost *host)
{
  g_atomic_ref_count_inc (&host->ref_count);
  return host;
}

void
inf_job_host_unref (InfJobHost *host)
{
  if (!host || !g_atomic_ref_count_dec (&host->ref_count))
    return;
  g_free (host->name);
  g_free (host->note);
  g_free (host);
}

/**
 * inf_job_host_to_variant:
 * @host: a host
 *
 * Returns: (transfer floating): of type %INF_JOB_HOST_TYPE
 */
GVariant *
inf_job_host_to_variant (const InfJobHost *host)
{
  return g_variant_new ("(@aysuuty@aybbtuus)", inf_peer_id_to_variant (&host->peer_id), host->name,
                        host->index, host->slots, host->price_ucredits, (guint8)host->lease,
                        inf_wire_variant_from_data (host->lease_id, sizeof host->lease_id),
                        host->is_lost, host->is_dead, host->spent_ucredits, host->attempt,
                        host->round, host->note ? host->note : "");
}

/**
 * inf_job_host_from_variant:
 * @value: of type %INF_JOB_HOST_TYPE
 *
 * Returns: (transfer full) (nullable): the host, or %NULL when @value is damaged
 */
InfJobHost *
inf_job_host_from_variant (GVariant *value)
{
  g_autoptr (InfJobHost) host = inf_job_host_new (&(InfPeerId){ 0 }, NULL, 0, 0);
  g_autoptr (GVariant) peer_id = NULL;
  g_autoptr (GVariant) lease_id = NULL;
  const char *note;
  guint8 lease;
  gsize size;

  g_variant_get (value, "(@aysuuty@aybbtuu&s)", &peer_id, &host->name, &host->index, &host->slots,
                 &host->price_ucredits, &lease, &lease_id, &host->is_lost, &host->is_dead,
                 &host->spent_ucredits, &host->attempt, &host->round, &note);
  const void *id = g_variant_get_fixed_array (lease_id, &size, 1);
  if (!inf_peer_id_from_variant (peer_id, &host->peer_id) || size != sizeof host->lease_id
      || lease > INF_JOB_LEASE_CLOSED)
    return NULL;
  memcpy (host->lease_id, id, size);
  host->lease = (InfJobLease)lease;
  if (*note)
    host->note = g_strdup (note);
  return g_steal_pointer (&host);
}
