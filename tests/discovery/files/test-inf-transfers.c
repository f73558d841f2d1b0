#include "common/inf-error.h"
#include "common/inf-tree.h"
#include "discovery/files/inf-file-find.h"
#include "discovery/files/inf-file-request.h"
#include "discovery/files/inf-transfers.h"
#include "tests/discovery/link/link-fixture.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#define TEXT "what is looked for"
#define N_PEERS 3
#define SAVED_SLOWLY_BYTES (64 * 1024 * 1024)

/* The first fetches from the others, over real links. */
typedef struct
{
  Node *node;
  InfStore *store;
  InfShelf *shelf;
  InfFiles *files;
  InfTransfers *transfers;
  char *dir;
} Peer;

typedef struct
{
  Peer peers[N_PEERS];
  guint n_listed; /* how many of the others are known */
  char *states;   /* what the transfer's states were */
  guint n_arrived;
} Fixture;

static GPtrArray *
list_peers (gpointer user_data)
{
  Fixture *f = user_data;
  GPtrArray *list = g_ptr_array_new_with_free_func ((GDestroyNotify)inf_transfer_peer_free);

  for (guint i = 1; i <= f->n_listed; i++)
    {
      g_autofree char *name = g_strdup_printf ("peer%u", i);
      g_ptr_array_add (list, inf_transfer_peer_new (f->peers[i].node->endpoint, name));
    }
  return list;
}

static void
open_peer (Fixture *f, guint index)
{
  Peer *peer = &f->peers[index];
  g_autofree char *objects = NULL, *list = NULL;
  g_autoptr (GError) error = NULL;

  peer->node = node_new ();
  peer->dir = g_dir_make_tmp ("infinity-transfers-XXXXXX", NULL);
  objects = g_build_filename (peer->dir, "objects", NULL);
  list = g_build_filename (peer->dir, "files", NULL);
  peer->store = inf_store_new (objects, &error);
  g_assert_no_error (error);
  peer->shelf = inf_shelf_new (list, peer->store);
  peer->files = inf_files_new (peer->node->links, peer->store);
  peer->transfers = inf_transfers_new (peer->store, peer->shelf);
  inf_transfers_open (peer->transfers, peer->node->links, peer->files, list_peers, f);
}

static void
on_changed (InfTransfers *transfers, const InfTransfer *transfer, gpointer user_data)
{
  Fixture *f = user_data;
  const char *state = inf_transfer_state_to_text (transfer->state);
  g_autofree char *before = f->states;

  f->states = before && g_str_has_suffix (before, state)
                  ? g_strdup (before)
                  : g_strconcat (before ? before : "", before ? " " : "", state, NULL);
}

static void
on_arrived (InfTransfers *transfers, const InfObjectId *id, gpointer user_data)
{
  ((Fixture *)user_data)->n_arrived++;
}

static void
set_up (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < N_PEERS; i++)
    open_peer (f, i);
  f->n_listed = N_PEERS - 1;
  g_signal_connect (f->peers[0].transfers, "changed", G_CALLBACK (on_changed), f);
  g_signal_connect (f->peers[0].transfers, "arrived", G_CALLBACK (on_arrived), f);
}

static void
await_alone (gpointer object)
{
  /* a thread that has just ended may hold on to it a moment longer */
  while (g_atomic_int_get ((gint *)&G_OBJECT (object)->ref_count) > 1)
    if (!g_main_context_iteration (NULL, FALSE))
      g_thread_yield ();
}

static void
tear_down (Fixture *f, gconstpointer data)
{
  for (guint i = 0; i < N_PEERS; i++)
    {
      inf_transfers_close (f->peers[i].transfers, "over");
      inf_links_stop (f->peers[i].node->links);
    }
  settle_main_context ();
  for (guint i = 0; i < N_PEERS; i++)
    {
      Peer *peer = &f->peers[i];
      await_alone (peer->transfers);
      g_assert_finalize_object (peer->transfers);
      await_alone (peer->files);
      g_assert_finalize_object (peer->files);
      node_free (peer->node);
      inf_shelf_free (peer->shelf);
      inf_store_unref (peer->store);
      g_assert_true (inf_tree_remove (peer->dir, NULL));
      g_free (peer->dir);
    }
  g_free (f->states);
}

static InfObjectId
id_of (const char *text)
{
  InfObjectId id;

  inf_sha256_of_data (text, strlen (text), id.bytes);
  return id;
}

static InfObjectId
give (Peer *peer, const char *text, const char *name)
{
  g_autofree char *path = g_build_filename (peer->dir, "input", NULL);
  g_autoptr (GError) error = NULL;
  InfObjectId id;

  g_assert_true (g_file_set_contents (path, text, -1, NULL));
  g_assert_true (inf_store_add_file (peer->store, path, NULL, &id, NULL, NULL));
  inf_shelf_put (peer->shelf, &id, name, 1, &error);
  g_assert_no_error (error);
  inf_store_unpin (peer->store, &id);
  return id;
}

static const InfTransfer *
begin (Fixture *f, const InfObjectId *id, const char *name, const char *to)
{
  g_autoptr (GError) error = NULL;
  const InfTransfer *transfer = inf_transfers_begin (f->peers[0].transfers, id, name, to, &error);

  g_assert_no_error (error);
  return transfer;
}

static const InfTransfer *
end (const InfTransfer *transfer)
{
  wait_until (transfer->ended_unix_us);
  return transfer;
}

static gboolean
has (Fixture *f, const InfObjectId *id)
{
  return inf_store_has (f->peers[0].store, id);
}

static void
test_comes_from_who_has_it (Fixture *f, gconstpointer data)
{
  InfObjectId id = give (&f->peers[2], TEXT, "told.txt");
  const InfTransfer *transfer = end (begin (f, &id, "", NULL));

  g_assert_cmpstr (f->states, ==, "looking fetching done");
  g_assert_cmpstr (transfer->from, ==, "peer2");
  g_assert_cmpstr (transfer->name, ==, "told.txt");
  g_assert_cmpuint (transfer->size_bytes, ==, strlen (TEXT));
  g_assert_cmpuint (transfer->got_bytes, ==, strlen (TEXT));
  g_assert_null (transfer->message);
  g_assert_cmpuint (f->n_arrived, ==, 1);
  g_assert_true (has (f, &id));
  g_assert_cmpstr (inf_shelf_look (f->peers[0].shelf, &id)->name, ==, "told.txt");
}

static void
test_is_saved_under_the_wanted_name (Fixture *f, gconstpointer data)
{
  InfObjectId id = give (&f->peers[1], TEXT, "told.txt");
  g_autofree char *to = g_build_filename (f->peers[0].dir, "saved.txt", NULL);
  const InfTransfer *transfer = end (begin (f, &id, "mine.txt", to));
  g_autofree char *text = NULL;
  g_autoptr (GError) error = NULL;

  g_assert_cmpstr (transfer->message, ==, NULL);
  g_assert_cmpint (transfer->state, ==, INF_TRANSFER_DONE);
  g_assert_cmpstr (inf_shelf_look (f->peers[0].shelf, &id)->name, ==, "mine.txt");
  g_assert_true (g_file_get_contents (to, &text, NULL, NULL));
  g_assert_cmpstr (text, ==, TEXT);
  g_assert_null (inf_transfers_begin (f->peers[0].transfers, &id, "", to, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_EXISTS);
}

/* It has arrived, and stays; of the copy nothing does. */
static void
test_saving_is_cancelled (Fixture *f, gconstpointer data)
{
  g_autofree char *large = g_strnfill (SAVED_SLOWLY_BYTES, '7');
  InfObjectId id = give (&f->peers[0], large, "large.txt");
  g_autofree char *folder = g_build_filename (f->peers[0].dir, "folder", NULL);
  g_autofree char *to = g_build_filename (folder, "saved.txt", NULL);
  g_autoptr (GError) error = NULL;
  const InfTransfer *transfer;

  g_assert_cmpint (g_mkdir (folder, 0700), ==, 0);
  transfer = begin (f, &id, "", to);
  wait_until (f->n_arrived == 1);
  inf_transfers_cancel (f->peers[0].transfers, transfer->id, &error);
  g_assert_no_error (error);
  end (transfer);
  g_assert_cmpint (transfer->state, ==, INF_TRANSFER_CANCELLED);
  g_assert_true (has (f, &id));
  /* it is empty */
  g_assert_cmpint (g_rmdir (folder), ==, 0);
}

static void
test_what_is_here_is_not_fetched (Fixture *f, gconstpointer data)
{
  InfObjectId id = give (&f->peers[0], TEXT, "mine.txt");
  const InfTransfer *transfer = end (begin (f, &id, "", NULL));

  g_assert_cmpint (transfer->state, ==, INF_TRANSFER_DONE);
  g_assert_cmpstr (transfer->from, ==, "");
  g_assert_cmpstr (inf_shelf_look (f->peers[0].shelf, &id)->name, ==, "mine.txt");
}

static void
assert_fails (Fixture *f, const InfObjectId *id, const char *part)
{
  const InfTransfer *transfer = end (begin (f, id, "", NULL));

  g_assert_cmpint (transfer->state, ==, INF_TRANSFER_FAILED);
  if (!strstr (transfer->message, part))
    g_error ("“%s” does not say “%s”", transfer->message, part);
  g_assert_false (has (f, id));
  g_assert_null (inf_shelf_look (f->peers[0].shelf, id));
}

static void
test_nobody_has_it (Fixture *f, gconstpointer data)
{
  InfObjectId id = id_of ("what nobody has");

  assert_fails (f, &id, "none of the peers");
  f->n_listed = 0;
  assert_fails (f, &id, "none of the peers");
}

/* Says that it has everything. */
static void
on_find_lie (InfLinkCall *call, gpointer user_data)
{
  const InfFileFound found = { .is_here = TRUE, .size_bytes = strlen (TEXT), .name = "lie.txt" };
  g_autoptr (GBytes) reply = inf_file_found_encode (&found);

  inf_link_call_return (call, reply);
}

static void
on_fetch_lie (InfLinkIncoming *incoming, gpointer user_data)
{
  char lie[] = TEXT;
  int fds[2];

  lie[0] = 'W';
  g_assert_true (g_unix_open_pipe (fds, FD_CLOEXEC, NULL));
  g_assert_cmpint (write (fds[1], lie, strlen (lie)), ==, (gssize)strlen (lie));
  close (fds[1]);
  InfSplice splice = { .in_fd = fds[0], .out_fd = -1, .err_fd = -1 };
  g_object_unref (inf_link_incoming_accept (incoming, &splice));
}

static void
make_liar (Peer *peer)
{
  inf_links_add_method (peer->node->links, INF_METHOD_FILES_FIND, INF_LINK_METHOD_MEMBERS,
                        on_find_lie, NULL, NULL);
  inf_links_add_service (peer->node->links, INF_SERVICE_FILES, on_fetch_lie, NULL, NULL);
}

static void
test_wrong_bytes_are_dropped (Fixture *f, gconstpointer data)
{
  InfObjectId id = id_of (TEXT);

  make_liar (&f->peers[1]);
  assert_fails (f, &id, "peer1: ");
}

static void
test_another_has_it_too (Fixture *f, gconstpointer data)
{
  InfObjectId id = id_of (TEXT);
  const InfTransfer *transfer;

  make_liar (&f->peers[1]);
  f->n_listed = 1;
  transfer = begin (f, &id, "", NULL);
  wait_until (transfer->state == INF_TRANSFER_FETCHING || transfer->ended_unix_us);
  end (transfer);
  g_assert_cmpint (transfer->state, ==, INF_TRANSFER_FAILED);

  /* whichever of the two answers first */
  f->n_listed = 2;
  give (&f->peers[2], TEXT, "true.txt");
  transfer = end (begin (f, &id, "", NULL));
  g_assert_cmpint (transfer->state, ==, INF_TRANSFER_DONE);
  g_assert_cmpstr (transfer->from, ==, "peer2");
  g_assert_cmpstr (inf_shelf_look (f->peers[0].shelf, &id)->name, ==, "true.txt");
}

static void
keep_call (InfLinkCall *call, gpointer user_data)
{
  *(InfLinkCall **)user_data = call;
}

static void
test_is_given_up (Fixture *f, gconstpointer data)
{
  InfObjectId id = id_of (TEXT);
  InfLinkCall *call = NULL;
  g_autoptr (GError) error = NULL;
  const InfTransfer *transfer;

  f->n_listed = 1;
  inf_links_add_method (f->peers[1].node->links, INF_METHOD_FILES_FIND, INF_LINK_METHOD_MEMBERS,
                        keep_call, &call, NULL);
  transfer = begin (f, &id, "", NULL);
  wait_until (call);
  g_assert_true (inf_transfers_cancel (f->peers[0].transfers, transfer->id, &error));
  g_assert_cmpint (transfer->state, ==, INF_TRANSFER_CANCELLED);
  g_assert_cmpint (transfer->ended_unix_us, >, 0);
  g_assert_false (inf_transfers_cancel (f->peers[0].transfers, transfer->id, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NOT_FOUND);
  inf_link_call_return (call, NULL);
  settle_main_context ();
  g_assert_cmpint (transfer->state, ==, INF_TRANSFER_CANCELLED);
  g_assert_false (has (f, &id));
}

static void
test_ends_with_the_network (Fixture *f, gconstpointer data)
{
  InfObjectId id = id_of (TEXT);
  InfLinkCall *call = NULL;
  g_autoptr (GError) error = NULL;
  const InfTransfer *transfer;

  f->n_listed = 1;
  inf_links_add_method (f->peers[1].node->links, INF_METHOD_FILES_FIND, INF_LINK_METHOD_MEMBERS,
                        keep_call, &call, NULL);
  transfer = begin (f, &id, "", NULL);
  wait_until (call);
  inf_transfers_close (f->peers[0].transfers, "disconnected");
  g_assert_cmpint (transfer->state, ==, INF_TRANSFER_FAILED);
  g_assert_cmpstr (transfer->message, ==, "disconnected");
  g_assert_null (inf_transfers_begin (f->peers[0].transfers, &id, "", NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_UNREACHABLE);
  inf_link_call_return (call, NULL);
}

static void
test_only_the_last_that_ended_are_listed (Fixture *f, gconstpointer data)
{
  InfObjectId id = id_of ("what nobody has");

  f->n_listed = 0;
  for (guint i = 0; i < 60; i++)
    end (begin (f, &id, "", NULL));
  g_autoptr (GPtrArray) list = inf_transfers_list (f->peers[0].transfers);
  g_assert_cmpuint (list->len, ==, 50);
  g_assert_cmpuint (((const InfTransfer *)list->pdata[0])->id, ==, 60);
}

static void
test_refuses_what_can_not_be (Fixture *f, gconstpointer data)
{
  InfObjectId id = id_of (TEXT);
  g_autoptr (GError) error = NULL;

  g_assert_null (inf_transfers_begin (f->peers[0].transfers, &id, "../a", NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_null (inf_transfers_begin (f->peers[0].transfers, &id, "", "here.txt", &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
}

static void
assert_no_answer (gboolean is_here, guint64 size_bytes, const char *name)
{
  InfFileFound found = { .is_here = is_here, .size_bytes = size_bytes }, decoded;
  g_autoptr (GError) error = NULL;

  g_strlcpy (found.name, name, sizeof found.name);
  g_autoptr (GBytes) bytes = inf_file_found_encode (&found);
  g_assert_false (inf_file_found_decode (&decoded, bytes, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
}

static void
test_answers_that_can_not_be_true (void)
{
  assert_no_answer (TRUE, 1, "../../etc/passwd");
  assert_no_answer (TRUE, 1, ".bashrc");
  assert_no_answer (TRUE, 1, "a\x1b[2J");
  assert_no_answer (TRUE, G_MAXUINT64, "a");
  assert_no_answer (FALSE, 1, "");
  assert_no_answer (FALSE, 0, "a");
}

#define ADD(name, func) g_test_add ("/transfers/" name, Fixture, NULL, set_up, func, tear_down)

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  ADD ("comes-from-who-has-it", test_comes_from_who_has_it);
  ADD ("is-saved-under-the-wanted-name", test_is_saved_under_the_wanted_name);
  ADD ("saving-is-cancelled", test_saving_is_cancelled);
  ADD ("what-is-here-is-not-fetched", test_what_is_here_is_not_fetched);
  ADD ("nobody-has-it", test_nobody_has_it);
  ADD ("wrong-bytes-are-dropped", test_wrong_bytes_are_dropped);
  ADD ("another-has-it-too", test_another_has_it_too);
  ADD ("is-given-up", test_is_given_up);
  ADD ("ends-with-the-network", test_ends_with_the_network);
  ADD ("only-the-last-that-ended-are-listed", test_only_the_last_that_ended_are_listed);
  ADD ("refuses-what-can-not-be", test_refuses_what_can_not_be);
  g_test_add_func ("/transfers/answers-that-can-not-be-true", test_answers_that_can_not_be_true);
  return g_test_run ();
}
