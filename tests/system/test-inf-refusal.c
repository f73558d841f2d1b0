#include "tests/system/grid-checks.h"

#include <string.h>

/* Jobs that no host takes: each refusal names the host, the numbers and the way out, ends with the
 * status for "not enough hosts or credits", and leaves nothing set aside. */

#define NOT_ENOUGH 5

static Grid *grid;
static char *payload;

/* Runs the payload with what follows, and expects each of the texts in the error. */
static void
expect_refusal (const char *const *options, const char *const *texts)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new ();
  g_autoptr (GridResult) result = NULL;

  g_ptr_array_add (words, (char *)"run");
  for (guint i = 0; options[i]; i++)
    g_ptr_array_add (words, (char *)options[i]);
  g_ptr_array_add (words, payload);
  g_ptr_array_add (words, (char *)"try");
  g_ptr_array_add (words, NULL);
  result = grid_call_strv (grid, "oak", (const char *const *)words->pdata);
  g_assert_cmpint (result->status, ==, NOT_ENOUGH);
  for (guint i = 0; texts[i]; i++)
    if (!strstr (result->err, texts[i]))
      g_error ("no “%s” in: %s", texts[i], result->err);
  grid_await_clean (grid);
}

#define EXPECT_REFUSAL(options, ...)                                                               \
  expect_refusal ((const char *const[])options, (const char *const[]){ __VA_ARGS__, NULL })
#define OPTIONS(...)                                                                               \
  {                                                                                                \
    __VA_ARGS__, NULL                                                                              \
  }

static void
test_not_hosting (void)
{
  grid_set_hosting (grid, "elm", FALSE);
  EXPECT_REFUSAL (OPTIONS ("--nodes", "1"), "elm: does not take jobs", "infinity host start");
  grid_set_hosting (grid, "elm", TRUE);
}

/* Gossip's word on free slots is not trusted, so that elm itself has to say no. */
static void
test_slots_taken (void)
{
  g_autofree char *job = grid_submit (grid, "oak", "--slots", "2", payload, "wait", NULL);

  grid_await_waiting (grid, job, 2);
  {
    g_autoptr (GridResult) second
        = grid_call (grid, "oak", "run", "--slots", "1", payload, "try", NULL);
    g_assert_cmpint (second->status, ==, NOT_ENOUGH);
    g_assert_nonnull (strstr (
        second->err, "lease refused by elm: 0 of 2 slots free, 1 asked; try other hosts or later"));
  }
  g_assert_cmpint (grid_count_strangers (grid, "elm"), >, 0);
  grid_must (grid, "oak", "job", "cancel", job, NULL);
  grid_await_clean (grid);
}

static void
test_too_many_slots (void)
{
  EXPECT_REFUSAL (OPTIONS ("--slots", "3"), "elm: 2 of 2 slots free, 3 asked", "try --slots 2");
}

static void
test_memory_taken (void)
{
  g_autofree char *job = NULL;

  grid_set (grid, "elm", "--memory", "512M", "memory-bytes", 512 << 20);
  job = grid_submit (grid, "oak", "--memory", "300M", payload, "wait", NULL);
  grid_await_waiting (grid, job, 1);
  {
    g_autoptr (GridResult) second
        = grid_call (grid, "oak", "run", "--memory", "300M", payload, "try", NULL);
    g_assert_cmpint (second->status, ==, NOT_ENOUGH);
    g_assert_nonnull (strstr (second->err, "elm: "));
    g_assert_nonnull (strstr (second->err, "of 512 MiB of memory free, 300 MiB asked; try less "
                                           "--memory or other hosts"));
  }
  grid_must (grid, "oak", "job", "cancel", job, NULL);
  EXPECT_REFUSAL (OPTIONS ("--memory", "600M"), "elm: 512 MiB of memory, 600 asked",
                  "try --memory 512M");
  grid_must (grid, "elm", "host", "set", "--memory", "0", NULL);
}

static void
test_price_above_maximum (void)
{
  EXPECT_REFUSAL (OPTIONS ("--max-price", "0.0009"), "elm: costs 0.001 a second, 0.0009 offered",
                  "try --max-price 0.001");
}

static void
test_too_long (void)
{
  grid_must (grid, "elm", "host", "set", "--max-time", "30s", NULL);
  EXPECT_REFUSAL (OPTIONS ("--time-limit", "61s"),
                  "lease refused by elm: jobs run for 30 s at most, 61 s asked; try a shorter "
                  "--time-limit");
  grid_must (grid, "oak", "run", "--time-limit", "30s", payload, "try", NULL);
  grid_must (grid, "elm", "host", "set", "--max-time", "0", NULL);
}

static void
test_program_not_offered (void)
{
  grid_refused (grid, NOT_ENOUGH, "elm: does not offer 'blender'", "oak", "run", "blender", NULL);
  grid_await_clean (grid);
}

/* The account could not carry ten seconds of it. */
static void
test_credits_do_not_suffice (void)
{
  grid_set (grid, "elm", "--price", "1000", "price", 1000000000);
  EXPECT_REFUSAL (OPTIONS ("--nodes", "1"), "credits free", "needed to begin");
  grid_set (grid, "elm", "--price", "0.001", "price", 1000);
}

static void
test_too_few_hosts (void)
{
  EXPECT_REFUSAL (OPTIONS ("--nodes", "2"), "1 of 2 hosts found", "try --nodes 1");
}

static void
test_the_host_has_left (void)
{
  grid_must (grid, "elm", "daemon", "stop", NULL);
  EXPECT_REFUSAL (OPTIONS ("--nodes", "1"), "0 of 1 hosts found", "elm: ");
}

static void
add_tests (void)
{
  payload = grid_payload ();
  grid = grid_start (2);
  grid_set_hosting (grid, "oak", FALSE);
  grid_set (grid, "elm", "--slots", "2", "slots-total", 2);
  g_test_add_func ("/refusal/not-hosting", test_not_hosting);
  g_test_add_func ("/refusal/slots-taken", test_slots_taken);
  g_test_add_func ("/refusal/too-many-slots", test_too_many_slots);
  g_test_add_func ("/refusal/memory-taken", test_memory_taken);
  g_test_add_func ("/refusal/price-above-maximum", test_price_above_maximum);
  g_test_add_func ("/refusal/too-long", test_too_long);
  g_test_add_func ("/refusal/program-not-offered", test_program_not_offered);
  g_test_add_func ("/refusal/credits-do-not-suffice", test_credits_do_not_suffice);
  g_test_add_func ("/refusal/too-few-hosts", test_too_few_hosts);
  g_test_add_func ("/refusal/the-host-has-left", test_the_host_has_left);
}

int
main (int argc, char **argv)
{
  int status = grid_fixture_main (argc, argv, add_tests);

  g_clear_pointer (&grid, grid_free);
  g_free (payload);
  return status;
}
