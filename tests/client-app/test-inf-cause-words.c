#include "client-app/inf-cause-words.h"

static void
check (const char *cause, const char *expected)
{
  g_autoptr (GVariant) parsed = g_variant_ref_sink (g_variant_new_parsed (cause));
  g_autofree char *words = inf_cause_words (parsed);

  g_assert_cmpstr (words, ==, expected);
}

static void
test_hosts (void)
{
  check ("{'code': <'too-few-hosts'>, 'found': <@u 1>, 'asked': <@u 4>, 'unusable': <["
         "('elm', {'code': <'not-hosting'>}),"
         " ('fir', {'code': <'too-few-slots'>, 'free': <@u 1>, 'total': <@u 8>, 'asked': <@u 2>}),"
         " ('yew', {'code': <'of-tomorrow'>})]>, 'unusable-more': <@u 2>}",
         "1 of 4 computers can be used (elm takes no jobs now; fir has 1 of 8 slots free, 2 are"
         " asked for; yew can’t be used; and 2 more).");
  check ("{'code': <'too-few-hosts'>, 'found': <@u 0>, 'asked': <@u 1>,"
         " 'unusable': <[('elm', {'code': <'too-expensive'>, 'price': <@t 2000>,"
         " 'most': <@t 1000>}), ('fir', {'code': <'too-little-memory'>,"
         " 'bytes': <@t 1073741824>, 'asked': <@t 2147483648>}), ('yew',"
         " {'code': <'other-machine'>, 'arch': <'aarch64'>, 'needed': <'x86_64'>})]>}",
         "0 of 1 computer can be used (elm costs 7.20 credits an hour, more than 3.60 credits an"
         " hour; fir has 1.0\u00a0GiB of memory, 2.0\u00a0GiB are asked for; yew is a aarch64,"
         " x86_64 is needed).");
  check ("{'code': <'too-few-hosts'>, 'found': <@u 0>, 'asked': <@u 2>}",
         "0 of 2 computers can be used.");
  check ("{'code': <'too-few-credits'>, 'free': <@t 1000000>, 'needed': <@t 2500000>}",
         "You have 1.00 credits free. To begin, 2.50 are needed.");
  check ("{'code': <'can-not-launch'>, 'detail': <'open-mpi: missing'>}",
         "This computer can’t start jobs. Details: open-mpi: missing");
}

static void
test_losses (void)
{
  check ("{'code': <'host-died'>, 'host': <'elm'>, 'phase': <'running'>, 'detail': <''>}",
         "elm went away while the program ran.");
  check ("{'code': <'link-lost'>, 'host': <'elm'>, 'phase': <'settling'>}",
         "The connection to elm broke before its results were here.");
  check ("{'code': <'host-stopped'>, 'host': <'elm'>, 'phase': <'staging'>,"
         " 'detail': <'its owner'>}",
         "elm stopped the job while files were sent to it. Details: its owner");
  check ("{'code': <'host-refused'>, 'host': <'elm'>, 'detail': <'too busy'>}",
         "elm did not take the job. Details: too busy");
  check ("{'code': <'launching-late'>}", "The program did not start in time.");
  check ("{'code': <'staging-failed'>, 'host': <''>}", "The files could not be read.");
}

static void
test_exits (void)
{
  check ("{'code': <'exited'>, 'status': <7>, 'detail': <'no luck'>}",
         "The program ended with status 7. Details: no luck");
  check ("{'code': <'killed'>, 'signal': <9>, 'detail': <''>}",
         "The program was ended by signal 9.");
  check ("{'code': <'bad-data'>, 'status': <65>}", "The program did not accept its input.");
  check ("{'code': <'time-limit'>, 'us': <@t 3600000000>}",
         "It was stopped at its time limit of 1 h 0 min.");
}

static void
test_one_after_the_other (void)
{
  check ("{'code': <'no-other-hosts'>, 'first': <{'code': <'host-died'>, 'host': <'elm'>,"
         " 'phase': <'running'>}>, 'then': <{'code': <'too-few-hosts'>, 'found': <@u 1>,"
         " 'asked': <@u 2>}>}",
         "elm went away while the program ran. After that there were not enough others: 1 of 2"
         " computers can be used.");
  check ("{'code': <'no-other-hosts'>, 'first': <{'code': <'of-tomorrow'>}>,"
         " 'then': <{'code': <'restarted'>}>}",
         NULL);
}

/* infinityd's sentence does for it. */
static void
test_what_is_unknown (void)
{
  g_autoptr (GVariant) deep = g_variant_ref_sink (g_variant_new_parsed ("{'code': <'restarted'>}"));

  g_assert_null (inf_cause_words (NULL));
  check ("@a{sv} {}", NULL);
  check ("{'code': <'of-tomorrow'>, 'detail': <'x'>}", NULL);
  check ("{'code': <7>}", NULL);
  for (guint i = 0; i < 10; i++)
    {
      GVariant *outer = g_variant_new_parsed (
          "{'code': <'no-other-hosts'>, 'first': <%@a{sv}>, 'then': <%@a{sv}>}", deep, deep);
      g_variant_unref (deep);
      deep = g_variant_ref_sink (outer);
    }
  g_assert_null (inf_cause_words (deep));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/cause-words/hosts", test_hosts);
  g_test_add_func ("/cause-words/losses", test_losses);
  g_test_add_func ("/cause-words/exits", test_exits);
  g_test_add_func ("/cause-words/one-after-the-other", test_one_after_the_other);
  g_test_add_func ("/cause-words/what-is-unknown", test_what_is_unknown);
  return g_test_run ();
}
