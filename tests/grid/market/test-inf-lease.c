#include "grid/market/inf-lease.h"

#include "common/inf-error.h"
#include "tests/grid/market/inf-market-fixture.h"

static InfLeaseRequest
request_for (const InfLeaseTerms *terms)
{
  InfLeaseRequest request = {
    .slots = terms->slots,
    .memory_bytes = terms->memory_bytes,
    .max_price_ucredits = terms->price_ucredits,
    .duration_us = terms->expires_unix_us - terms->signed_unix_us,
  };

  memcpy (request.job_id, terms->job_id, sizeof request.job_id);
  return request;
}

static void
test_request_round_trips (void)
{
  g_auto (InfLeaseRequest) read = { 0 };
  InfLeaseRequest request = { .slots = 3,
                              .memory_bytes = 5,
                              .max_price_ucredits = 7,
                              .duration_us = 11,
                              .program = (char *)"povray",
                              .arch = (char *)"x86_64" };
  g_autoptr (GError) error = NULL;

  memset (request.job_id, 9, sizeof request.job_id);
  g_autoptr (GBytes) bytes = inf_lease_request_encode (&request);
  g_assert_true (inf_lease_request_decode (&read, bytes, &error));
  g_assert_no_error (error);
  g_assert_cmpmem (read.job_id, sizeof read.job_id, request.job_id, sizeof request.job_id);
  g_assert_cmpuint (read.slots, ==, 3);
  g_assert_cmpuint (read.memory_bytes, ==, 5);
  g_assert_cmpuint (read.max_price_ucredits, ==, 7);
  g_assert_cmpint (read.duration_us, ==, 11);
  g_assert_cmpstr (read.program, ==, "povray");
  g_assert_cmpstr (read.arch, ==, "x86_64");
  g_assert_null (read.open_mpi_series);
}

static void
test_request_out_of_range_is_invalid (void)
{
  const InfLeaseRequest bad[] = {
    { .slots = 0, .duration_us = 1 },
    { .slots = INF_LEASE_MAX_SLOTS + 1, .duration_us = 1 },
    { .slots = 1, .duration_us = 0 },
    { .slots = 1, .duration_us = G_MAXINT64 },
    { .slots = 1, .duration_us = 1, .program = (char *)"two words" },
    { .slots = 1, .duration_us = 1, .arch = (char *)"\n" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GBytes) bytes = inf_lease_request_encode (&bad[i]);
      g_autoptr (GError) error = NULL;
      InfLeaseRequest read = { .slots = 77 };
      g_assert_false (inf_lease_request_decode (&read, bytes, &error));
      g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
      g_assert_cmpuint (read.slots, ==, 77);
    }
}

static void
test_lease_round_trips (void)
{
  g_autoptr (InfLease) lease = fixture_lease (500);
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLease) read = inf_lease_from_bytes (inf_lease_get_bytes (lease), &error);

  g_assert_no_error (error);
  const InfLeaseTerms *terms = inf_lease_get_terms (lease);
  const InfLeaseTerms *back = inf_lease_get_terms (read);
  g_assert_cmpmem (back->lease_id, sizeof back->lease_id, terms->lease_id, sizeof terms->lease_id);
  g_assert_cmpmem (back->job_id, sizeof back->job_id, terms->job_id, sizeof terms->job_id);
  g_assert_cmpmem (&back->client, sizeof back->client, &terms->client, sizeof terms->client);
  g_assert_cmpmem (&back->host, sizeof back->host, &terms->host, sizeof terms->host);
  g_assert_cmpuint (back->slots, ==, terms->slots);
  g_assert_cmpuint (back->memory_bytes, ==, terms->memory_bytes);
  g_assert_cmpuint (back->price_ucredits, ==, 500);
  g_assert_cmpint (back->step_us, ==, terms->step_us);
  g_assert_cmpint (back->grace_us, ==, terms->grace_us);
  g_assert_cmpint (back->signed_unix_us, ==, terms->signed_unix_us);
  g_assert_cmpint (back->expires_unix_us, ==, terms->expires_unix_us);
  g_assert_true (g_bytes_equal (inf_lease_get_bytes (lease), inf_lease_get_bytes (read)));
}

static void
test_every_changed_byte_is_noticed (void)
{
  g_autoptr (InfLease) lease = fixture_lease (500);
  gsize size;
  const guint8 *data = g_bytes_get_data (inf_lease_get_bytes (lease), &size);

  for (gsize i = 0; i < size; i++)
    {
      g_autofree guint8 *changed = g_memdup2 (data, size);
      changed[i] ^= 1;
      g_autoptr (GBytes) bytes = g_bytes_new (changed, size);
      g_autoptr (GError) error = NULL;
      g_autoptr (InfLease) read = inf_lease_from_bytes (bytes, &error);
      g_assert_null (read);
      g_assert_nonnull (error);
    }
}

static void
test_signature_of_another_host_is_corrupt (void)
{
  g_autoptr (InfKeypair) client = fixture_keypair (1);
  g_autoptr (InfKeypair) host = fixture_keypair (2);
  InfLeaseTerms terms = fixture_terms (client, host, 500);
  g_autoptr (InfLease) forged = inf_lease_sign (&terms, client);
  g_autoptr (GError) error = NULL;
  g_autoptr (InfLease) read = inf_lease_from_bytes (inf_lease_get_bytes (forged), &error);

  g_assert_null (read);
  g_assert_error (error, INF_ERROR, INF_ERROR_CORRUPT);
}

static void
test_insane_terms_are_invalid (void)
{
  g_autoptr (InfKeypair) client = fixture_keypair (1);
  g_autoptr (InfKeypair) host = fixture_keypair (2);
  InfLeaseTerms good = fixture_terms (client, host, 500);
  InfLeaseTerms bad[6];

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    bad[i] = good;
  bad[0].slots = 0;
  bad[1].step_us = 0;
  bad[2].grace_us = -1;
  bad[3].expires_unix_us = bad[3].signed_unix_us;
  bad[4].expires_unix_us = G_MAXINT64;
  bad[5].price_ucredits = G_MAXUINT64;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (InfLease) lease = inf_lease_sign (&bad[i], host);
      g_autoptr (GError) error = NULL;
      g_autoptr (InfLease) read = inf_lease_from_bytes (inf_lease_get_bytes (lease), &error);
      g_assert_null (read);
      g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
    }
}

static void
test_lease_must_be_what_was_asked_for (void)
{
  g_autoptr (InfLease) lease = fixture_lease (500);
  const InfLeaseTerms *terms = inf_lease_get_terms (lease);
  InfLeaseRequest good = request_for (terms);
  InfLeaseRequest bad[5];
  g_autoptr (GError) none = NULL;

  g_assert_true (inf_lease_verify (lease, &terms->host, &terms->client, &good, &none));
  g_assert_no_error (none);
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    bad[i] = good;
  bad[0].job_id[0] ^= 1;
  bad[1].slots++;
  bad[2].memory_bytes++;
  bad[3].max_price_ucredits--;
  bad[4].duration_us++;
  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_autoptr (GError) error = NULL;
      g_assert_false (inf_lease_verify (lease, &terms->host, &terms->client, &bad[i], &error));
      g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
    }
}

static void
test_lease_must_be_between_the_two (void)
{
  g_autoptr (InfLease) lease = fixture_lease (500);
  const InfLeaseTerms *terms = inf_lease_get_terms (lease);
  InfLeaseRequest request = request_for (terms);
  g_autoptr (GError) host_error = NULL;
  g_autoptr (GError) client_error = NULL;

  g_assert_false (inf_lease_verify (lease, &terms->client, &terms->client, &request, &host_error));
  g_assert_error (host_error, INF_ERROR, INF_ERROR_CORRUPT);
  g_assert_false (inf_lease_verify (lease, &terms->host, &terms->host, &request, &client_error));
  g_assert_error (client_error, INF_ERROR, INF_ERROR_CORRUPT);
}

static void
test_lease_expires (void)
{
  g_autoptr (InfLease) lease = fixture_lease (500);
  gint64 expires_unix_us = inf_lease_get_terms (lease)->expires_unix_us;

  g_assert_false (inf_lease_is_expired (lease, expires_unix_us - 1));
  g_assert_true (inf_lease_is_expired (lease, expires_unix_us));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/lease/request-round-trips", test_request_round_trips);
  g_test_add_func ("/lease/request-out-of-range-is-invalid", test_request_out_of_range_is_invalid);
  g_test_add_func ("/lease/round-trips", test_lease_round_trips);
  g_test_add_func ("/lease/every-changed-byte-is-noticed", test_every_changed_byte_is_noticed);
  g_test_add_func ("/lease/signature-of-another-host-is-corrupt",
                   test_signature_of_another_host_is_corrupt);
  g_test_add_func ("/lease/insane-terms-are-invalid", test_insane_terms_are_invalid);
  g_test_add_func ("/lease/must-be-what-was-asked-for", test_lease_must_be_what_was_asked_for);
  g_test_add_func ("/lease/must-be-between-the-two", test_lease_must_be_between_the_two);
  g_test_add_func ("/lease/expires", test_lease_expires);
  return g_test_run ();
}
