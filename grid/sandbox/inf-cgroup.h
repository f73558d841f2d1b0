#pragma once

#include "grid/sandbox/inf-sandbox-config.h"

G_BEGIN_DECLS

/* Of every group's name, so that one left behind is known as ours. */
#define INF_CGROUP_PREFIX "infinity-sandbox-"

typedef struct _InfCgroup InfCgroup;

InfCgroup *inf_cgroup_new (const char *name, const InfSandboxLimits *limits, GError **error);
gboolean inf_cgroup_enter (InfCgroup *cgroup, GError **error);
gboolean inf_cgroup_limits_memory (InfCgroup *cgroup);
int inf_cgroup_open_events (InfCgroup *cgroup);
gboolean inf_cgroup_events_show_oom (int events_fd);
char *inf_cgroup_describe (InfCgroup *cgroup);
void inf_cgroup_remove (InfCgroup *cgroup);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfCgroup, inf_cgroup_remove)

G_END_DECLS
