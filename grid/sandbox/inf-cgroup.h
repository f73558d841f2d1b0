#pragma once

#include "grid/sandbox/inf-sandbox-config.h"

G_BEGIN_DECLS

typedef struct _InfCgroup InfCgroup;

InfCgroup *inf_cgroup_new (const char *name, const InfSandboxLimits *limits, GError **error);
gboolean inf_cgroup_enter (InfCgroup *cgroup, GError **error);
gboolean inf_cgroup_limits_memory (InfCgroup *cgroup);
gboolean inf_cgroup_ran_out_of_memory (InfCgroup *cgroup);
char *inf_cgroup_describe (InfCgroup *cgroup);
void inf_cgroup_remove (InfCgroup *cgroup);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfCgroup, inf_cgroup_remove)

G_END_DECLS
