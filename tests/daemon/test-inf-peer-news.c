#include "daemon/inf-peer-news.h"

#define SECOND_US ((gint64)G_USEC_PER_SEC)

/* A world of one peer, and what was told of it. */
typedef struct
{
  InfPeerNews *news;
  GVariant *description; /* NULL while it is unknown */
  guint n_told;
  InfPeerNewsType type;
  GVariant *fields;
} Fixture;

static const InfPeerId peer = { .bytes = { 1, 2, 3 } };

static GVariant *
describe (const InfPeerId *id, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_assert_true (inf_peer_id_equal (id, &peer));
  return fixture->description;
}

static void
tell (InfPeerNewsType type, const InfPeerId *id, GVariant *fields, gpointer user_data)
{
  Fixture *fixture = user_data;

  g_clear_pointer (&fixture->fields, g_variant_unref);
  fixture->fields = g_variant_ref_sink (fields);
  fixture->type = type;
  fixture->n_told++;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->news = inf_peer_news_new (describe, tell, fixture);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_peer_news_free (fixture->news);
  g_clear_pointer (&fixture->description, g_variant_unref);
  g_clear_pointer (&fixture->fields, g_variant_unref);
}

static void
set_peer (Fixture *fixture, const char *text)
{
  g_clear_pointer (&fixture->description, g_variant_unref);
  fixture->description = text ? g_variant_ref_sink (g_variant_new_parsed (text)) : NULL;
}

static void
assert_told (Fixture *fixture, InfPeerNewsType type, const char *text)
{
  g_autoptr (GVariant) expected = g_variant_ref_sink (g_variant_new_parsed (text));
  g_auto (GVariantDict) fields = G_VARIANT_DICT_INIT (fixture->fields);
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_assert_cmpint (fixture->type, ==, type);
  g_assert_cmpuint (g_variant_n_children (fixture->fields), ==, g_variant_n_children (expected));
  g_variant_iter_init (&iter, expected);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) found = g_variant_dict_lookup_value (&fields, key, NULL);
      g_assert_nonnull (found);
      g_assert_cmpvariant (found, value);
    }
}

static void
join (Fixture *fixture)
{
  set_peer (fixture, "{'state': <'alive'>, 'load': <1>, 'heard-ms': <@x 5>}");
  inf_peer_news_changed (fixture->news, &peer, 0);
}

static void
test_newcomer_is_told_whole (Fixture *fixture, gconstpointer data)
{
  join (fixture);
  g_assert_cmpuint (fixture->n_told, ==, 1);
  assert_told (fixture, INF_PEER_NEWS_JOINED,
               "{'state': <'alive'>, 'load': <1>, 'heard-ms': <@x 5>}");
}

static void
test_only_what_changed_is_told (Fixture *fixture, gconstpointer data)
{
  join (fixture);
  set_peer (fixture, "{'state': <'alive'>, 'load': <2>, 'heard-ms': <@x 7>}");
  inf_peer_news_changed (fixture->news, &peer, SECOND_US);
  assert_told (fixture, INF_PEER_NEWS_CHANGED, "{'load': <2>, 'heard-ms': <@x 7>}");
}

static void
test_nothing_is_told_of_nothing (Fixture *fixture, gconstpointer data)
{
  join (fixture);
  set_peer (fixture, "{'state': <'alive'>, 'load': <1>, 'heard-ms': <@x 700>}");
  inf_peer_news_changed (fixture->news, &peer, SECOND_US);
  g_assert_cmpuint (fixture->n_told, ==, 1);
}

static void
test_bursts_are_told_together (Fixture *fixture, gconstpointer data)
{
  join (fixture);
  for (guint i = 0; i < 1000; i++)
    {
      g_autofree char *text = g_strdup_printf ("{'load': <%u>, 'heard-ms': <@x 0>}", i);
      gint64 now_us = i * SECOND_US / 1000;
      set_peer (fixture, text);
      inf_peer_news_changed (fixture->news, &peer, now_us);
      if (now_us >= inf_peer_news_get_deadline_us (fixture->news))
        inf_peer_news_tick (fixture->news, now_us);
    }
  g_assert_cmpuint (fixture->n_told, <=, 3);
  inf_peer_news_tick (fixture->news, 2 * SECOND_US);
  assert_told (fixture, INF_PEER_NEWS_CHANGED, "{'load': <999>, 'heard-ms': <@x 0>}");
  g_assert_cmpint (inf_peer_news_get_deadline_us (fixture->news), ==, G_MAXINT64);
}

static void
test_death_is_told_at_once_and_once (Fixture *fixture, gconstpointer data)
{
  join (fixture);
  set_peer (fixture, "{'state': <'suspect'>, 'load': <1>, 'heard-ms': <@x 9>}");
  inf_peer_news_changed (fixture->news, &peer, 1);
  set_peer (fixture, "{'state': <'dead'>, 'load': <1>, 'heard-ms': <@x 4000>}");
  inf_peer_news_gone (fixture->news, &peer, 2);
  assert_told (fixture, INF_PEER_NEWS_GONE, "{'state': <'dead'>, 'heard-ms': <@x 4000>}");
  g_assert_cmpuint (fixture->n_told, ==, 2);
  inf_peer_news_tick (fixture->news, 9 * SECOND_US);
  inf_peer_news_changed (fixture->news, &peer, 10 * SECOND_US);
  g_assert_cmpuint (fixture->n_told, ==, 2);
}

static void
test_who_comes_back_has_joined (Fixture *fixture, gconstpointer data)
{
  join (fixture);
  inf_peer_news_gone (fixture->news, &peer, 1);
  inf_peer_news_changed (fixture->news, &peer, 2);
  g_assert_cmpuint (fixture->n_told, ==, 3);
  g_assert_cmpint (fixture->type, ==, INF_PEER_NEWS_JOINED);
}

static void
test_removed_member_has_left (Fixture *fixture, gconstpointer data)
{
  join (fixture);
  set_peer (fixture, NULL);
  inf_peer_news_gone (fixture->news, &peer, 1);
  assert_told (fixture, INF_PEER_NEWS_GONE, "{'state': <'left'>, 'heard-ms': <@x -1>}");
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/peer-news/newcomer-is-told-whole", test_newcomer_is_told_whole);
  add ("/peer-news/only-what-changed-is-told", test_only_what_changed_is_told);
  add ("/peer-news/nothing-is-told-of-nothing", test_nothing_is_told_of_nothing);
  add ("/peer-news/bursts-are-told-together", test_bursts_are_told_together);
  add ("/peer-news/death-is-told-at-once-and-once", test_death_is_told_at_once_and_once);
  add ("/peer-news/who-comes-back-has-joined", test_who_comes_back_has_joined);
  add ("/peer-news/removed-member-has-left", test_removed_member_has_left);
  return g_test_run ();
}
