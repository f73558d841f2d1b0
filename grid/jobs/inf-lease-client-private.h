#pragma once

#include "grid/jobs/inf-lease-client.h"
#include "grid/jobs/inf-lease-payer.h"

G_BEGIN_DECLS

struct _InfLeaseClient
{
  GObject parent;

  const InfJobContext *context;
  InfEndpoint *endpoint;
  InfPublicKey host_key;
  char *host_name;
  InfLeaseRequest request;
  InfLease *lease;      /* NULL before the host has signed */
  InfLeasePayer *payer; /* NULL before anything is paid */
  GBytes *bill;         /* NULL before the host has stopped */
  char *end_reason;     /* why the host stopped of itself, if it did and has said so */
  GBytes *statement;    /* the host's signed list of outputs, once it was asked for */
  gboolean is_restored; /* from an earlier run of this node, which signed at most: */
  guint64 signed_ucredits;
};

const guint8 *inf_lease_client_get_lease_id (InfLeaseClient *client);
void inf_lease_client_name_host (InfLeaseClient *client, GError **error);
void inf_lease_client_ask (InfLeaseClient *client, const char *method, GBytes *request,
                           guint timeout_ms, GCancellable *cancellable,
                           GAsyncReadyCallback callback, GTask *task);
GBytes *inf_lease_client_take_reply (GObject *source, GAsyncResult *result, GTask *task);
gboolean inf_lease_client_return_boolean (GTask *task, gboolean success, GError *error);

G_END_DECLS
