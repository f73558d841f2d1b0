#include "discovery/gossip/inf-wants.h"

#define SECOND_US G_USEC_PER_SEC

typedef struct
{
  InfWants *wants;
  GArray *items;
  guint64 source;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->wants = inf_wants_new ();
  fixture->items = g_array_new (FALSE, FALSE, sizeof (guint64));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_wants_free (fixture->wants);
  g_array_unref (fixture->items);
}

static gboolean
take (Fixture *fixture, gint64 now_us)
{
  return inf_wants_take (fixture->wants, now_us, 32, &fixture->source, fixture->items);
}

static void
test_one_source_is_asked_for_many_at_once (Fixture *fixture, gconstpointer data)
{
  for (guint64 i = 0; i < 20; i++)
    inf_wants_add (fixture->wants, i, i % 2, 0);
  g_assert_true (take (fixture, 0));
  g_assert_cmpuint (fixture->source, ==, 0);
  g_assert_cmpuint (fixture->items->len, ==, 10);
  g_assert_true (take (fixture, 0));
  g_assert_cmpuint (fixture->source, ==, 1);
  g_assert_cmpuint (fixture->items->len, ==, 10);
  g_assert_false (take (fixture, 0));
}

static void
test_no_more_is_under_way_than_fits (Fixture *fixture, gconstpointer data)
{
  guint n_asked = 0;

  for (guint64 i = 0; i < 1000; i++)
    inf_wants_add (fixture->wants, i, 7, 0);
  while (take (fixture, 0))
    n_asked += fixture->items->len;
  g_assert_cmpuint (n_asked, ==, 64);
  inf_wants_remove (fixture->wants, 0);
  g_assert_true (take (fixture, 0));
  g_assert_cmpuint (fixture->items->len, ==, 1);
  g_assert_cmpuint (inf_wants_get_size (fixture->wants), ==, 999);
}

static void
test_what_does_not_come_is_asked_for_again_and_given_up (Fixture *fixture, gconstpointer data)
{
  guint n_asked = 0;
  gint64 now_us = 0;

  inf_wants_add (fixture->wants, 1, 7, 0);
  while (inf_wants_get_size (fixture->wants) > 0)
    {
      while (take (fixture, now_us))
        n_asked++;
      gint64 deadline_us = inf_wants_get_deadline_us (fixture->wants);
      g_assert_true (inf_wants_get_size (fixture->wants) == 0 || deadline_us > now_us);
      now_us = deadline_us;
    }
  g_assert_cmpuint (n_asked, ==, 5);
  g_assert_cmpint (inf_wants_get_deadline_us (fixture->wants), ==, G_MAXINT64);
}

static void
test_another_source_is_asked_when_the_first_is_slow (Fixture *fixture, gconstpointer data)
{
  inf_wants_add (fixture->wants, 1, 7, 0);
  g_assert_true (take (fixture, 0));
  inf_wants_add (fixture->wants, 1, 8, SECOND_US / 20);
  g_assert_false (take (fixture, SECOND_US / 20));
  inf_wants_add (fixture->wants, 1, 9, SECOND_US / 5);
  g_assert_true (take (fixture, SECOND_US / 5));
  g_assert_cmpuint (fixture->source, ==, 9);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/wants/one-source-is-asked-for-many-at-once", test_one_source_is_asked_for_many_at_once);
  ADD ("/wants/no-more-is-under-way-than-fits", test_no_more_is_under_way_than_fits);
  ADD ("/wants/what-does-not-come-is-asked-for-again-and-given-up",
       test_what_does_not_come_is_asked_for_again_and_given_up);
  ADD ("/wants/another-source-is-asked-when-the-first-is-slow",
       test_another_source_is_asked_when_the_first_is_slow);
  return g_test_run ();
}
