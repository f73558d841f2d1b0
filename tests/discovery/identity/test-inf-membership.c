#include "common/inf-error.h"
#include "discovery/identity/inf-membership.h"

#include <glib/gstdio.h>
#include <sys/stat.h>

#define NOW_US G_GINT64_CONSTANT (1700000000000000)

typedef struct
{
  InfKeypair *founder;
  InfKeypair *member;
  InfMembership *membership;
  InfCertificate *certificate;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->founder = inf_keypair_generate ();
  fixture->member = inf_keypair_generate ();
  fixture->membership
      = inf_membership_found (fixture->founder, "lab", "founder", 1000, NOW_US, NULL);
  fixture->certificate = inf_membership_issue (
      fixture->membership, inf_keypair_get_public_key (fixture->member), "oak", NOW_US, NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  inf_keypair_unref (fixture->founder);
  inf_keypair_unref (fixture->member);
  inf_membership_unref (fixture->membership);
  inf_certificate_unref (fixture->certificate);
}

static InfMembership *
join (Fixture *fixture)
{
  g_autoptr (GError) error = NULL;
  InfMembership *joined = inf_membership_join (
      fixture->member, inf_membership_get_grid (fixture->membership),
      inf_certificate_get_bytes (fixture->certificate), NULL, NOW_US, &error);

  g_assert_no_error (error);
  return joined;
}

static void
test_file_round_trip (Fixture *fixture, gconstpointer data)
{
  g_autofree char *dir = g_dir_make_tmp ("infinity-test-XXXXXX", NULL);
  g_autofree char *file = g_build_filename (dir, "membership", NULL);
  g_autoptr (GError) error = NULL;
  struct stat info;

  g_assert_true (inf_membership_revoke (fixture->membership,
                                        inf_keypair_get_peer_id (fixture->member), &error));
  g_assert_true (inf_membership_save (fixture->membership, dir, &error));
  g_assert_cmpint (g_stat (file, &info), ==, 0);
  g_assert_cmpint (info.st_mode & 0777, ==, 0600);

  g_autoptr (InfMembership) loaded = inf_membership_load (dir, fixture->founder, &error);
  g_assert_no_error (error);
  g_assert_true (inf_membership_is_founder (loaded));
  g_assert_cmpuint (inf_membership_get_revocations_version (loaded), ==, 1);
  g_autoptr (GPtrArray) issued = inf_membership_list_issued (loaded);
  g_assert_cmpuint (issued->len, ==, 2);
  g_assert_true (((InfIssued *)g_ptr_array_index (issued, 1))->is_revoked);
  g_autoptr (InfCertificate) next = inf_membership_issue (
      loaded, inf_keypair_get_public_key (fixture->member), "elm", NOW_US, &error);
  g_assert_cmpuint (inf_certificate_get_serial (next), ==, 3);

  g_assert_null (inf_membership_load (dir, fixture->member, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_INVALID);
  g_clear_error (&error);
  g_assert_true (inf_membership_forget (dir, &error));
  g_assert_null (inf_membership_load (dir, fixture->founder, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_NOT_FOUND);
  g_rmdir (dir);
}

static void
test_revoked_member_is_refused_and_may_return (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfMembership) joined = join (fixture);
  gboolean changed = FALSE;

  g_assert_true (inf_membership_revoke (fixture->membership,
                                        inf_keypair_get_peer_id (fixture->member), &error));
  GBytes *list = inf_revocations_get_bytes (inf_membership_get_revocations (fixture->membership));
  g_assert_true (inf_membership_update_revocations (joined, list, &changed, &error));
  g_assert_true (changed);
  g_assert_true (inf_membership_update_revocations (joined, list, &changed, &error));
  g_assert_false (changed);
  g_assert_false (inf_membership_check_certificate (joined, fixture->certificate, NOW_US, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_DENIED);
  g_clear_error (&error);

  g_autoptr (InfCertificate) again = inf_membership_issue (
      fixture->membership, inf_keypair_get_public_key (fixture->member), "oak", NOW_US, &error);
  g_assert_true (inf_membership_check_certificate (joined, again, NOW_US, &error));
}

static void
test_only_the_founder_issues_and_revokes (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfMembership) joined = join (fixture);

  g_assert_null (inf_membership_issue (joined, inf_keypair_get_public_key (fixture->member), "elm",
                                       NOW_US, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_DENIED);
  g_clear_error (&error);
  g_assert_false (
      inf_membership_revoke (joined, inf_keypair_get_peer_id (fixture->founder), &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_DENIED);

  /* A list that a member signed removes nobody. */
  g_autoptr (InfRevocations) forged
      = inf_revocations_add (NULL, fixture->member, inf_membership_get_grid (joined), 1, NULL);
  g_clear_error (&error);
  g_assert_false (inf_membership_update_revocations (
      fixture->membership, inf_revocations_get_bytes (forged), NULL, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_CORRUPT);
}

static void
test_certificate_of_another_key_joins_nobody (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (InfKeypair) thief = inf_keypair_generate ();

  g_assert_null (inf_membership_join (thief, inf_membership_get_grid (fixture->membership),
                                      inf_certificate_get_bytes (fixture->certificate), NULL,
                                      NOW_US, &error));
  g_assert_error (error, INF_ERROR, INF_ERROR_DENIED);
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
  add ("/membership/file-round-trip", test_file_round_trip);
  add ("/membership/revoked-member-is-refused-and-may-return",
       test_revoked_member_is_refused_and_may_return);
  add ("/membership/only-the-founder-issues-and-revokes", test_only_the_founder_issues_and_revokes);
  add ("/membership/certificate-of-another-key-joins-nobody",
       test_certificate_of_another_key_joins_nobody);
  return g_test_run ();
}
