#include "discovery/gossip/inf-rumours.h"

#include <string.h>

#define ROOM_BYTES 1030

typedef struct
{
  InfRumours *rumours;
  GPtrArray *lists[INF_RUMOUR_N_CLASSES];
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->rumours = inf_rumours_new ();
  for (guint i = 0; i < INF_RUMOUR_N_CLASSES; i++)
    fixture->lists[i] = g_ptr_array_new_with_free_func ((GDestroyNotify)g_bytes_unref);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_rumours_free (fixture->rumours);
  for (guint i = 0; i < INF_RUMOUR_N_CLASSES; i++)
    g_ptr_array_unref (fixture->lists[i]);
}

static GBytes *
bytes_of (guint8 value, gsize size)
{
  guint8 *data = g_malloc (size);

  memset (data, value, size);
  return g_bytes_new_take (data, size);
}

static void
put (Fixture *fixture, InfRumourClass class, guint64 subject, guint64 key, gsize full_size,
     gsize brief_size)
{
  g_autoptr (GBytes) full = full_size > 0 ? bytes_of (0x40, full_size) : NULL;
  g_autoptr (GBytes) brief = brief_size > 0 ? bytes_of (0x50, brief_size) : NULL;
  const InfRumour rumour = {
    .class = class,
    .subject = subject,
    .key = key,
    .full = full,
    .brief = brief,
    .is_urgent = TRUE,
  };

  inf_rumours_put (fixture->rumours, &rumour);
}

static guint
take (Fixture *fixture, guint64 recipient)
{
  for (guint i = 0; i < INF_RUMOUR_N_CLASSES; i++)
    g_ptr_array_set_size (fixture->lists[i], 0);
  return inf_rumours_take (fixture->rumours, recipient, 100, ROOM_BYTES, fixture->lists);
}

static gsize
size_of_lists (Fixture *fixture)
{
  gsize size = 0;

  for (guint i = 0; i < INF_RUMOUR_N_CLASSES; i++)
    for (guint j = 0; j < fixture->lists[i]->len; j++)
      size += g_bytes_get_size (g_ptr_array_index (fixture->lists[i], j)) + 2;
  return size;
}

static void
test_flood_of_records_does_not_delay_accusations (Fixture *fixture, gconstpointer data)
{
  for (guint64 i = 0; i < 1000; i++)
    put (fixture, INF_RUMOUR_RECORDS, i, 0, 300, 0);
  put (fixture, INF_RUMOUR_LIVENESS, 7, 1, 87, 0);
  put (fixture, INF_RUMOUR_LIVENESS, 7, 2, 87, 0);
  take (fixture, 5000);
  g_assert_cmpuint (fixture->lists[INF_RUMOUR_LIVENESS]->len, ==, 2);
  g_assert_cmpuint (fixture->lists[INF_RUMOUR_RECORDS]->len, >, 0);
}

static void
test_flood_of_accusations_leaves_room_for_records_and_notices (Fixture *fixture, gconstpointer data)
{
  guint n_records = 0, n_notices = 0;

  for (guint64 i = 0; i < 1000; i++)
    put (fixture, INF_RUMOUR_LIVENESS, i, 0, 87, 0);
  for (guint64 i = 0; i < 1000; i++)
    put (fixture, INF_RUMOUR_RECORDS, i, 0, 640, 0);
  for (guint64 i = 0; i < 1000; i++)
    put (fixture, INF_RUMOUR_NOTICES, i, 0, 640, 0);
  for (guint i = 0; i < 30; i++)
    {
      take (fixture, 5000);
      n_records += fixture->lists[INF_RUMOUR_RECORDS]->len;
      n_notices += fixture->lists[INF_RUMOUR_NOTICES]->len;
      g_assert_cmpuint (size_of_lists (fixture), <=, ROOM_BYTES);
      g_assert_cmpuint (fixture->lists[INF_RUMOUR_LIVENESS]->len, >=, 4);
    }
  g_assert_cmpuint (n_records, ==, 20);
  g_assert_cmpuint (n_notices, ==, 10);
}

/* Where half of all datagrams are lost accusations never pause, and whoever had to ask for a record
 * would wait for it long. */
static void
test_flood_of_accusations_does_not_shorten_records (Fixture *fixture, gconstpointer data)
{
  for (guint64 i = 0; i < 100; i++)
    put (fixture, INF_RUMOUR_LIVENESS, i, 0, 87, 0);
  put (fixture, INF_RUMOUR_RECORDS, 7, 0, 300, 16);
  take (fixture, 5000);
  GPtrArray *records = fixture->lists[INF_RUMOUR_RECORDS];
  g_assert_cmpuint (records->len, ==, 1);
  g_assert_cmpuint (g_bytes_get_size (g_ptr_array_index (records, 0)), ==, 300);
}

static void
test_accusations_alone_fill_the_datagram (Fixture *fixture, gconstpointer data)
{
  for (guint64 i = 0; i < 100; i++)
    put (fixture, INF_RUMOUR_LIVENESS, i, 0, 87, 0);
  take (fixture, 5000);
  g_assert_cmpuint (fixture->lists[INF_RUMOUR_LIVENESS]->len, >=, 11);
}

static void
test_news_is_told_in_full_first_and_briefly_later (Fixture *fixture, gconstpointer data)
{
  guint n_full = 0, n_brief = 0;

  put (fixture, INF_RUMOUR_RECORDS, 1, 0, 300, 16);
  while (take (fixture, 2) > 0)
    {
      gsize size = g_bytes_get_size (g_ptr_array_index (fixture->lists[INF_RUMOUR_RECORDS], 0));
      if (size == 300)
        n_full++;
      else
        n_brief++;
      g_assert_true (size == 300 || size == 17);
      g_assert_true (size == 17 || n_brief == 0);
    }
  g_assert_cmpuint (n_full, ==, 10);
  g_assert_cmpuint (n_brief, ==, 6);
  g_assert_cmpuint (inf_rumours_get_size (fixture->rumours), ==, 0);
}

static void
test_much_news_is_told_briefly (Fixture *fixture, gconstpointer data)
{
  for (guint64 i = 0; i < 29; i++)
    put (fixture, INF_RUMOUR_RECORDS, i, 0, 300, 16);
  g_assert_cmpuint (inf_rumours_count_untold (fixture->rumours), ==, 29);
  g_assert_cmpuint (take (fixture, 100), ==, 1);
  g_assert_cmpuint (g_bytes_get_size (g_ptr_array_index (fixture->lists[INF_RUMOUR_RECORDS], 0)),
                    ==, 1 + 29 * 16);
  g_assert_cmpuint (inf_rumours_count_untold (fixture->rumours), ==, 0);
}

static void
test_newer_replaces_older (Fixture *fixture, gconstpointer data)
{
  put (fixture, INF_RUMOUR_RECORDS, 1, 0, 300, 0);
  take (fixture, 2);
  put (fixture, INF_RUMOUR_RECORDS, 1, 0, 310, 0);
  put (fixture, INF_RUMOUR_LIVENESS, 1, 4, 87, 0);
  put (fixture, INF_RUMOUR_LIVENESS, 1, 5, 87, 0);
  put (fixture, INF_RUMOUR_LIVENESS, 1, 4, 88, 0);
  g_assert_cmpuint (inf_rumours_get_size (fixture->rumours), ==, 3);
  take (fixture, 2);
  g_assert_cmpuint (fixture->lists[INF_RUMOUR_RECORDS]->len, ==, 1);
  g_assert_cmpuint (g_bytes_get_size (g_ptr_array_index (fixture->lists[INF_RUMOUR_RECORDS], 0)),
                    ==, 310);
}

static void
test_nobody_is_told_its_own_record (Fixture *fixture, gconstpointer data)
{
  put (fixture, INF_RUMOUR_RECORDS, 1, 0, 300, 16);
  put (fixture, INF_RUMOUR_LIVENESS, 1, 2, 87, 0);
  take (fixture, 1);
  g_assert_cmpuint (fixture->lists[INF_RUMOUR_RECORDS]->len, ==, 0);
  g_assert_cmpuint (fixture->lists[INF_RUMOUR_LIVENESS]->len, ==, 1);
}

static void
test_what_is_forgotten_is_not_told (Fixture *fixture, gconstpointer data)
{
  for (guint64 key = 0; key < 5; key++)
    put (fixture, INF_RUMOUR_LIVENESS, 1, key, 87, 0);
  put (fixture, INF_RUMOUR_RECORDS, 1, 0, 300, 16);
  put (fixture, INF_RUMOUR_RECORDS, 2, 0, 300, 16);
  inf_rumours_drop (fixture->rumours, INF_RUMOUR_LIVENESS, 1);
  g_assert_cmpuint (inf_rumours_get_size (fixture->rumours), ==, 2);
  inf_rumours_forget (fixture->rumours, 1);
  g_assert_cmpuint (inf_rumours_get_size (fixture->rumours), ==, 1);
  g_assert_cmpuint (inf_rumours_count_urgent (fixture->rumours), ==, 1);
  g_assert_cmpuint (take (fixture, 3), ==, 1);
}

#define ADD(path, func) g_test_add (path, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("/rumours/flood-of-records-does-not-delay-accusations",
       test_flood_of_records_does_not_delay_accusations);
  ADD ("/rumours/flood-of-accusations-leaves-room-for-records-and-notices",
       test_flood_of_accusations_leaves_room_for_records_and_notices);
  ADD ("/rumours/flood-of-accusations-does-not-shorten-records",
       test_flood_of_accusations_does_not_shorten_records);
  ADD ("/rumours/accusations-alone-fill-the-datagram", test_accusations_alone_fill_the_datagram);
  ADD ("/rumours/news-is-told-in-full-first-and-briefly-later",
       test_news_is_told_in_full_first_and_briefly_later);
  ADD ("/rumours/much-news-is-told-briefly", test_much_news_is_told_briefly);
  ADD ("/rumours/newer-replaces-older", test_newer_replaces_older);
  ADD ("/rumours/nobody-is-told-its-own-record", test_nobody_is_told_its_own_record);
  ADD ("/rumours/what-is-forgotten-is-not-told", test_what_is_forgotten_is_not_told);
  return g_test_run ();
}
