#include "grid/market/inf-host-policy.h"

#include "common/inf-error.h"
#include "grid/market/inf-price.h"

#include <string.h>

/* Every check answers NULL, or why the lease is refused: a clause that ends in the way out, and
 * that inf_host_policy_decide() puts behind "lease refused by NAME: ". */
typedef char *(*Check) (const InfHostPolicy *policy, const InfHostState *state,
                        const InfLeaseRequest *request, const InfPeerId *client);

static char *
check_hosting (const InfHostPolicy *policy, const InfHostState *state,
               const InfLeaseRequest *request, const InfPeerId *client)
{
  if (policy->hosting)
    return NULL;
  return g_strdup ("it does not take jobs; its owner can say: infinity host start");
}

static char *
check_paused (const InfHostPolicy *policy, const InfHostState *state,
              const InfLeaseRequest *request, const InfPeerId *client)
{
  if (state->is_draining)
    return g_strdup ("it is about to leave the grid; try other hosts");
  if (policy->paused_reason)
    return g_strdup_printf ("paused by its owner (%s); try later or other hosts",
                            policy->paused_reason);
  return NULL;
}

static char *
check_containment (const InfHostPolicy *policy, const InfHostState *state,
                   const InfLeaseRequest *request, const InfPeerId *client)
{
  if (!state->obstacle)
    return NULL;
  return g_strdup_printf ("it can't contain a job: %s", state->obstacle);
}

static char *
check_client (const InfHostPolicy *policy, const InfHostState *state,
              const InfLeaseRequest *request, const InfPeerId *client)
{
  if (!policy->allowed_clients || inf_peer_id_equal (client, &state->peer_id)
      || g_hash_table_contains (policy->allowed_clients, client))
    return NULL;
  return g_strdup ("its owner takes jobs from chosen clients only; ask to be added");
}

/* "4.1" is the series of "4.1" and "4.1.4", not of "4.10". */
gboolean
inf_open_mpi_is_of_series (const char *version, const char *series)
{
  gsize length = strlen (series);

  return version && strncmp (version, series, length) == 0
         && (version[length] == '\0' || version[length] == '.');
}

static char *
check_machine (const InfHostPolicy *policy, const InfHostState *state,
               const InfLeaseRequest *request, const InfPeerId *client)
{
  if (request->arch && g_strcmp0 (state->arch, request->arch) != 0)
    return g_strdup_printf ("it is %s, the program needs %s; build it for both or choose others",
                            state->arch ? state->arch : "of unknown architecture", request->arch);
  if (request->open_mpi_series && !state->open_mpi_version)
    return g_strdup_printf ("it has no Open MPI, %s is needed; its owner can install openmpi-bin",
                            request->open_mpi_series);
  if (request->open_mpi_series
      && !inf_open_mpi_is_of_series (state->open_mpi_version, request->open_mpi_series))
    return g_strdup_printf ("it has Open MPI %s, the series %s is needed; try other hosts",
                            state->open_mpi_version, request->open_mpi_series);
  return NULL;
}

static char *
check_program (const InfHostPolicy *policy, const InfHostState *state,
               const InfLeaseRequest *request, const InfPeerId *client)
{
  if (!request->program
      || (state->offers && g_strv_contains ((const char *const *)state->offers, request->program)))
    return NULL;
  return g_strdup_printf ("it does not offer the program '%s'; give the path of an own executable",
                          request->program);
}

static char *
check_price (const InfHostPolicy *policy, const InfHostState *state, const InfLeaseRequest *request,
             const InfPeerId *client)
{
  guint64 price_ucredits = inf_host_policy_price_for (policy, state, client);

  if (request->max_price_ucredits == 0 || price_ucredits <= request->max_price_ucredits)
    return NULL;
  g_autofree char *price = inf_ucredits_to_text ((gint64)price_ucredits);
  g_autofree char *most = inf_ucredits_to_text ((gint64)request->max_price_ucredits);
  return g_strdup_printf ("it costs %s credits per second, %s offered; try --max-price %s", price,
                          most, price);
}

static char *
check_duration (const InfHostPolicy *policy, const InfHostState *state,
                const InfLeaseRequest *request, const InfPeerId *client)
{
  if (policy->max_duration_us == 0 || request->duration_us <= policy->max_duration_us)
    return NULL;
  return g_strdup_printf ("jobs run for %" G_GINT64_FORMAT " s at most, %" G_GINT64_FORMAT
                          " s asked; try a shorter --time-limit",
                          policy->max_duration_us / G_USEC_PER_SEC,
                          (request->duration_us + G_USEC_PER_SEC - 1) / G_USEC_PER_SEC);
}

static char *
check_slots (const InfHostPolicy *policy, const InfHostState *state, const InfLeaseRequest *request,
             const InfPeerId *client)
{
  guint free = policy->slots > state->slots_used ? policy->slots - state->slots_used : 0;

  if (request->slots <= free)
    return NULL;
  if (request->slots <= policy->slots)
    return g_strdup_printf ("%u of %u slots free, %u asked; try %s or later", free, policy->slots,
                            request->slots, free > 0 ? "fewer --slots" : "other hosts");
  return g_strdup_printf ("%u of %u slots free, %u asked; try --slots %u", free, policy->slots,
                          request->slots, MAX (policy->slots, 1));
}

static char *
check_memory (const InfHostPolicy *policy, const InfHostState *state,
              const InfLeaseRequest *request, const InfPeerId *client)
{
  guint64 free = policy->memory_bytes > state->memory_used_bytes
                     ? policy->memory_bytes - state->memory_used_bytes
                     : 0;

  if (policy->memory_bytes == 0 || request->memory_bytes <= free)
    return NULL;
  return g_strdup_printf ("%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                          " MiB of memory free, %" G_GUINT64_FORMAT
                          " MiB asked; try less --memory or other hosts",
                          free >> 20, policy->memory_bytes >> 20, request->memory_bytes >> 20);
}

/* What no other request could change comes first, what a moment's waiting may change last. */
static const Check checks[] = {
  check_hosting, check_containment, check_paused,   check_client, check_machine,
  check_program, check_price,       check_duration, check_slots,  check_memory,
};

/**
 * inf_host_policy_decide:
 * @policy: what the owner wants
 * @state: how the host stands
 * @request: a decoded request
 * @client: the peer that asks, as the link authenticated it
 * @error: #INF_ERROR_REFUSED: the first reason that holds, with the numbers and the way out
 *
 * Returns: whether to sign a lease with the terms of inf_host_policy_make_terms()
 */
gboolean
inf_host_policy_decide (const InfHostPolicy *policy, const InfHostState *state,
                        const InfLeaseRequest *request, const InfPeerId *client, GError **error)
{
  for (guint i = 0; i < G_N_ELEMENTS (checks); i++)
    {
      g_autofree char *reason = checks[i](policy, state, request, client);
      if (reason)
        {
          g_set_error (error, INF_ERROR, INF_ERROR_REFUSED, "lease refused by %s: %s", state->name,
                       reason);
          return FALSE;
        }
    }
  return TRUE;
}

/**
 * inf_host_policy_price_for:
 * @policy: what the owner wants
 * @state: how the host stands
 * @client: who would lease
 *
 * Returns: the price per node·second: nothing on the client's own machine, which would pay itself
 */
guint64
inf_host_policy_price_for (const InfHostPolicy *policy, const InfHostState *state,
                           const InfPeerId *client)
{
  return inf_peer_id_equal (client, &state->peer_id) ? 0 : policy->price_ucredits;
}

/**
 * inf_host_policy_make_terms:
 * @policy: what the owner wants
 * @state: how the host stands
 * @request: a request that inf_host_policy_decide() let pass
 * @host: this host's key
 * @client: the client's key
 * @lease_id: 16 random bytes
 * @now_unix_us: the time by this host's clock
 * @ret_terms: (out): what to sign with inf_lease_sign()
 */
void
inf_host_policy_make_terms (const InfHostPolicy *policy, const InfHostState *state,
                            const InfLeaseRequest *request, const InfPublicKey *host,
                            const InfPublicKey *client,
                            const guint8 lease_id[INF_LEASE_ID_SIZE_BYTES], gint64 now_unix_us,
                            InfLeaseTerms *ret_terms)
{
  InfPeerId client_id;
  InfLeaseTerms terms = {
    .client = *client,
    .host = *host,
    .slots = request->slots,
    .memory_bytes = request->memory_bytes,
    .step_us = policy->step_us > 0 ? policy->step_us : INF_LEASE_DEFAULT_STEP_US,
    .grace_us = policy->grace_us > 0 ? policy->grace_us : INF_LEASE_DEFAULT_GRACE_US,
    .signed_unix_us = now_unix_us,
    .expires_unix_us = now_unix_us + request->duration_us + INF_LEASE_MARGIN_US,
  };

  inf_peer_id_of_key (client, &client_id);
  terms.price_ucredits = inf_host_policy_price_for (policy, state, &client_id);
  memcpy (terms.lease_id, lease_id, sizeof terms.lease_id);
  memcpy (terms.job_id, request->job_id, sizeof terms.job_id);
  *ret_terms = terms;
}
