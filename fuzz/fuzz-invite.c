#include "discovery/identity/inf-invite.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* What is taken for an invite, written again, is taken for the same one. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autoptr (InfInvite) invite = inf_invite_from_text (text, NULL);

  if (!invite)
    return 0;
  g_autofree char *again_text = inf_invite_to_text (invite);
  g_autoptr (InfInvite) again = inf_invite_from_text (again_text, NULL);
  g_assert (again);
  g_assert (inf_grid_id_equal (inf_invite_get_grid_id (invite), inf_invite_get_grid_id (again)));
  g_assert (g_strv_equal (inf_invite_get_addresses (invite), inf_invite_get_addresses (again)));
  return 0;
}
