#pragma once

#include "discovery/identity/inf-membership.h"
#include "discovery/link/inf-links.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_METHOD_ENROL "grid.enrol" /* identity's enrolment request → reply */

typedef struct _InfEnrolmentService InfEnrolmentService;

InfEnrolmentService *inf_enrolment_service_new (InfLinks *links, InfMembership *membership,
                                                const char *state_dir, GError **error);
void inf_enrolment_service_free (InfEnrolmentService *service);

char *inf_enrolment_service_invite (InfEnrolmentService *service, const char *const *addresses,
                                    guint lifetime_s, gint64 *ret_expires_unix_us, GError **error);

void inf_enrolment_join_async (InfKeypair *keypair, const char *token, const char *node_name,
                               GAsyncReadyCallback callback, gpointer user_data);
InfMembership *inf_enrolment_join_finish (GAsyncResult *result, char ***ret_addresses,
                                          GError **error);

G_END_DECLS
