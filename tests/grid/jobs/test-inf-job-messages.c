#include "common/inf-error.h"
#include "common/inf-wire.h"
#include "grid/jobs/inf-job-messages.h"

#include <string.h>

/* Each message survives its encoding; each kind of damage is noticed. */

static const char *const addresses[] = { "192.0.2.1:7848", "[2001:db8::1]:7848", NULL };

static void
fill_prepare (InfLeasePrepare *prepare)
{
  InfPublicKey keys[3] = { { { 1 } }, { { 2 } }, { { 3 } } };
  InfJobInput *input = inf_job_input_new ("numbers.txt", NULL);

  inf_lease_prepare_init (prepare);
  memset (prepare->lease_id, 7, sizeof prepare->lease_id);
  memset (prepare->job_id, 8, sizeof prepare->job_id);
  for (guint i = 0; i < 3; i++)
    g_ptr_array_add (prepare->participants,
                     inf_lease_participant_new (i + 1, &keys[i], addresses, i == 0 ? 0 : 2));
  prepare->own_index = 3;
  prepare->program_kind = INF_PROGRAM_OWN;
  prepare->program_name = g_strdup ("a.out");
  memset (prepare->program.sha256, 9, sizeof prepare->program.sha256);
  prepare->program.size_bytes = 12345;
  memset (input->object.sha256, 10, sizeof input->object.sha256);
  input->object.size_bytes = 1;
  g_ptr_array_add (prepare->inputs, input);
  prepare->memory_bytes = 1 << 20;
  prepare->time_limit_us = 60 * G_USEC_PER_SEC;
}

static void
test_prepare_round_trip (void)
{
  g_auto (InfLeasePrepare) sent;
  g_auto (InfLeasePrepare) got;
  g_autoptr (GError) error = NULL;

  fill_prepare (&sent);
  g_autoptr (GBytes) bytes = inf_lease_prepare_encode (&sent);
  inf_lease_prepare_init (&got);
  inf_lease_prepare_clear (&got);
  g_assert_true (inf_lease_prepare_decode (&got, bytes, &error));
  g_autoptr (GBytes) again = inf_lease_prepare_encode (&got);

  g_assert_true (g_bytes_equal (bytes, again));
  const InfLeaseParticipant *third = got.participants->pdata[2];
  InfPeerId id;
  inf_peer_id_of_key (&third->public_key, &id);
  g_assert_true (inf_peer_id_equal (&id, &third->peer_id));
  g_assert_cmpstrv (third->addresses, addresses);
}

typedef void (*Damage) (InfLeasePrepare *prepare);

static void
damage_index (InfLeasePrepare *prepare)
{
  prepare->own_index = 1;
}

static void
damage_far_index (InfLeasePrepare *prepare)
{
  prepare->own_index = 4;
}

static void
damage_order (InfLeasePrepare *prepare)
{
  ((InfLeaseParticipant *)prepare->participants->pdata[1])->index = 3;
}

static void
damage_slots (InfLeasePrepare *prepare)
{
  ((InfLeaseParticipant *)prepare->participants->pdata[1])->slots = 0;
}

static void
damage_program (InfLeasePrepare *prepare)
{
  g_free (prepare->program_name);
  prepare->program_name = g_strdup ("../a.out");
}

static void
damage_content (InfLeasePrepare *prepare)
{
  memset (prepare->program.sha256, 0, sizeof prepare->program.sha256);
}

static void
damage_input (InfLeasePrepare *prepare)
{
  InfJobInput *input = prepare->inputs->pdata[0];

  g_free (input->name);
  input->name = g_strdup ("/etc/passwd");
}

static void
damage_clash (InfLeasePrepare *prepare)
{
  const InfJobInput *input = prepare->inputs->pdata[0];
  InfJobInput *second = inf_job_input_new (input->name, NULL);

  second->object = input->object;
  g_ptr_array_add (prepare->inputs, second);
}

static void
damage_limit (InfLeasePrepare *prepare)
{
  prepare->time_limit_us = 0;
}

static void
damage_launcher_only (InfLeasePrepare *prepare)
{
  g_ptr_array_set_size (prepare->participants, 1);
}

static void
test_prepare_refuses_what_is_inconsistent (void)
{
  static const Damage damages[]
      = { damage_index,   damage_far_index, damage_order, damage_slots, damage_program,
          damage_content, damage_input,     damage_clash, damage_limit, damage_launcher_only };

  for (guint i = 0; i < G_N_ELEMENTS (damages); i++)
    {
      g_auto (InfLeasePrepare) sent;
      InfLeasePrepare got = { .own_index = 42 };
      g_autoptr (GError) error = NULL;
      fill_prepare (&sent);
      damages[i](&sent);
      g_autoptr (GBytes) bytes = inf_lease_prepare_encode (&sent);
      g_assert_false (inf_lease_prepare_decode (&got, bytes, &error));
      g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
      g_assert_cmpuint (got.own_index, ==, 42);
    }
}

static void
test_prepare_takes_addresses_and_no_names (void)
{
  static const char *const bad[] = { "example.org:1",   "192.0.2.1", "192.0.2.1:0",
                                     "192.0.2.1:65536", "::1:80",    ":80",
                                     "[192.0.2.1]:80",  "[::1:80",   "" };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      g_auto (InfLeasePrepare) sent;
      InfLeasePrepare got;
      g_autoptr (GError) error = NULL;
      fill_prepare (&sent);
      InfLeaseParticipant *one = sent.participants->pdata[0];
      g_free (one->addresses[0]);
      one->addresses[0] = g_strdup (bad[i]);
      g_autoptr (GBytes) bytes = inf_lease_prepare_encode (&sent);
      g_assert_false (inf_lease_prepare_decode (&got, bytes, &error));
      g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
    }
}

static void
test_prepared_round_trip_is_printable (void)
{
  char *warnings[] = { (char *)"slow\033[31m disk", NULL };
  InfLeasePrepared sent = { .open_mpi_version = (char *)"4.1.4", .warnings = warnings };
  g_auto (InfLeasePrepared) got;
  g_autoptr (GBytes) bytes = inf_lease_prepared_encode (&sent);

  inf_lease_prepared_init (&got);
  g_assert_true (inf_lease_prepared_decode (&got, bytes, NULL));
  g_assert_cmpstr (got.open_mpi_version, ==, "4.1.4");
  g_assert_cmpstr (got.warnings[0], ==, "slow [31m disk");
  g_assert_null (got.warnings[1]);
}

static void
test_control_round_trips (void)
{
  g_autoptr (GBytes) voucher = g_bytes_new_static ("voucher", 7);
  InfLeasePayload pay = { .lease_id = { 1, 2, 3 }, .payload = voucher };
  InfLeasePaid paid = { .accepted_ucredits = 77, .paid_for_us = 2000000 }, got_paid;
  InfLeaseStop stop = { .lease_id = { 4 }, .reason = (char *)"cancelled" };
  g_auto (InfLeasePayload) got_pay;
  g_auto (InfLeaseStop) got_stop;
  guint8 id[INF_LEASE_ID_SIZE_BYTES];

  inf_lease_payload_init (&got_pay);
  inf_lease_stop_init (&got_stop);
  g_autoptr (GBytes) one = inf_lease_payload_encode (&pay, INF_KIND_LEASE_PAY);
  g_assert_true (inf_lease_payload_decode (&got_pay, one, INF_KIND_LEASE_PAY, NULL));
  g_assert_cmpmem (got_pay.lease_id, 16, pay.lease_id, 16);
  g_assert_true (g_bytes_equal (got_pay.payload, voucher));
  InfLeasePayload other;
  g_assert_false (inf_lease_payload_decode (&other, one, INF_KIND_LEASE_CLOSE, NULL));

  g_autoptr (GBytes) two = inf_lease_paid_encode (&paid);
  g_assert_true (inf_lease_paid_decode (&got_paid, two, NULL));
  g_assert_cmpuint (got_paid.accepted_ucredits, ==, 77);
  g_assert_cmpint (got_paid.paid_for_us, ==, 2000000);

  g_autoptr (GBytes) three = inf_lease_stop_encode (&stop);
  g_assert_true (inf_lease_stop_decode (&got_stop, three, NULL));
  g_assert_cmpstr (got_stop.reason, ==, "cancelled");

  g_autoptr (GBytes) four = inf_lease_ref_encode (stop.lease_id, INF_KIND_LEASE_CHECK);
  g_assert_true (inf_lease_ref_decode (id, four, INF_KIND_LEASE_CHECK, NULL));
  g_assert_cmpmem (id, 16, stop.lease_id, 16);
}

static void
test_a_stopped_lease_says_why (void)
{
  g_autoptr (GBytes) bill = g_bytes_new_static ("bill", 4);
  InfLeaseStopped told = { .lease_id = { 5 }, .bill = bill, .reason = (char *)"too\nlarge" };
  InfLeaseStopped asked = { .lease_id = { 6 }, .bill = bill };
  g_auto (InfLeaseStopped) got_told, got_asked;

  inf_lease_stopped_init (&got_told);
  inf_lease_stopped_init (&got_asked);
  g_autoptr (GBytes) one = inf_lease_stopped_encode (&told);
  g_assert_true (inf_lease_stopped_decode (&got_told, one, NULL));
  g_assert_cmpmem (got_told.lease_id, 16, told.lease_id, 16);
  g_assert_true (g_bytes_equal (got_told.bill, bill));
  g_assert_cmpstr (got_told.reason, ==, "too large");

  g_autoptr (GBytes) two = inf_lease_stopped_encode (&asked);
  g_assert_true (inf_lease_stopped_decode (&got_asked, two, NULL));
  g_assert_null (got_asked.reason);
}

static void
test_refuses_ids_of_another_size (void)
{
  g_autoptr (GBytes) bytes = inf_wire_encode (
      INF_KIND_LEASE_CHECK, g_variant_new ("(@ay)", inf_wire_variant_from_data ("12345678", 8)));
  guint8 id[INF_LEASE_ID_SIZE_BYTES] = { 42 };
  g_autoptr (GError) error = NULL;

  g_assert_false (inf_lease_ref_decode (id, bytes, INF_KIND_LEASE_CHECK, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
  g_assert_cmpuint (id[0], ==, 42);
}

static void
test_outputs_are_signed_by_their_host (void)
{
  g_autoptr (InfKeypair) host = inf_keypair_generate ();
  g_autoptr (InfKeypair) other = inf_keypair_generate ();
  const guint8 sha256[32] = { 5 };
  g_auto (InfLeaseOutputs) sent;
  g_auto (InfLeaseOutputs) got;
  InfLeaseOutputs none;
  g_autoptr (GError) error = NULL;

  inf_lease_outputs_init (&sent);
  memset (sent.lease_id, 3, sizeof sent.lease_id);
  inf_lease_outputs_add (&sent, "sum.txt", sha256, 10);
  inf_lease_outputs_add (&sent, "a/b.txt", sha256, 20);
  g_assert_false (sent.is_truncated);
  inf_lease_outputs_add (&sent, "../evil", sha256, 30);
  g_assert_true (sent.is_truncated);
  g_autoptr (GBytes) bytes = inf_lease_outputs_encode (&sent, host);

  inf_lease_outputs_init (&got);
  inf_lease_outputs_clear (&got);
  g_assert_true (inf_lease_outputs_decode (&got, bytes, inf_keypair_get_public_key (host), &error));
  g_assert_cmpuint (got.outputs->len, ==, 2);
  g_assert_cmpstr (((InfLeaseOutput *)got.outputs->pdata[1])->path, ==, "a/b.txt");
  g_assert_true (got.is_truncated);
  g_assert_false (
      inf_lease_outputs_decode (&none, bytes, inf_keypair_get_public_key (other), &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_CORRUPT);
}

static void
test_outputs_too_many_are_left_out_and_said_so (void)
{
  g_autoptr (InfKeypair) host = inf_keypair_generate ();
  const guint8 sha256[32] = { 5 };
  g_auto (InfLeaseOutputs) sent;
  g_auto (InfLeaseOutputs) got;

  inf_lease_outputs_init (&sent);
  for (guint i = 0; i <= INF_LEASE_MAX_OUTPUTS; i++)
    {
      /* The longest names there are: all of them together are more than a reply may hold. */
      g_autofree char *name = g_strnfill (180, 'x');
      g_autofree char *path
          = g_strdup_printf ("%s/%s/%s/%s/%s/%u", name, name, name, name, name, i);
      inf_lease_outputs_add (&sent, path, sha256, i);
    }
  g_assert_cmpuint (sent.outputs->len, ==, INF_LEASE_MAX_OUTPUTS);
  g_assert_true (sent.is_truncated);
  g_autoptr (GBytes) bytes = inf_lease_outputs_encode (&sent, host);
  g_assert_cmpuint (g_bytes_get_size (bytes), <, 4 * 1024 * 1024);
  inf_lease_outputs_init (&got);
  inf_lease_outputs_clear (&got);
  g_assert_true (inf_lease_outputs_decode (&got, bytes, inf_keypair_get_public_key (host), NULL));
  g_assert_true (got.is_truncated);
  g_assert_cmpuint (got.outputs->len, >, 1000);
}

static void
test_channel_headers_round_trip (void)
{
  InfExecHeader exec = { .lease_id = { 1 }, .command_line = (char *)"orted -mca a \"b c\"" };
  InfNetHeader net = { { 2 }, 1, 3, 10192 }, got_net;
  g_auto (InfExecHeader) got_exec;

  inf_exec_header_init (&got_exec);
  g_autoptr (GBytes) one = inf_exec_header_encode (&exec);
  g_assert_true (inf_exec_header_decode (&got_exec, one, NULL));
  g_assert_cmpstr (got_exec.command_line, ==, exec.command_line);
  g_autoptr (GBytes) two = inf_net_header_encode (&net);
  g_assert_true (inf_net_header_decode (&got_net, two, NULL));
  g_assert_cmpmem (got_net.job_id, 16, net.job_id, 16);
  g_assert_cmpuint (got_net.source_index, ==, 1);
  g_assert_cmpuint (got_net.destination_index, ==, 3);
  g_assert_cmpuint (got_net.destination_port, ==, 10192);
}

static void
test_channel_headers_refuse_impossible_ends (void)
{
  static const InfNetHeader bad[] = { { { 0 }, 0, 2, 1 },
                                      { { 0 }, 1, 0, 1 },
                                      { { 0 }, 2, 2, 1 },
                                      { { 0 }, 1, 252, 1 },
                                      { { 0 }, 1, 2, 0 } };

  for (guint i = 0; i < G_N_ELEMENTS (bad); i++)
    {
      InfNetHeader got;
      g_autoptr (GBytes) bytes = inf_net_header_encode (&bad[i]);
      g_assert_false (inf_net_header_decode (&got, bytes, NULL));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/job-messages/prepare", test_prepare_round_trip);
  g_test_add_func ("/job-messages/prepare/inconsistent", test_prepare_refuses_what_is_inconsistent);
  g_test_add_func ("/job-messages/prepare/addresses", test_prepare_takes_addresses_and_no_names);
  g_test_add_func ("/job-messages/prepared", test_prepared_round_trip_is_printable);
  g_test_add_func ("/job-messages/control", test_control_round_trips);
  g_test_add_func ("/job-messages/stopped", test_a_stopped_lease_says_why);
  g_test_add_func ("/job-messages/id-size", test_refuses_ids_of_another_size);
  g_test_add_func ("/job-messages/outputs", test_outputs_are_signed_by_their_host);
  g_test_add_func ("/job-messages/outputs/many", test_outputs_too_many_are_left_out_and_said_so);
  g_test_add_func ("/job-messages/channels", test_channel_headers_round_trip);
  g_test_add_func ("/job-messages/channels/ends", test_channel_headers_refuse_impossible_ends);
  return g_test_run ();
}
