#include "daemon/inf-request-book.h"

#define NOW_UNIX_US G_GINT64_CONSTANT (1700000000000000)

static InfRequest
question_of (guint8 client)
{
  return (InfRequest){ .client.bytes = { client },
                       .client_name = (char *)"oak",
                       .program = (char *)"",
                       .slots = 2,
                       .duration_us = 60 * (gint64)G_USEC_PER_SEC };
}

static InfRequestVerdict
ask (InfRequestBook *book, InfRequest asked, gint64 now_unix_us, const InfRequest **ret_request,
     gboolean *ret_is_new)
{
  return inf_request_book_ask (book, &asked, now_unix_us, ret_request, ret_is_new);
}

static guint64
open_one (InfRequestBook *book, guint8 client)
{
  const InfRequest *request;
  gboolean is_new;

  g_assert_cmpint (ask (book, question_of (client), NOW_UNIX_US, &request, &is_new), ==,
                   INF_REQUEST_OPEN);
  g_assert_true (is_new);
  return request->id;
}

static InfRequestVerdict
ask_again (InfRequestBook *book, guint8 client, gint64 now_unix_us)
{
  const InfRequest *request;
  gboolean is_new = FALSE;
  InfRequestVerdict verdict = ask (book, question_of (client), now_unix_us, &request, &is_new);

  g_assert_false (verdict == INF_REQUEST_OPEN && is_new);
  return verdict;
}

static void
test_a_question_is_put_once (void)
{
  g_autoptr (InfRequestBook) book = inf_request_book_new ();

  open_one (book, 1);
  g_assert_cmpint (ask_again (book, 1, NOW_UNIX_US + G_USEC_PER_SEC), ==, INF_REQUEST_OPEN);
  g_assert_cmpuint (inf_request_book_list (book)->len, ==, 1);
  open_one (book, 2);
  g_assert_cmpuint (inf_request_book_list (book)->len, ==, 2);
}

static void
test_another_size_is_another_question (void)
{
  g_autoptr (InfRequestBook) book = inf_request_book_new ();
  InfRequest larger = question_of (1);
  const InfRequest *request;
  gboolean is_new;

  open_one (book, 1);
  larger.slots = 3;
  g_assert_cmpint (ask (book, larger, NOW_UNIX_US, &request, &is_new), ==, INF_REQUEST_OPEN);
  g_assert_true (is_new);
}

static void
test_a_yes_waits_for_the_client_and_is_for_one_lease (void)
{
  g_autoptr (InfRequestBook) book = inf_request_book_new ();
  guint64 id = open_one (book, 1);
  const InfPeerId client = { { 1 } };
  gint64 later = NOW_UNIX_US + INF_REQUEST_YES_US - 1;

  g_assert_true (inf_request_book_answer (book, id, TRUE, NOW_UNIX_US));
  inf_request_book_remove (book, id);
  g_assert_cmpint (ask_again (book, 1, later), ==, INF_REQUEST_PASSES);
  inf_request_book_use (book, &client);
  open_one (book, 1);
}

static void
test_a_yes_does_not_wait_for_ever (void)
{
  g_autoptr (InfRequestBook) book = inf_request_book_new ();
  guint64 id = open_one (book, 1);
  const InfRequest *request;
  gboolean is_new;

  inf_request_book_answer (book, id, TRUE, NOW_UNIX_US);
  inf_request_book_remove (book, id);
  g_assert_cmpint (ask (book, question_of (1), NOW_UNIX_US + INF_REQUEST_YES_US, &request, &is_new),
                   ==, INF_REQUEST_OPEN);
}

static void
test_a_no_is_not_asked_again_for_a_while (void)
{
  g_autoptr (InfRequestBook) book = inf_request_book_new ();
  guint64 id = open_one (book, 1);
  const InfRequest *request;
  gboolean is_new;

  inf_request_book_answer (book, id, FALSE, NOW_UNIX_US);
  inf_request_book_remove (book, id);
  g_assert_cmpint (ask_again (book, 1, NOW_UNIX_US + INF_REQUEST_NO_US - 1), ==,
                   INF_REQUEST_DECLINED);
  g_assert_cmpint (ask (book, question_of (1), NOW_UNIX_US + INF_REQUEST_NO_US, &request, &is_new),
                   ==, INF_REQUEST_OPEN);
}

static void
test_what_is_gone_can_not_be_answered (void)
{
  g_autoptr (InfRequestBook) book = inf_request_book_new ();
  guint64 id = open_one (book, 1);

  inf_request_book_remove (book, id);
  g_assert_false (inf_request_book_answer (book, id, TRUE, NOW_UNIX_US));
  g_assert_false (inf_request_book_answer (book, 0, TRUE, NOW_UNIX_US));
}

static void
test_the_oldest_expires_first (void)
{
  g_autoptr (InfRequestBook) book = inf_request_book_new ();

  g_assert_cmpint (inf_request_book_next_expiry_unix_us (book), ==, 0);
  open_one (book, 1);
  g_assert_cmpint (inf_request_book_next_expiry_unix_us (book), ==,
                   NOW_UNIX_US + INF_REQUEST_LIFETIME_US);
}

static void
test_nobody_floods_the_owner (void)
{
  g_autoptr (InfRequestBook) book = inf_request_book_new ();
  const InfRequest *request;
  gboolean is_new;

  for (guint i = 0; i < INF_REQUEST_MAX_OPEN; i++)
    open_one (book, (guint8)i);
  g_assert_cmpint (ask (book, question_of (200), NOW_UNIX_US, &request, &is_new), ==,
                   INF_REQUEST_TOO_MANY);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
#define ADD(path, func) g_test_add_func ("/request-book/" path, func)
  ADD ("a-question-is-put-once", test_a_question_is_put_once);
  ADD ("another-size-is-another-question", test_another_size_is_another_question);
  ADD ("a-yes-waits-for-the-client-and-is-for-one-lease",
       test_a_yes_waits_for_the_client_and_is_for_one_lease);
  ADD ("a-yes-does-not-wait-for-ever", test_a_yes_does_not_wait_for_ever);
  ADD ("a-no-is-not-asked-again-for-a-while", test_a_no_is_not_asked_again_for_a_while);
  ADD ("what-is-gone-can-not-be-answered", test_what_is_gone_can_not_be_answered);
  ADD ("the-oldest-expires-first", test_the_oldest_expires_first);
  ADD ("nobody-floods-the-owner", test_nobody_floods_the_owner);
  return g_test_run ();
}
