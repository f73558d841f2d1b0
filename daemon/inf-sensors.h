#pragma once

#include "daemon/inf-owner-rules.h"

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfCpuTimes:
 * @busy: of all processors, in clock ticks since the machine started
 * @total: idle time included
 */
typedef struct
{
  guint64 busy;
  guint64 total;
} InfCpuTimes;

gboolean inf_cpu_times_parse (const char *stat, InfCpuTimes *ret_times);
gboolean inf_cpu_times_read (InfCpuTimes *ret_times);

gboolean inf_memory_used_parse (const char *meminfo, guint64 *ret_bytes);
gboolean inf_memory_used_read (guint64 *ret_bytes);

InfPower inf_power_read (const char *supplies_dir);

gint64 inf_terminals_idle_s (const char *dev_dir, gint64 now_unix_s);

/**
 * InfIdleWatch:
 *
 * For how long nobody has used the computer: what logind says, and where there is none, when a key
 * was last pressed at a terminal.
 */
typedef struct _InfIdleWatch InfIdleWatch;

InfIdleWatch *inf_idle_watch_new (void);
void inf_idle_watch_free (InfIdleWatch *watch);
gint64 inf_idle_watch_get_idle_s (InfIdleWatch *watch, const char **ret_source);

G_END_DECLS
