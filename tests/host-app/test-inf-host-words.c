#include "host-app/inf-host-words.h"

#define NOW G_GINT64_CONSTANT (1772463600000000)

static void
check (const InfHostSituation *situation, const char *title, const char *more, const char *style)
{
  g_auto (InfHostWords) words = { NULL };

  inf_host_words_describe (&words, situation, NOW);
  g_assert_cmpstr (words.title, ==, title);
  g_assert_cmpstr (words.more, ==, more);
  g_assert_cmpstr (words.style, ==, style);
  g_assert_nonnull (words.icon_name);
}

static void
test_hosting (void)
{
  InfHostSituation one = { .node_state = "connected", .host_state = "hosting", .leases = 1 };

  check (&one, "Sharing: 1 job runs here", "You can stop it whenever you like.", "hosting");
}

static void
test_ready (void)
{
  InfHostSituation alone
      = { .node_state = "connected", .node_reason = "alone", .host_state = "ready" };
  InfHostSituation one = { .node_state = "connected", .host_state = "ready", .peers = 1 };

  check (&alone, "Ready: waiting for a job", "You are the first in this grid. Invite others to it.",
         "ready");
  check (&one, "Ready: waiting for a job", "1 other computer is connected.", "ready");
}

static void
test_paused_says_why_and_until_when (void)
{
  InfHostSituation battery
      = { .node_state = "connected", .host_state = "paused", .host_reason = "on-battery" };
  InfHostSituation snoozed
      = { .node_state = "connected", .host_state = "paused", .host_reason = "snoozed" };
  g_autoptr (GDateTime) now = g_date_time_new_from_unix_local (NOW / G_USEC_PER_SEC);
  g_autoptr (GDateTime) later = g_date_time_add_minutes (now, 1);
  g_autofree char *expected = g_date_time_format (later, "Sharing resumes at %H:%M.");

  check (&battery, "Paused: the computer is on battery", "Sharing resumes on mains power.",
         "paused");
  check (&snoozed, "Paused: you asked for a break", "Sharing resumes when you say so.", "paused");
  snoozed.until_unix = NOW + 60 * (gint64)G_USEC_PER_SEC;
  check (&snoozed, "Paused: you asked for a break", expected, "paused");
}

static void
test_the_connection_goes_before_the_host (void)
{
  InfHostSituation offline
      = { .node_state = "offline", .node_reason = "owner", .host_state = "unable" };
  InfHostSituation leaving = { .node_state = "disconnecting",
                               .node_reason = "finishing",
                               .host_state = "unable",
                               .leases_left = 1 };

  check (&offline, "Disconnected: you disconnected this computer",
         "Others can’t see it, and no job can come.", "off");
  check (&leaving, "Disconnecting: what runs may finish first", "1 job is left.", "paused");
}

static void
test_an_obstacle_is_quoted (void)
{
  InfHostSituation unable = { .node_state = "connected",
                              .host_state = "unable",
                              .host_reason = "no-sandbox",
                              .obstacle = "bubblewrap is not installed" };

  check (&unable, "Not sharing: this computer can’t keep jobs contained",
         "bubblewrap is not installed", "unable");
}

static void
test_unknown_words_are_no_trouble (void)
{
  InfHostSituation nothing = { 0 };
  InfHostSituation strange
      = { .node_state = "connected", .host_state = "paused", .host_reason = "eclipse" };

  check (&nothing, "Not sharing", "", "unable");
  check (&strange, "Paused", "", "paused");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/host-words/hosting", test_hosting);
  g_test_add_func ("/host-words/ready", test_ready);
  g_test_add_func ("/host-words/paused-says-why-and-until-when",
                   test_paused_says_why_and_until_when);
  g_test_add_func ("/host-words/the-connection-goes-before-the-host",
                   test_the_connection_goes_before_the_host);
  g_test_add_func ("/host-words/an-obstacle-is-quoted", test_an_obstacle_is_quoted);
  g_test_add_func ("/host-words/unknown-words-are-no-trouble", test_unknown_words_are_no_trouble);
  return g_test_run ();
}
