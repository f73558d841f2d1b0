#pragma once

#include "daemon/inf-node.h"

#include <gio/gio.h>

G_BEGIN_DECLS

void inf_job_listing_answer (InfNode *node, GDBusMethodInvocation *invocation, InfJobRows *rows,
                             const guint *total);

G_END_DECLS
