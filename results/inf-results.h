#pragma once

#include "common/inf-copy.h"
#include "results/inf-manifest.h"

#include <glib.h>

G_BEGIN_DECLS

/* The names in a result's folder that are Infinity's own; an output of that name goes below
 * from-HOSTNAME/. */
#define INF_RESULTS_MANIFEST "manifest.json"
#define INF_RESULTS_MANIFEST_HASH "manifest.sha256"
#define INF_RESULTS_LOG "log.txt"

typedef struct _InfResults InfResults;

/**
 * InfResultCheck:
 * @INF_RESULT_VERIFIED: the file is what its host stated
 * @INF_RESULT_CHANGED: it is another by now
 * @INF_RESULT_MISSING: it is gone
 */
typedef enum
{
  INF_RESULT_VERIFIED,
  INF_RESULT_CHANGED,
  INF_RESULT_MISSING,
} InfResultCheck;

/**
 * InfResultFile:
 * @path: relative to the result's folder
 * @size_bytes: as the manifest says
 * @check: how it compares
 */
typedef struct
{
  char *path;
  guint64 size_bytes;
  InfResultCheck check;
} InfResultFile;

InfResults *inf_results_new (const char *dir);
InfResults *inf_results_ref (InfResults *results);
void inf_results_unref (InfResults *results);

char *inf_results_get_path (InfResults *results, const char *name);
char *inf_results_prepare (InfResults *results, const char *name, GError **error);
gboolean inf_results_add (InfResults *results, const char *name, InfManifest *manifest,
                          const InfManifestHost *host, const char *path, int fd,
                          const guint8 sha256[32], guint64 size_bytes, GError **error);
gboolean inf_results_add_log (InfResults *results, const char *name, const char *path,
                              GError **error);
gboolean inf_results_finish (InfResults *results, const char *name, const InfManifest *manifest,
                             GError **error);

GStrv inf_results_list (InfResults *results, GError **error);
InfManifest *inf_results_load (InfResults *results, const char *name, GError **error);
GPtrArray *inf_results_verify (InfResults *results, const char *name, GError **error);
gboolean inf_results_export (InfResults *results, const char *name, const char *const *outputs,
                             const char *to_dir, gboolean replace, InfCopy *copy, GError **error);
gboolean inf_results_archive (InfResults *results, const char *name, const char *file,
                              InfCopy *copy, GError **error);
gboolean inf_results_remove (InfResults *results, const char *name, GError **error);

const char *inf_result_check_to_text (InfResultCheck check);
void inf_result_file_free (InfResultFile *file);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfResults, inf_results_unref)

G_END_DECLS
