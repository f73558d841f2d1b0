#include "common/inf-error.h"
#include "common/inf-tree.h"
#include "discovery/files/inf-file-request.h"
#include "discovery/files/inf-files.h"
#include "tests/discovery/link/link-fixture.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* One node has objects, or claims so; the other one fetches. Sender and receiver are in one
 * process, with a real link between them. */
typedef struct
{
  char *dir;
  Node *sender;
  Node *receiver;
  InfStore *sender_store;
  InfStore *receiver_store;
  InfFiles *files;
  GPtrArray *asked; /* of InfLinkIncoming: what a sender of the test's own is to answer */
} Fixture;

static InfStore *
make_store (Fixture *fixture, const char *name)
{
  g_autofree char *path = g_build_filename (fixture->dir, name, NULL);
  g_autoptr (GError) error = NULL;
  InfStore *store = inf_store_new (path, &error);

  g_assert_no_error (error);
  return store;
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = g_dir_make_tmp ("infinity-files-XXXXXX", NULL);
  fixture->sender = node_new ();
  fixture->receiver = node_new ();
  fixture->sender_store = make_store (fixture, "sender");
  fixture->receiver_store = make_store (fixture, "receiver");
  fixture->files = inf_files_new (fixture->receiver->links, fixture->receiver_store);
  fixture->asked = g_ptr_array_new ();
}

static void
assert_nothing_is_left (Fixture *fixture)
{
  g_autofree char *path = g_build_filename (fixture->dir, "receiver", "tmp", NULL);
  g_autoptr (GDir) dir = g_dir_open (path, 0, NULL);

  g_assert_null (g_dir_read_name (dir));
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_links_stop (fixture->receiver->links);
  inf_links_stop (fixture->sender->links);
  settle_main_context ();
  assert_nothing_is_left (fixture);
  /* The thread that verified the last object may hold on to it a moment longer. */
  while (g_atomic_int_get ((gint *)&G_OBJECT (fixture->files)->ref_count) > 1)
    g_thread_yield ();
  g_assert_finalize_object (fixture->files);
  node_free (fixture->receiver);
  node_free (fixture->sender);
  inf_store_unref (fixture->sender_store);
  inf_store_unref (fixture->receiver_store);
  g_ptr_array_unref (fixture->asked);
  g_assert_true (inf_tree_remove (fixture->dir, NULL));
  g_free (fixture->dir);
}

/* An honest sender has the real service. */
static InfFiles *
serve (Fixture *fixture)
{
  return inf_files_new (fixture->sender->links, fixture->sender_store);
}

static void
keep_asked (InfLinkIncoming *incoming, gpointer user_data)
{
  g_ptr_array_add (((Fixture *)user_data)->asked, incoming);
}

static void
serve_by_hand (Fixture *fixture)
{
  inf_links_add_service (fixture->sender->links, INF_SERVICE_FILES, keep_asked, fixture, NULL);
}

static void
answer_with_fd (Fixture *fixture, guint number, int fd)
{
  InfSplice splice = { .in_fd = fd, .out_fd = -1, .err_fd = -1 };

  g_object_unref (inf_link_incoming_accept (fixture->asked->pdata[number], &splice));
}

static void
answer_with (Fixture *fixture, guint number, const char *content)
{
  int fds[2];

  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  g_assert_cmpint (write (fds[1], content, strlen (content)), ==, strlen (content));
  close (fds[1]);
  answer_with_fd (fixture, number, fds[0]);
}

static InfObjectId
id_of (const char *content)
{
  g_autoptr (InfSha256) hash = inf_sha256_new ();
  InfObjectId id;

  inf_sha256_update (hash, content, strlen (content));
  inf_sha256_finish (hash, id.bytes);
  return id;
}

static InfObjectId
add_to_sender (Fixture *fixture, const char *content, gsize size)
{
  g_autofree char *path = g_build_filename (fixture->dir, "input", NULL);
  g_autoptr (GError) error = NULL;
  InfObjectId id;

  g_assert_true (g_file_set_contents (path, content, (gssize)size, NULL));
  inf_store_add_file (fixture->sender_store, path, NULL, &id, NULL, &error);
  g_assert_no_error (error);
  return id;
}

static void
begin (Fixture *fixture, const InfObjectId *id, guint64 size, GCancellable *cancellable,
       GAsyncResult **ret_result)
{
  inf_files_fetch_async (fixture->files, fixture->sender->endpoint, id, size, cancellable, NULL,
                         NULL, on_result, ret_result);
}

static gboolean
end (Fixture *fixture, GAsyncResult **result, GError **error)
{
  wait_until (*result);
  return inf_files_fetch_finish (fixture->files, *result, error);
}

static void
assert_fetch_fails (Fixture *fixture, GAsyncResult **result, const InfObjectId *id, InfError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_false (end (fixture, result, &error));
  g_assert_error (error, INF_ERROR, (int)code);
  g_assert_false (inf_store_has (fixture->receiver_store, id));
}

static void
test_an_object_arrives_whole (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfFiles) served = serve (fixture);
  gsize size = 3 * 1024 * 1024 + 7;
  g_autofree char *content = g_malloc (size);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  for (gsize i = 0; i < size; i++)
    content[i] = (char)(i * 31 >> 3);
  InfObjectId id = add_to_sender (fixture, content, size);
  begin (fixture, &id, size, NULL, &result);
  g_assert_true (end (fixture, &result, &error));
  g_assert_no_error (error);
  g_autofree char *path = inf_store_get_path (fixture->receiver_store, &id);
  g_autofree char *arrived = NULL;
  gsize arrived_size;
  g_assert_true (g_file_get_contents (path, &arrived, &arrived_size, NULL));
  g_assert_cmpmem (arrived, arrived_size, content, size);
}

static void
test_an_empty_object_arrives (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfFiles) served = serve (fixture);
  InfObjectId id = add_to_sender (fixture, "", 0);
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  begin (fixture, &id, 0, NULL, &result);
  g_assert_true (end (fixture, &result, &error));
  g_assert_no_error (error);
  g_assert_true (inf_store_has (fixture->receiver_store, &id));
}

static void
test_an_absent_object_is_told (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfFiles) served = serve (fixture);
  InfObjectId id = id_of ("nobody has this");
  g_autoptr (GAsyncResult) result = NULL;

  begin (fixture, &id, 15, NULL, &result);
  assert_fetch_fails (fixture, &result, &id, INF_ERROR_NOT_FOUND);
}

static void
test_what_was_not_asked_for_is_dropped (Fixture *fixture, gconstpointer data)
{
  static const char *const sent[] = { "oranges", "apple", "", "apples and more" };

  serve_by_hand (fixture);
  for (guint i = 0; i < G_N_ELEMENTS (sent); i++)
    {
      InfObjectId id = id_of ("apples");
      g_autoptr (GAsyncResult) result = NULL;

      begin (fixture, &id, strlen ("apples"), NULL, &result);
      wait_until (fixture->asked->len == i + 1);
      answer_with (fixture, i, sent[i]);
      assert_fetch_fails (fixture, &result, &id, INF_ERROR_CORRUPT);
    }
}

static void
test_a_corrupt_object_names_its_sender (Fixture *fixture, gconstpointer data)
{
  InfObjectId id = id_of ("apples");
  g_autofree char *sender
      = inf_peer_id_to_short (inf_keypair_get_peer_id (fixture->sender->keypair));
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GError) error = NULL;

  serve_by_hand (fixture);
  begin (fixture, &id, 6, NULL, &result);
  wait_until (fixture->asked->len == 1);
  answer_with (fixture, 0, "orange");
  g_assert_false (end (fixture, &result, &error));
  g_assert_nonnull (strstr (error->message, sender));
}

static void
test_no_room_is_told_before_the_transfer (Fixture *fixture, gconstpointer data)
{
  InfObjectId id = id_of ("apples");
  g_autoptr (GAsyncResult) result = NULL;
  g_autoptr (GAsyncResult) beyond_all_files = NULL;

  serve_by_hand (fixture);
  begin (fixture, &id, G_MAXINT64 / 2, NULL, &result);
  assert_fetch_fails (fixture, &result, &id, INF_ERROR_TOO_LARGE);
  begin (fixture, &id, G_MAXUINT64, NULL, &beyond_all_files);
  assert_fetch_fails (fixture, &beyond_all_files, &id, INF_ERROR_TOO_LARGE);
  g_assert_cmpuint (fixture->asked->len, ==, 0);
}

static void
test_a_sender_without_end_is_cut (Fixture *fixture, gconstpointer data)
{
  InfObjectId id = id_of ("apples");
  g_autoptr (GAsyncResult) result = NULL;

  serve_by_hand (fixture);
  begin (fixture, &id, strlen ("apples"), NULL, &result);
  wait_until (fixture->asked->len == 1);
  answer_with_fd (fixture, 0, open ("/dev/zero", O_RDONLY | O_CLOEXEC));
  assert_fetch_fails (fixture, &result, &id, INF_ERROR_CORRUPT);
}

static void
test_two_who_want_one_share_a_transfer (Fixture *fixture, gconstpointer data)
{
  InfObjectId id = id_of ("apples");
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;

  serve_by_hand (fixture);
  begin (fixture, &id, 6, NULL, &first);
  begin (fixture, &id, 6, NULL, &second);
  wait_until (fixture->asked->len == 1);
  answer_with (fixture, 0, "apples");
  g_assert_true (end (fixture, &first, &error));
  g_assert_true (end (fixture, &second, &error));
  g_assert_no_error (error);
  settle_main_context ();
  g_assert_cmpuint (fixture->asked->len, ==, 1);
}

static void
test_one_gives_up_and_the_other_does_not (Fixture *fixture, gconstpointer data)
{
  InfObjectId id = id_of ("apples");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;

  serve_by_hand (fixture);
  begin (fixture, &id, 6, cancellable, &first);
  begin (fixture, &id, 6, NULL, &second);
  wait_until (fixture->asked->len == 1);
  g_cancellable_cancel (cancellable);
  assert_fetch_fails (fixture, &first, &id, INF_ERROR_CANCELLED);
  answer_with (fixture, 0, "apples");
  g_assert_true (end (fixture, &second, &error));
  g_assert_no_error (error);
}

static void
test_who_comes_after_all_gave_up_begins_anew (Fixture *fixture, gconstpointer data)
{
  InfObjectId id = id_of ("apples");
  g_autoptr (GCancellable) cancellable = g_cancellable_new ();
  g_autoptr (GAsyncResult) first = NULL;
  g_autoptr (GAsyncResult) second = NULL;
  g_autoptr (GError) error = NULL;
  int fds[2];

  serve_by_hand (fixture);
  begin (fixture, &id, 6, cancellable, &first);
  wait_until (fixture->asked->len == 1);
  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  answer_with_fd (fixture, 0, fds[0]);
  g_cancellable_cancel (cancellable);
  assert_fetch_fails (fixture, &first, &id, INF_ERROR_CANCELLED);
  begin (fixture, &id, 6, NULL, &second);
  wait_until (fixture->asked->len == 2);
  answer_with (fixture, 1, "apples");
  g_assert_true (end (fixture, &second, &error));
  g_assert_no_error (error);
  close (fds[1]);
}

int
main (int argc, char **argv)
{
  static const struct
  {
    const char *name;
    void (*func) (Fixture *, gconstpointer);
  } cases[] = {
    { "an-object-arrives-whole", test_an_object_arrives_whole },
    { "an-empty-object-arrives", test_an_empty_object_arrives },
    { "an-absent-object-is-told", test_an_absent_object_is_told },
    { "what-was-not-asked-for-is-dropped", test_what_was_not_asked_for_is_dropped },
    { "a-corrupt-object-names-its-sender", test_a_corrupt_object_names_its_sender },
    { "no-room-is-told-before-the-transfer", test_no_room_is_told_before_the_transfer },
    { "a-sender-without-end-is-cut", test_a_sender_without_end_is_cut },
    { "two-who-want-one-share-a-transfer", test_two_who_want_one_share_a_transfer },
    { "one-gives-up-and-the-other-does-not", test_one_gives_up_and_the_other_does_not },
    { "who-comes-after-all-gave-up-begins-anew", test_who_comes_after_all_gave_up_begins_anew },
  };

  g_test_init (&argc, &argv, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/files/", cases[i].name, NULL);
      g_test_add (path, Fixture, NULL, set_up, cases[i].func, tear_down);
    }
  return g_test_run ();
}
