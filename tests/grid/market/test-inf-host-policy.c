#include "grid/market/inf-host-policy.h"

#include "common/inf-error.h"
#include "tests/grid/market/inf-market-fixture.h"

/* A host called oak with 4 slots and 1 GiB that takes anything sensible, and a request it takes. */
typedef struct
{
  InfHostPolicy policy;
  InfHostState state;
  InfLeaseRequest request;
  InfPeerId client;
} Case;

static const char *const offers[] = { "povray", "gromacs", NULL };

static Case
acceptable (void)
{
  Case c = {
    .policy = { .hosting = TRUE, .slots = 4, .memory_bytes = 1 << 30, .price_ucredits = 1000 },
    .state = { .name = "oak", .arch = "x86_64", .open_mpi_version = "4.1.4", .offers = offers },
    .request = { .slots = 4,
                 .memory_bytes = 512 << 20,
                 .max_price_ucredits = 1000,
                 .duration_us = 60 * G_USEC_PER_SEC,
                 .program = (char *)"gromacs",
                 .arch = (char *)"x86_64",
                 .open_mpi_series = (char *)"4.1" },
  };

  memset (c.state.peer_id.bytes, 1, sizeof c.state.peer_id.bytes);
  memset (c.client.bytes, 2, sizeof c.client.bytes);
  return c;
}

static gboolean
decide (const Case *c, GError **error)
{
  return inf_host_policy_decide (&c->policy, &c->state, &c->request, &c->client, error);
}

static void
assert_refused (const Case *c, const char *message)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (decide (c, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_REFUSED);
  g_assert_cmpstr (error->message, ==, message);
}

static void
test_takes_what_fits (void)
{
  Case c = acceptable ();
  g_autoptr (GError) error = NULL;

  g_assert_true (decide (&c, &error));
  g_assert_no_error (error);
}

static void
test_refuses_when_not_hosting (void)
{
  Case c = acceptable ();

  c.policy.hosting = FALSE;
  assert_refused (&c, "lease refused by oak: it does not take jobs; its owner can say: "
                      "infinity host start");
}

static void
test_refuses_when_paused (void)
{
  Case c = acceptable ();

  c.policy.paused_reason = "until 14:00";
  assert_refused (&c, "lease refused by oak: paused by its owner (until 14:00); try later or "
                      "other hosts");
}

static void
test_refuses_when_draining (void)
{
  Case c = acceptable ();

  c.state.is_draining = TRUE;
  assert_refused (&c, "lease refused by oak: it is about to leave the grid; try other hosts");
}

static void
test_refuses_what_it_cannot_contain (void)
{
  Case c = acceptable ();

  c.state.obstacle = "bubblewrap is missing; its owner can run: sudo apt install bubblewrap";
  assert_refused (&c, "lease refused by oak: it can't contain a job: bubblewrap is missing; its "
                      "owner can run: sudo apt install bubblewrap");
}

static void
test_refuses_missing_slots (void)
{
  Case c = acceptable ();

  c.state.slots_used = 2;
  assert_refused (&c,
                  "lease refused by oak: 2 of 4 slots free, 4 asked; try fewer --slots or later");
  c.state.slots_used = 4;
  assert_refused (&c, "lease refused by oak: 0 of 4 slots free, 4 asked; try other hosts or later");
  c.state.slots_used = 0;
  c.request.slots = 5;
  assert_refused (&c, "lease refused by oak: 4 of 4 slots free, 5 asked; try --slots 4");
}

static void
test_slots_lowered_below_use_count_as_none (void)
{
  Case c = acceptable ();

  c.state.slots_used = 7;
  assert_refused (&c, "lease refused by oak: 0 of 4 slots free, 4 asked; try other hosts or later");
}

static void
test_refuses_missing_memory (void)
{
  Case c = acceptable ();

  c.state.memory_used_bytes = 768 << 20;
  assert_refused (&c, "lease refused by oak: 256 of 1024 MiB of memory free, 512 MiB asked; try "
                      "less --memory or other hosts");
}

static void
test_refuses_another_architecture (void)
{
  Case c = acceptable ();

  c.request.arch = (char *)"aarch64";
  assert_refused (&c, "lease refused by oak: it is x86_64, the program needs aarch64; build it "
                      "for both or choose others");
}

static void
test_refuses_another_open_mpi (void)
{
  Case c = acceptable ();

  c.request.open_mpi_series = (char *)"5.0";
  assert_refused (&c, "lease refused by oak: it has Open MPI 4.1.4, the series 5.0 is needed; "
                      "try other hosts");
  c.state.open_mpi_version = NULL;
  assert_refused (&c, "lease refused by oak: it has no Open MPI, 5.0 is needed; its owner can "
                      "install openmpi-bin");
}

static void
test_series_is_compared_by_components (void)
{
  g_assert_true (inf_open_mpi_is_of_series ("4.1.4", "4.1"));
  g_assert_true (inf_open_mpi_is_of_series ("4.1", "4.1"));
  g_assert_false (inf_open_mpi_is_of_series ("4.10.1", "4.1"));
  g_assert_false (inf_open_mpi_is_of_series ("4", "4.1"));
  g_assert_false (inf_open_mpi_is_of_series (NULL, "4.1"));
}

static void
test_refuses_programs_not_offered (void)
{
  Case c = acceptable ();

  c.request.program = (char *)"blender";
  assert_refused (&c, "lease refused by oak: it does not offer the program 'blender'; give the "
                      "path of an own executable");
}

static void
test_refuses_prices_below_its_own (void)
{
  Case c = acceptable ();

  c.request.max_price_ucredits = 999;
  assert_refused (&c, "lease refused by oak: it costs 0.001 credits per second, 0.000999 offered; "
                      "try --max-price 0.001");
}

static void
test_refuses_clients_not_chosen (void)
{
  Case c = acceptable ();
  g_autoptr (GHashTable) allowed = g_hash_table_new (inf_peer_id_hash, inf_peer_id_equal);

  c.policy.allowed_clients = allowed;
  assert_refused (&c, "lease refused by oak: its owner takes jobs from chosen clients only; ask "
                      "to be added");
  g_hash_table_add (allowed, &c.client);
  g_assert_true (decide (&c, NULL));
}

static void
test_refuses_leases_too_long (void)
{
  Case c = acceptable ();

  c.policy.max_duration_us = 30 * G_USEC_PER_SEC;
  c.request.duration_us = 60 * G_USEC_PER_SEC + 1;
  assert_refused (&c, "lease refused by oak: jobs run for 30 s at most, 61 s asked; try a shorter "
                      "--time-limit");
}

static void
test_owner_uses_own_machine_for_nothing (void)
{
  Case c = acceptable ();
  g_autoptr (GHashTable) allowed = g_hash_table_new (inf_peer_id_hash, inf_peer_id_equal);

  c.policy.allowed_clients = allowed;
  c.client = c.state.peer_id;
  c.request.max_price_ucredits = 1;
  g_assert_true (decide (&c, NULL));
  g_assert_cmpuint (inf_host_policy_price_for (&c.policy, &c.state, &c.client), ==, 0);
}

static void
test_terms_are_what_was_asked_for (void)
{
  Case c = acceptable ();
  g_autoptr (InfKeypair) client = fixture_keypair (1);
  g_autoptr (InfKeypair) host = fixture_keypair (2);
  const InfPublicKey *client_key = inf_keypair_get_public_key (client);
  const InfPublicKey *host_key = inf_keypair_get_public_key (host);
  guint8 lease_id[INF_LEASE_ID_SIZE_BYTES] = { 42 };
  InfLeaseTerms terms;
  g_autoptr (GError) error = NULL;

  inf_host_policy_make_terms (&c.policy, &c.state, &c.request, host_key, client_key, lease_id, 5000,
                              &terms);
  g_autoptr (InfLease) lease = inf_lease_sign (&terms, host);
  g_autoptr (InfLease) read = inf_lease_from_bytes (inf_lease_get_bytes (lease), &error);
  g_assert_no_error (error);
  g_assert_true (inf_lease_verify (read, host_key, client_key, &c.request, &error));
  g_assert_no_error (error);
  g_assert_cmpuint (terms.price_ucredits, ==, 1000);
  g_assert_cmpint (terms.step_us, ==, INF_LEASE_DEFAULT_STEP_US);
  g_assert_cmpint (terms.expires_unix_us, ==, 5000 + c.request.duration_us + INF_LEASE_MARGIN_US);
}

#define ADD(name, func) g_test_add_func ("/host-policy/" name, func)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("takes-what-fits", test_takes_what_fits);
  ADD ("refuses-when-not-hosting", test_refuses_when_not_hosting);
  ADD ("refuses-when-paused", test_refuses_when_paused);
  ADD ("refuses-when-draining", test_refuses_when_draining);
  ADD ("refuses-what-it-cannot-contain", test_refuses_what_it_cannot_contain);
  ADD ("refuses-missing-slots", test_refuses_missing_slots);
  ADD ("slots-lowered-below-use-count-as-none", test_slots_lowered_below_use_count_as_none);
  ADD ("refuses-missing-memory", test_refuses_missing_memory);
  ADD ("refuses-another-architecture", test_refuses_another_architecture);
  ADD ("refuses-another-open-mpi", test_refuses_another_open_mpi);
  ADD ("series-is-compared-by-components", test_series_is_compared_by_components);
  ADD ("refuses-programs-not-offered", test_refuses_programs_not_offered);
  ADD ("refuses-prices-below-its-own", test_refuses_prices_below_its_own);
  ADD ("refuses-clients-not-chosen", test_refuses_clients_not_chosen);
  ADD ("refuses-leases-too-long", test_refuses_leases_too_long);
  ADD ("owner-uses-own-machine-for-nothing", test_owner_uses_own_machine_for_nothing);
  ADD ("terms-are-what-was-asked-for", test_terms_are_what_was_asked_for);
  return g_test_run ();
}
