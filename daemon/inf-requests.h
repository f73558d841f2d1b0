#pragma once

#include "daemon/inf-request-book.h"
#include "daemon/inf-settings.h"
#include "grid/jobs/inf-lease-host.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfRequests:
 *
 * Asks the owner about leases, where the owner wants that: keeps a client waiting for as long as
 * its link does, and then tells it to come back.
 */
typedef struct _InfRequests InfRequests;

/**
 * InfRequestsFuncs:
 * @added: the owner is asked something new
 * @removed: a question is answered or gone: "accepted", "declined", "withdrawn" or "expired"
 */
typedef struct
{
  void (*added) (const InfRequest *request, gpointer user_data);
  void (*removed) (const InfRequest *request, const char *outcome, gpointer user_data);
} InfRequestsFuncs;

InfRequests *inf_requests_new (const InfSettings *settings);
void inf_requests_free (InfRequests *requests);
void inf_requests_set_funcs (InfRequests *requests, const InfRequestsFuncs *funcs,
                             gpointer user_data);
void inf_requests_set_host (InfRequests *requests, InfLeaseHost *host);
GPtrArray *inf_requests_list (InfRequests *requests);
gboolean inf_requests_answer (InfRequests *requests, guint64 id, gboolean accepts, GError **error);
const InfRequest *inf_requests_get (InfRequests *requests, guint64 id);

G_END_DECLS
