#include "discovery/link/inf-link-wait.h"

#include <sys/eventfd.h>
#include <unistd.h>

#define SHORT_US 20
#define LONG_US 5000

static void
note (InfLinkWait *wait, guint n, gint64 waited_us)
{
  for (guint i = 0; i < n; i++)
    inf_link_wait_note (wait, waited_us);
}

static void
test_an_idle_link_sleeps (void)
{
  InfLinkWait wait = { 0 };

  g_assert_false (inf_link_wait_is_awake (&wait));
  note (&wait, 100, LONG_US);
  g_assert_false (inf_link_wait_is_awake (&wait));
}

static void
test_quick_messages_keep_it_awake (void)
{
  InfLinkWait wait = { 0 };

  note (&wait, 20, SHORT_US);
  g_assert_true (inf_link_wait_is_awake (&wait));
  note (&wait, 1, LONG_US);
  g_assert_true (inf_link_wait_is_awake (&wait));
  note (&wait, 3, LONG_US);
  g_assert_false (inf_link_wait_is_awake (&wait));
}

/* However long it was quick before, or slow. */
static void
test_it_changes_its_mind_soon (void)
{
  InfLinkWait wait = { 0 };

  note (&wait, 1000000, SHORT_US);
  note (&wait, 4, LONG_US);
  g_assert_false (inf_link_wait_is_awake (&wait));
  note (&wait, 1000000, LONG_US);
  note (&wait, 10, SHORT_US);
  g_assert_true (inf_link_wait_is_awake (&wait));
}

static void
test_a_few_quick_ones_now_and_then_are_not_enough (void)
{
  InfLinkWait wait = { 0 };

  for (guint i = 0; i < 100; i++)
    {
      note (&wait, 3, SHORT_US);
      note (&wait, 1, LONG_US);
      g_assert_false (inf_link_wait_is_awake (&wait));
    }
}

static void
test_both_ways_of_waiting_see_the_event (void)
{
  int epoll_fd = epoll_create1 (EPOLL_CLOEXEC), event_fd = eventfd (1, EFD_CLOEXEC);
  struct epoll_event event = { .events = EPOLLIN }, got[2];
  InfLinkWait wait = { 0 };

  g_assert_cmpint (epoll_ctl (epoll_fd, EPOLL_CTL_ADD, event_fd, &event), ==, 0);
  g_assert_cmpint (inf_link_wait_run (&wait, epoll_fd, got, 2), ==, 1);
  note (&wait, 20, SHORT_US);
  g_assert_cmpint (inf_link_wait_run (&wait, epoll_fd, got, 2), ==, 1);
  close (event_fd);
  close (epoll_fd);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/link-wait/an-idle-link-sleeps", test_an_idle_link_sleeps);
  g_test_add_func ("/link-wait/quick-messages-keep-it-awake", test_quick_messages_keep_it_awake);
  g_test_add_func ("/link-wait/it-changes-its-mind-soon", test_it_changes_its_mind_soon);
  g_test_add_func ("/link-wait/a-few-quick-ones-now-and-then-are-not-enough",
                   test_a_few_quick_ones_now_and_then_are_not_enough);
  g_test_add_func ("/link-wait/both-ways-of-waiting-see-the-event",
                   test_both_ways_of_waiting_see_the_event);
  return g_test_run ();
}
