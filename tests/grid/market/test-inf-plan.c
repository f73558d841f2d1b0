#include "grid/market/inf-plan.h"

#include <string.h>

static const char *const offers[] = { "povray", NULL };

/* A peer that any request here can use; its id is made of FILL. */
static InfPlanCandidate
candidate (const char *name, guint8 fill)
{
  InfPlanCandidate peer = {
    .name = name,
    .is_alive = TRUE,
    .is_hosting = TRUE,
    .slots_total = 4,
    .slots_free = 4,
    .memory_bytes = 1 << 30,
    .arch = "x86_64",
    .open_mpi_version = "4.1.4",
    .price_ucredits = 1000,
    .rtt_us = 500,
    .offers = offers,
  };

  memset (peer.id.bytes, fill, sizeof peer.id.bytes);
  return peer;
}

static InfPlanRequest
request_for (guint nodes)
{
  return (InfPlanRequest){
    .nodes = nodes,
    .slots_per_node = 2,
    .time_limit_us = 100 * G_USEC_PER_SEC,
    .balance_ucredits = 1000 * 1000 * 1000,
    .arch = "x86_64",
    .open_mpi_series = "4.1",
  };
}

static char *
names_of (const InfPlan *plan)
{
  GString *names = g_string_new (NULL);

  for (guint i = 0; i < plan->hosts->len; i++)
    {
      const InfPlanHost *host = g_ptr_array_index (plan->hosts, i);
      g_string_append_printf (names, "%s%s", i ? " " : "", host->name);
    }
  return g_string_free (names, FALSE);
}

static void
test_price_is_of_all_hosts (void)
{
  InfPlanCandidate peers[] = { candidate ("ash", 1), candidate ("oak", 2) };
  InfPlanRequest request = request_for (2);

  peers[1].price_ucredits = 501;
  g_autoptr (InfPlan) plan = inf_plan_new (&request, peers, 2);
  g_assert_true (inf_plan_is_possible (plan));
  g_assert_cmpuint (plan->price_per_second_ucredits, ==, 1501);
  g_assert_cmpuint (plan->price_per_minute_ucredits, ==, 60 * 1501);
  g_assert_cmpuint (plan->worst_case_ucredits, ==, 100 * 1501);
  g_assert_cmpint (plan->funded_us, ==, 100 * G_USEC_PER_SEC);
  const InfPlanHost *cheapest = g_ptr_array_index (plan->hosts, 0);
  g_assert_cmpstr (cheapest->name, ==, "oak");
  g_assert_cmpuint (cheapest->slots, ==, 2);
  g_assert_cmpuint (cheapest->escrow_ucredits, ==, 100 * 501);
}

static void
test_order_is_price_slots_load_distance_id (void)
{
  InfPlanCandidate peers[] = {
    candidate ("id-high", 9), candidate ("id-low", 1), candidate ("near", 5),
    candidate ("idle", 6),    candidate ("roomy", 7),  candidate ("cheap", 8),
    candidate ("unknown", 0),
  };
  InfPlanRequest request = request_for (G_N_ELEMENTS (peers));

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peers[i].load_milli = 1000;
  peers[2].rtt_us = 100;
  peers[3].load_milli = 0;
  peers[4].slots_free = peers[4].slots_total = 8;
  peers[5].price_ucredits = 1;
  peers[6].rtt_us = -1;
  g_autoptr (InfPlan) plan = inf_plan_new (&request, peers, G_N_ELEMENTS (peers));
  g_autofree char *names = names_of (plan);
  g_assert_cmpstr (names, ==, "cheap roomy idle near id-low id-high unknown");
}

static void
test_order_of_candidates_does_not_matter (void)
{
  InfPlanCandidate peers[] = { candidate ("a", 3), candidate ("b", 1), candidate ("c", 2) };
  InfPlanCandidate reversed[] = { peers[2], peers[1], peers[0] };
  InfPlanRequest request = request_for (2);
  g_autoptr (InfPlan) plan = inf_plan_new (&request, peers, 3);
  g_autoptr (InfPlan) other = inf_plan_new (&request, reversed, 3);
  g_autofree char *names = names_of (plan);
  g_autofree char *other_names = names_of (other);

  g_assert_cmpstr (names, ==, "b c");
  g_assert_cmpstr (other_names, ==, names);
}

static void
test_own_machine_is_free_and_first (void)
{
  InfPlanCandidate peers[] = { candidate ("ash", 1), candidate ("me", 2) };
  InfPlanRequest request = request_for (1);

  peers[1].is_self = TRUE;
  request.balance_ucredits = 0;
  request.max_price_ucredits = 1;
  g_autoptr (InfPlan) plan = inf_plan_new (&request, peers, 2);
  g_autofree char *names = names_of (plan);
  g_assert_true (inf_plan_is_possible (plan));
  g_assert_cmpstr (names, ==, "me");
  g_assert_cmpuint (plan->worst_case_ucredits, ==, 0);
}

static void
test_every_rejected_peer_has_its_reason (void)
{
  InfPlanCandidate peers[] = {
    candidate ("a-excluded", 1), candidate ("b-dead", 2),    candidate ("c-closed", 3),
    candidate ("d-arm", 4),      candidate ("e-no-mpi", 5),  candidate ("f-old-mpi", 6),
    candidate ("g-no-prog", 7),  candidate ("h-costly", 8),  candidate ("i-full", 9),
    candidate ("j-small", 10),   candidate ("k-closed", 11),
  };
  const char *reasons[] = {
    "it failed here before",
    "not alive",
    "does not take jobs",
    "aarch64, x86_64 needed",
    "no Open MPI",
    "Open MPI 3.1.2, 4.1 needed",
    "does not offer 'povray'",
    "costs 0.001001 a second, 0.001 offered",
    "1 of 4 slots free, 2 asked",
    "1024 MiB of memory, 2048 asked",
    "this machine does not take jobs",
  };
  InfPlanRequest request = request_for (1);

  request.program = "povray";
  request.max_price_ucredits = 1000;
  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peers[i].memory_bytes = (guint64)4 << 30;
  request.memory_bytes = (guint64)2 << 30;
  peers[0].exclusion = "it failed here before";
  peers[1].is_alive = FALSE;
  peers[2].is_hosting = FALSE;
  peers[3].arch = "aarch64";
  peers[4].open_mpi_version = NULL;
  peers[5].open_mpi_version = "3.1.2";
  peers[6].offers = NULL;
  peers[7].price_ucredits = 1001;
  peers[8].slots_free = 1;
  peers[9].memory_bytes = 1 << 30;
  peers[10].is_hosting = FALSE;
  peers[10].is_self = TRUE;

  g_autoptr (InfPlan) plan = inf_plan_new (&request, peers, G_N_ELEMENTS (peers));
  g_assert_false (inf_plan_is_possible (plan));
  g_assert_cmpuint (plan->code, ==, INF_ERROR_NO_HOSTS);
  g_assert_cmpuint (plan->rejections->len, ==, G_N_ELEMENTS (reasons));
  for (guint i = 0; i < G_N_ELEMENTS (reasons); i++)
    {
      const InfPlanRejection *rejection = g_ptr_array_index (plan->rejections, i);
      g_assert_cmpstr (rejection->name, ==, peers[i].name);
      g_assert_cmpstr (rejection->reason, ==, reasons[i]);
    }
}

static int
compare_lines (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Returns: (transfer full): @dictionary, by its keys */
static char *
print_sorted (GVariant *dictionary)
{
  g_autoptr (GPtrArray) lines = g_ptr_array_new_with_free_func (g_free);
  GString *text = g_string_new (NULL);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, dictionary);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autofree char *printed = g_variant_print (value, TRUE);
      g_ptr_array_add (lines, g_strdup_printf ("%s: %s; ", key, printed));
    }
  g_ptr_array_sort (lines, compare_lines);
  for (guint i = 0; i < lines->len; i++)
    g_string_append (text, lines->pdata[i]);
  return g_string_free (text, FALSE);
}

static void
test_too_few_hosts_says_what_would_do (void)
{
  InfPlanCandidate peers[] = { candidate ("ash", 1), candidate ("oak", 2) };
  InfPlanRequest request = request_for (3);

  peers[1].is_alive = FALSE;
  g_autoptr (InfPlan) plan = inf_plan_new (&request, peers, 2);
  g_assert_cmpstr (plan->reason, ==, "1 of 3 hosts found (oak: not alive); try --nodes 1");
  g_autofree char *cause = print_sorted (plan->cause);
  g_assert_cmpstr (cause, ==,
                   "asked: uint32 3; code: 'too-few-hosts'; found: uint32 1; try: 'nodes'; "
                   "unusable-more: uint32 0;"
                   " unusable: [('oak', {'code': <'not-alive'>})]; "
                   "value: uint64 1; ");
  g_assert_cmpuint (plan->hosts->len, ==, 0);
}

static void
test_too_many_slots_says_how_many_would_do (void)
{
  InfPlanCandidate peers[] = { candidate ("ash", 1), candidate ("oak", 2) };
  InfPlanRequest request = request_for (2);

  request.slots_per_node = 5;
  peers[1].slots_free = 3;
  g_autoptr (InfPlan) plan = inf_plan_new (&request, peers, 2);
  g_assert_cmpstr (plan->reason, ==,
                   "0 of 2 hosts found (ash: 4 of 4 slots free, 5 asked; oak: 3 of 4 slots free, "
                   "5 asked); try --slots 3");
}

static void
test_too_low_a_price_says_which_would_do (void)
{
  InfPlanCandidate peers[] = { candidate ("ash", 1), candidate ("oak", 2) };
  InfPlanRequest request = request_for (2);

  peers[0].price_ucredits = 2000;
  peers[1].price_ucredits = 3000;
  request.max_price_ucredits = 2000;
  g_autoptr (InfPlan) plan = inf_plan_new (&request, peers, 2);
  g_assert_cmpstr (plan->reason, ==,
                   "1 of 2 hosts found (oak: costs 0.003 a second, 0.002 offered); "
                   "try --max-price 0.003");
}

static void
test_too_much_memory_says_how_much_would_do (void)
{
  InfPlanCandidate peers[] = { candidate ("ash", 1), candidate ("oak", 2) };
  InfPlanRequest request = request_for (2);

  peers[0].memory_bytes = G_GUINT64_CONSTANT (4) << 30;
  peers[1].memory_bytes = G_GUINT64_CONSTANT (2) << 30;
  request.memory_bytes = G_GUINT64_CONSTANT (3) << 30;
  g_autoptr (InfPlan) plan = inf_plan_new (&request, peers, 2);
  g_assert_cmpstr (plan->reason, ==,
                   "1 of 2 hosts found (oak: 2048 MiB of memory, 3072 asked); try --memory 2048M");
}

static void
test_nobody_there_says_how_to_begin (void)
{
  InfPlanRequest request = request_for (1);
  g_autoptr (InfPlan) plan = inf_plan_new (&request, NULL, 0);

  g_assert_cmpstr (plan->reason, ==,
                   "0 of 1 hosts found; start hosting on more machines: infinity host start");
}

static void
test_balance_shortens_what_is_funded (void)
{
  InfPlanCandidate peers[] = { candidate ("ash", 1), candidate ("oak", 2), candidate ("fir", 3) };
  InfPlanRequest request = request_for (3);

  for (guint i = 0; i < G_N_ELEMENTS (peers); i++)
    peers[i].price_ucredits = 333;
  request.balance_ucredits = 50000;
  g_autoptr (InfPlan) plan = inf_plan_new (&request, peers, 3);
  g_assert_true (inf_plan_is_possible (plan));
  g_assert_cmpint (plan->funded_us, <, request.time_limit_us);
  g_assert_cmpint (plan->funded_us, >, 50 * G_USEC_PER_SEC);
  guint64 escrowed_ucredits = 0;
  for (guint i = 0; i < plan->hosts->len; i++)
    escrowed_ucredits += ((const InfPlanHost *)g_ptr_array_index (plan->hosts, i))->escrow_ucredits;
  g_assert_cmpuint (escrowed_ucredits, <=, 50000);
  g_assert_cmpuint (escrowed_ucredits, >, 50000 - 6);
}

static void
test_too_few_credits_says_how_many (void)
{
  InfPlanCandidate peers[] = { candidate ("ash", 1), candidate ("oak", 2) };
  InfPlanRequest request = request_for (2);

  request.balance_ucredits = 19999;
  g_autoptr (InfPlan) plan = inf_plan_new (&request, peers, 2);
  g_assert_false (inf_plan_is_possible (plan));
  g_assert_cmpuint (plan->code, ==, INF_ERROR_NO_CREDITS);
  g_assert_cmpstr (plan->reason, ==,
                   "0.019999 credits free, 0.02 needed to begin (0.12 a minute); try fewer "
                   "--nodes, a lower --max-price, or earn some: infinity host start");
  g_assert_cmpuint (plan->hosts->len, ==, 2);
}

static void
test_enormous_prices_do_not_overflow (void)
{
  InfPlanCandidate peers[] = { candidate ("ash", 1), candidate ("oak", 2) };
  InfPlanRequest request = request_for (2);

  peers[0].price_ucredits = peers[1].price_ucredits = G_MAXUINT64;
  request.time_limit_us = G_MAXINT64;
  g_autoptr (InfPlan) plan = inf_plan_new (&request, peers, 2);
  g_assert_false (inf_plan_is_possible (plan));
  g_assert_cmpuint (plan->worst_case_ucredits, ==, (guint64)G_MAXINT64);
}

#define ADD(name, func) g_test_add_func ("/plan/" name, func)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("price-is-of-all-hosts", test_price_is_of_all_hosts);
  ADD ("order-is-price-slots-load-distance-id", test_order_is_price_slots_load_distance_id);
  ADD ("order-of-candidates-does-not-matter", test_order_of_candidates_does_not_matter);
  ADD ("own-machine-is-free-and-first", test_own_machine_is_free_and_first);
  ADD ("every-rejected-peer-has-its-reason", test_every_rejected_peer_has_its_reason);
  ADD ("too-few-hosts-says-what-would-do", test_too_few_hosts_says_what_would_do);
  ADD ("too-many-slots-says-how-many-would-do", test_too_many_slots_says_how_many_would_do);
  ADD ("too-low-a-price-says-which-would-do", test_too_low_a_price_says_which_would_do);
  ADD ("too-much-memory-says-how-much-would-do", test_too_much_memory_says_how_much_would_do);
  ADD ("nobody-there-says-how-to-begin", test_nobody_there_says_how_to_begin);
  ADD ("balance-shortens-what-is-funded", test_balance_shortens_what_is_funded);
  ADD ("too-few-credits-says-how-many", test_too_few_credits_says_how_many);
  ADD ("enormous-prices-do-not-overflow", test_enormous_prices_do_not_overflow);
  return g_test_run ();
}
