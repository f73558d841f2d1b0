#pragma once

#include "discovery/files/inf-store-pins.h"
#include "grid/jobs/inf-lease-outputs.h"
#include "grid/jobs/inf-lease-prepare.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct _InfLeaseDir InfLeaseDir;

InfLeaseDir *inf_lease_dir_new (const char *path, GError **error);
void inf_lease_dir_free (InfLeaseDir *dir);

const char *inf_lease_dir_get_path (const InfLeaseDir *dir);
const char *inf_lease_dir_get_job_path (const InfLeaseDir *dir);
const char *inf_lease_dir_get_program_path (const InfLeaseDir *dir);

gboolean inf_lease_dir_fill (InfLeaseDir *dir, InfStore *store, const InfLeasePrepare *prepare,
                             GError **error);
gboolean inf_lease_dir_collect (InfLeaseDir *dir, InfStore *store, InfStorePins *pins,
                                InfLeaseOutputs *outputs, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfLeaseDir, inf_lease_dir_free)

G_END_DECLS
