#pragma once

#include "discovery/identity/inf-invite-book.h"
#include "discovery/identity/inf-invite.h"
#include "discovery/identity/inf-membership.h"

#include <glib.h>

G_BEGIN_DECLS

GBytes *inf_enrolment_request_new (const InfKeypair *keypair, const InfInvite *invite,
                                   const char *node_name, GError **error);
GBytes *inf_enrolment_answer (InfMembership *membership, InfInviteBook *book, GBytes *request,
                              gint64 now_unix_us, GError **error);
InfMembership *inf_enrolment_accept (InfKeypair *keypair, const InfInvite *invite, GBytes *reply,
                                     gint64 now_unix_us, GError **error);

G_END_DECLS
