#pragma once

#include "client-app/inf-client-model.h"

G_BEGIN_DECLS

#define INF_TYPE_CLIENT_NOTICES (inf_client_notices_get_type ())

G_DECLARE_FINAL_TYPE (InfClientNotices, inf_client_notices, INF, CLIENT_NOTICES, GObject)

InfClientNotices *inf_client_notices_new (GApplication *application, InfClientModel *model,
                                          GSettings *settings);

G_END_DECLS
