#include "discovery/identity/inf-enrolment.h"
#include "fuzz-grid.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* Both bodies of an enrolment, each given to the side that receives it. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  static const guint8 secret[INF_INVITE_SECRET_SIZE_BYTES] = "fuzzed";
  static InfMembership *founder;
  static InfKeypair *joiner;
  static InfInvite *invite;
  g_autoptr (InfInviteBook) book = inf_invite_book_new ();
  g_autoptr (GBytes) bytes = g_bytes_new (data, size);

  if (!founder)
    {
      const char *addresses[] = { "192.0.2.1:7848", NULL };
      founder = fuzz_membership (1);
      joiner = fuzz_keypair (9);
      invite = inf_invite_new (inf_membership_get_grid (founder),
                               inf_grid_get_founder (inf_membership_get_grid (founder)), addresses,
                               secret, FUZZ_NOW_UNIX_US + G_USEC_PER_SEC);
    }
  inf_invite_book_create (book, secret, FUZZ_NOW_UNIX_US, G_USEC_PER_SEC, NULL);
  GBytes *reply = inf_enrolment_answer (founder, book, bytes, FUZZ_NOW_UNIX_US, NULL);
  g_clear_pointer (&reply, g_bytes_unref);
  inf_membership_unref (inf_enrolment_accept (joiner, invite, bytes, FUZZ_NOW_UNIX_US, NULL));
  return 0;
}
