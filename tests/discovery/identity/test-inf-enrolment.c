#include "common/inf-error.h"
#include "discovery/identity/inf-enrolment.h"

#include <glib/gstdio.h>
#include <string.h>

#define NOW_US G_GINT64_CONSTANT (1700000000000000)
#define HOUR_US (G_GINT64_CONSTANT (3600) * G_USEC_PER_SEC)

typedef struct
{
  InfKeypair *founder;
  InfKeypair *joiner;
  InfMembership *membership;
  InfInviteBook *book;
  InfInvite *invite;
} Fixture;

static const guint8 secret[INF_INVITE_SECRET_SIZE_BYTES] = "sixteen bytes...";

static InfInvite *
invite_with_secret (Fixture *fixture, const guint8 *invite_secret)
{
  const char *addresses[] = { "10.0.0.1:7848", "[fd00::1]:7848", NULL };

  return inf_invite_new (inf_membership_get_grid (fixture->membership),
                         inf_keypair_get_public_key (fixture->founder), addresses, invite_secret,
                         NOW_US + HOUR_US);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->founder = inf_keypair_generate ();
  fixture->joiner = inf_keypair_generate ();
  fixture->membership
      = inf_membership_found (fixture->founder, "lab", "founder", 1000, NOW_US, NULL);
  fixture->book = inf_invite_book_new ();
  g_assert_true (inf_invite_book_create (fixture->book, secret, NOW_US, HOUR_US, NULL));
  fixture->invite = invite_with_secret (fixture, secret);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_keypair_unref (fixture->founder);
  inf_keypair_unref (fixture->joiner);
  inf_membership_unref (fixture->membership);
  inf_invite_book_free (fixture->book);
  inf_invite_free (fixture->invite);
}

static GBytes *
ask (Fixture *fixture, InfKeypair *joiner, const InfInvite *invite, gint64 now_us, GError **error)
{
  g_autoptr (GBytes) request = inf_enrolment_request_new (joiner, invite, "oak", NULL);

  g_assert_nonnull (request);
  return inf_enrolment_answer (fixture->membership, fixture->book, request, now_us, error);
}

static void
assert_refused (Fixture *fixture, InfKeypair *joiner, const InfInvite *invite, gint64 now_us,
                InfError code)
{
  g_autoptr (GError) error = NULL;

  g_assert_null (ask (fixture, joiner, invite, now_us, &error));
  g_assert_error (error, INF_ERROR, (int)code);
}

static void
test_token_makes_a_member (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = inf_invite_to_text (fixture->invite);
  g_autoptr (InfInvite) invite = inf_invite_from_text (token, &error);
  g_assert_no_error (error);
  g_assert_cmpstr (inf_invite_get_addresses (invite)[1], ==, "[fd00::1]:7848");

  g_autoptr (GBytes) reply = ask (fixture, fixture->joiner, invite, NOW_US, &error);
  g_assert_no_error (error);
  g_autoptr (InfMembership) joined
      = inf_enrolment_accept (fixture->joiner, invite, reply, NOW_US, &error);
  g_assert_no_error (error);
  g_assert_cmpuint (inf_membership_get_grant_ucredits (joined), ==, 1000);
  g_assert_false (inf_membership_is_founder (joined));

  InfCertificate *certificate = inf_membership_get_certificate (joined);
  g_assert_true (
      inf_membership_check_certificate (fixture->membership, certificate, NOW_US, &error));
  g_assert_no_error (error);
  g_assert_cmpstr (inf_certificate_get_name (certificate), ==, "oak");
}

static void
test_damaged_token_is_found_out (Fixture *fixture, gconstpointer data)
{
  g_autofree char *token = inf_invite_to_text (fixture->invite);
  gsize length = strlen (token);

  for (gsize i = 0; i < length; i++)
    {
      g_autofree char *changed = g_strdup (token);
      changed[i] = changed[i] == 'q' ? 'r' : 'q';
      g_assert_null (inf_invite_from_text (changed, NULL));
      g_autofree char *cut = g_strndup (token, i);
      g_assert_null (inf_invite_from_text (cut, NULL));
    }
}

static void
test_spent_expired_and_forged_differ (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfKeypair) other = inf_keypair_generate ();
  const guint8 invented[INF_INVITE_SECRET_SIZE_BYTES] = "never given out.";
  g_autoptr (InfInvite) forged = invite_with_secret (fixture, invented);

  assert_refused (fixture, other, forged, NOW_US, INF_ERROR_DENIED);
  assert_refused (fixture, other, fixture->invite, NOW_US + HOUR_US, INF_ERROR_EXPIRED);

  g_autoptr (GBytes) reply = ask (fixture, fixture->joiner, fixture->invite, NOW_US, NULL);
  g_assert_nonnull (reply);
  assert_refused (fixture, other, fixture->invite, NOW_US, INF_ERROR_REFUSED);
}

static void
test_lost_reply_can_be_asked_for_again (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GBytes) first = ask (fixture, fixture->joiner, fixture->invite, NOW_US, NULL);
  g_autoptr (GBytes) again
      = ask (fixture, fixture->joiner, fixture->invite, NOW_US + 2 * HOUR_US, NULL);
  g_autoptr (GPtrArray) issued = inf_membership_list_issued (fixture->membership);

  g_assert_true (g_bytes_equal (first, again));
  g_assert_cmpuint (issued->len, ==, 2);
}

static void
test_request_for_a_key_one_does_not_have (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) request
      = inf_enrolment_request_new (fixture->joiner, fixture->invite, "oak", NULL);
  gsize size = g_bytes_get_size (request);
  guint8 *changed = g_memdup2 (g_bytes_get_data (request, NULL), size);
  gboolean is_found = FALSE;

  /* Another key in place of the joiner's, under the joiner's signature. */
  for (gsize i = 0; i + INF_PUBLIC_KEY_SIZE_BYTES <= size && !is_found; i++)
    if (memcmp (changed + i, inf_keypair_get_public_key (fixture->joiner),
                INF_PUBLIC_KEY_SIZE_BYTES)
        == 0)
      {
        memcpy (changed + i, inf_keypair_get_public_key (fixture->founder),
                INF_PUBLIC_KEY_SIZE_BYTES);
        is_found = TRUE;
      }
  g_assert_true (is_found);
  g_autoptr (GBytes) forged = g_bytes_new_take (changed, size);
  g_assert_null (inf_enrolment_answer (fixture->membership, fixture->book, forged, NOW_US, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
}

static void
test_reply_about_another_grid_is_refused (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfKeypair) rogue = inf_keypair_generate ();
  g_autoptr (InfMembership) rogue_grid
      = inf_membership_found (rogue, "lab", "rogue", 1, NOW_US, NULL);
  g_autoptr (InfInviteBook) rogue_book = inf_invite_book_new ();
  inf_invite_book_create (rogue_book, secret, NOW_US, HOUR_US, NULL);
  const char *nowhere[] = { NULL };
  g_autoptr (InfInvite) rogue_invite
      = inf_invite_new (inf_membership_get_grid (rogue_grid), inf_keypair_get_public_key (rogue),
                        nowhere, secret, NOW_US + HOUR_US);
  g_autoptr (GBytes) request
      = inf_enrolment_request_new (fixture->joiner, rogue_invite, "oak", NULL);
  g_autoptr (GBytes) reply = inf_enrolment_answer (rogue_grid, rogue_book, request, NOW_US, NULL);

  g_assert_null (inf_enrolment_accept (fixture->joiner, fixture->invite, reply, NOW_US, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_DENIED);
}

static void
test_book_survives_a_restart (Fixture *fixture, gconstpointer data)
{
  g_autofree char *dir = g_dir_make_tmp ("infinity-test-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (dir, "invites", NULL);
  g_autoptr (GError) error = NULL;
  g_autoptr (GBytes) reply = ask (fixture, fixture->joiner, fixture->invite, NOW_US, NULL);
  g_assert_nonnull (reply);

  g_assert_true (inf_invite_book_save (fixture->book, dir, &error));
  g_clear_pointer (&fixture->book, inf_invite_book_free);
  fixture->book = inf_invite_book_load (dir, &error);
  g_assert_no_error (error);
  assert_refused (fixture, fixture->founder, fixture->invite, NOW_US, INF_ERROR_REFUSED);
  g_unlink (file);
  g_rmdir (dir);
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
  add ("/enrolment/token-makes-a-member", test_token_makes_a_member);
  add ("/enrolment/damaged-token-is-found-out", test_damaged_token_is_found_out);
  add ("/enrolment/spent-expired-and-forged-differ", test_spent_expired_and_forged_differ);
  add ("/enrolment/lost-reply-can-be-asked-for-again", test_lost_reply_can_be_asked_for_again);
  add ("/enrolment/request-for-a-key-one-does-not-have", test_request_for_a_key_one_does_not_have);
  add ("/enrolment/reply-about-another-grid-is-refused", test_reply_about_another_grid_is_refused);
  add ("/enrolment/book-survives-a-restart", test_book_survives_a_restart);
  return g_test_run ();
}
