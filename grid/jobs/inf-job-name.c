#include "grid/jobs/inf-job-name.h"

#include <string.h>

/* One component: it will be joined to /job on other people's machines and to a folder on the
 * submitter's, and printed on terminals. A leading '.' would hide the file, a leading '-' would be
 * an option to whatever is run on it. */
static gboolean
is_safe_component (const char *name, gsize length)
{
  if (length == 0 || length > INF_JOB_NAME_MAX_BYTES || name[0] == '.' || name[0] == '-')
    return FALSE;
  if (!g_utf8_validate (name, (gssize)length, NULL))
    return FALSE;
  for (const char *c = name; c < name + length; c = g_utf8_next_char (c))
    if (*c == '/' || *c == '\\' || !g_unichar_isprint (g_utf8_get_char (c)))
      return FALSE;
  return TRUE;
}

/**
 * inf_job_name_is_safe:
 * @name: a name from anyone
 *
 * Returns: whether @name can be a file's name in /job or a result's folder: one component, at most
 *   %INF_JOB_NAME_MAX_BYTES, printable UTF-8, beginning with neither '.' nor '-'
 */
gboolean
inf_job_name_is_safe (const char *name)
{
  return is_safe_component (name, strlen (name));
}

/**
 * inf_job_path_is_safe:
 * @path: a path from anyone
 *
 * Returns: whether @path is relative, at most %INF_JOB_PATH_MAX_BYTES long and
 *   %INF_JOB_PATH_MAX_DEPTH deep, and made of names that inf_job_name_is_safe() takes, joined by
 *   one '/' each
 */
gboolean
inf_job_path_is_safe (const char *path)
{
  if (strlen (path) > INF_JOB_PATH_MAX_BYTES)
    return FALSE;
  for (guint depth = 0; depth < INF_JOB_PATH_MAX_DEPTH; depth++)
    {
      gsize length = strcspn (path, "/");
      if (!is_safe_component (path, length))
        return FALSE;
      if (path[length] == '\0')
        return TRUE;
      path += length + 1;
    }
  return FALSE;
}
