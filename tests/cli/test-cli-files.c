#include "tests/cli/inf-cli-run.h"
#include "tests/cli/inf-fake-node.h"

#include "common/inf-error.h"

#include <signal.h>
#include <string.h>

typedef struct
{
  char *dir;
  InfFakeNode *fake;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = inf_cli_make_state_dir ();
  fixture->fake = inf_fake_node_new (fixture->dir);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_fake_node_free (fixture->fake);
  inf_cli_remove_state_dir (fixture->dir);
}

static void
test_list (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) empty = NULL, table = NULL, quiet = NULL, completed = NULL;

  empty = inf_cli_run (fixture->dir, "files", NULL);
  inf_cli_assert_contains (empty->err->str, "infinity files add");
  inf_fake_node_take (
      &fixture->fake->file_list,
      g_variant_new_parsed ("[{'sha256': <'abcdef0123456789'>, 'name': <'numbers.txt'>,"
                            "  'size': <@t 2048>, 'added-unix': <@x 1700000000000000>,"
                            "  'shared': <true>, 'in-use': <false>},"
                            " {'sha256': <'0123456789abcdef'>, 'name': <''>, 'size': <@t 5>,"
                            "  'added-unix': <@x 1700000000000000>, 'shared': <false>,"
                            "  'in-use': <true>}]"));
  table = inf_cli_run (fixture->dir, "files", "list", NULL);
  g_assert_cmpstr (table->out->str, ==,
                   "SHA-256     NAME            SIZE  ADDED                SHARED  IN USE\n"
                   "abcdef0123  numbers.txt  2.0 KiB  2023-11-14 22:13:20  yes     no\n"
                   "0123456789  -                5 B  2023-11-14 22:13:20  no      yes\n");
  quiet = inf_cli_run (fixture->dir, "files", "-q", NULL);
  g_assert_cmpstr (quiet->out->str, ==, "abcdef0123456789\n0123456789abcdef\n");
  completed = inf_cli_run (fixture->dir, "complete", "files", "remove", "", NULL);
  g_assert_cmpstr (completed->out->str, ==, "numbers.txt\n0123456789\n");
}

static void
test_simple_commands (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) add = NULL, save = NULL, drop = NULL, cancel = NULL;

  add = inf_cli_run (fixture->dir, "files", "add", "/a/../numbers.txt", "/b", NULL);
  g_assert_cmpstr (add->out->str, ==, "abcdef  /a/../numbers.txt\nabcdef  /b\n");
  g_assert_true (inf_fake_node_was_called (fixture->fake, "Add /numbers.txt"));
  save = inf_cli_run (fixture->dir, "files", "save", "numbers.txt", "/tmp/./x", NULL);
  g_assert_true (
      inf_fake_node_was_called (fixture->fake, "Save ('numbers.txt', '/tmp/x', 'copy')"));
  drop = inf_cli_run (fixture->dir, "files", "remove", "abc", "def", NULL);
  g_assert_true (inf_fake_node_was_called (fixture->fake, "Remove ('abc',)"));
  g_assert_true (inf_fake_node_was_called (fixture->fake, "Remove ('def',)"));
  cancel = inf_cli_run (fixture->dir, "files", "cancel", "7", NULL);
  g_assert_true (inf_fake_node_was_called (fixture->fake, "CancelTransfer 7"));
  g_assert_cmpint (add->status + save->status + drop->status + cancel->status, ==, 0);
}

static void
finish (InfFakeNode *fake)
{
  inf_fake_node_transfer (fake, "fetching", "'ended-unix': <@x 0>");
  inf_fake_node_transfer (fake, "done", "'ended-unix': <@x 5>");
}

static void
test_get_waits_for_the_end (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL, list = NULL;

  fixture->fake->on_fetching = finish;
  run = inf_cli_run (fixture->dir, "files", "get", "--to", "/tmp/x", "--name", "n", "abcdef", NULL);
  g_assert_true (inf_fake_node_was_called (fixture->fake, "Fetch “abcdef” “n” “/tmp/x”"));
  g_assert_cmpint (run->status, ==, 0);
  g_assert_cmpstr (run->out->str, ==, "");
  inf_cli_assert_contains (run->err->str, "“numbers.txt” is here.");
  list = inf_cli_run (fixture->dir, "files", "transfers", NULL);
  inf_cli_assert_contains (list->out->str, "numbers.txt");
  inf_cli_assert_contains (list->out->str, "done");
}

static void
fail (InfFakeNode *fake)
{
  inf_fake_node_transfer (fake, "failed",
                          "'ended-unix': <@x 5>, 'message': <'nobody has it\\u001b[2J'>");
}

static void
test_get_says_why_not (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfCliRun) run = NULL;

  fixture->fake->on_fetching = fail;
  run = inf_cli_run (fixture->dir, "files", "get", "abcdef", NULL);
  g_assert_cmpint (run->status, ==, 1);
  inf_cli_assert_contains (run->err->str, "nobody has it");
  g_assert_null (strchr (run->err->str, '\x1b'));
}

static gboolean
is_looking (gpointer user_data)
{
  return strstr (((InfCliRun *)user_data)->err->str, "looking") != NULL;
}

static void
test_a_signal_cancels (Fixture *fixture, gconstpointer data)
{
  const char *const words[] = { "files", "get", "abcdef", NULL };
  g_autoptr (InfCliRun) run = inf_cli_run_start (fixture->dir, words);

  inf_cli_run_wait_for (run, is_looking, run);
  g_subprocess_send_signal (run->process, SIGINT);
  inf_cli_run_wait (run);
  g_assert_cmpint (run->status, ==, 128 + SIGINT);
  g_assert_true (inf_fake_node_was_called (fixture->fake, "CancelTransfer 7"));
}

static gboolean
is_copying (gpointer user_data)
{
  return strstr (((InfCliRun *)user_data)->err->str, "copying 50%") != NULL;
}

static void
interrupt (Fixture *fixture, const char *const *words)
{
  g_autoptr (InfCliRun) run = inf_cli_run_start (fixture->dir, words);

  inf_cli_run_wait_for (run, is_copying, run);
  g_subprocess_send_signal (run->process, SIGINT);
  inf_cli_run_wait (run);
  g_assert_cmpint (run->status, ==, 128 + SIGINT);
  g_assert_cmpstr (run->out->str, ==, "");
  inf_cli_assert_contains (run->err->str, "ancelled");
  g_assert_true (inf_fake_node_was_called (fixture->fake, "CancelCopy copy"));
  g_ptr_array_set_size (fixture->fake->calls, 0);
}

static void
test_a_signal_cancels_a_copy (Fixture *fixture, gconstpointer data)
{
  const char *const commands[][8] = {
    { "files", "add", "/a", "/b" },
    { "files", "save", "numbers.txt", "/tmp/x" },
    { "results", "sum-1", "--archive", "/tmp/x.zip" },
    { "results", "sum-1", "--export", "--to", "/tmp/x" },
    { "results", "sum-1", "a.txt", "--export", "--to", "/tmp/x" },
  };

  fixture->fake->copies_slowly = TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (commands); i++)
    interrupt (fixture, commands[i]);
}

#define ADD(name, func) g_test_add ("/cli/files/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("list", test_list);
  ADD ("simple-commands", test_simple_commands);
  ADD ("get-waits-for-the-end", test_get_waits_for_the_end);
  ADD ("get-says-why-not", test_get_says_why_not);
  ADD ("a-signal-cancels", test_a_signal_cancels);
  ADD ("a-signal-cancels-a-copy", test_a_signal_cancels_a_copy);
  return g_test_run ();
}
