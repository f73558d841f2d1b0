#include "sim/inf-event-queue.h"

#include "sim/inf-sim-random.h"

static void
test_events_come_out_by_their_time (void)
{
  g_autoptr (InfEventQueue) queue = inf_event_queue_new ();
  InfSimRandom random = { 1 };
  InfEvent event;
  gint64 last_us = -1;

  for (guint i = 0; i < 10000; i++)
    {
      const InfEvent added = { .at_us = (gint64)inf_sim_random_below (&random, 5000), .to = i };
      inf_event_queue_push (queue, &added);
      if (i % 3 == 0)
        g_assert_true (inf_event_queue_pop (queue, &event));
    }
  while (inf_event_queue_pop (queue, &event))
    {
      g_assert_cmpint (event.at_us, >=, last_us);
      last_us = event.at_us;
    }
  g_assert_null (inf_event_queue_peek (queue));
}

static void
test_events_of_one_time_come_out_as_they_went_in (void)
{
  g_autoptr (InfEventQueue) queue = inf_event_queue_new ();
  InfEvent event;

  for (guint i = 0; i < 1000; i++)
    {
      const InfEvent added = { .at_us = 7, .to = i };
      inf_event_queue_push (queue, &added);
    }
  for (guint i = 0; i < 1000; i++)
    {
      g_assert_true (inf_event_queue_pop (queue, &event));
      g_assert_cmpuint (event.to, ==, i);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/event-queue/by-time", test_events_come_out_by_their_time);
  g_test_add_func ("/event-queue/of-one-time", test_events_of_one_time_come_out_as_they_went_in);
  return g_test_run ();
}
