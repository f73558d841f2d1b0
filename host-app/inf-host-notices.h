#pragma once

#include "host-app/inf-host-application.h"

G_BEGIN_DECLS

#define INF_TYPE_HOST_NOTICES (inf_host_notices_get_type ())

G_DECLARE_FINAL_TYPE (InfHostNotices, inf_host_notices, INF, HOST_NOTICES, GObject)

InfHostNotices *inf_host_notices_new (GApplication *application, InfHostModel *model,
                                      GSettings *settings);

G_END_DECLS
