#pragma once

#include <glib.h>

G_BEGIN_DECLS

/**
 * InfProcessUsage:
 * @memory_bytes: memory that belongs to the processes alone: anonymous and swapped out
 * @n_threads: how many threads there are
 */
typedef struct
{
  guint64 memory_bytes;
  guint n_threads;
} InfProcessUsage;

gboolean inf_process_usage_parse (const char *status, InfProcessUsage *ret_usage);
void inf_process_usage_of_others (InfProcessUsage *ret_usage);

G_END_DECLS
