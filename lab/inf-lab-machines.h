#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _InfLabMachines InfLabMachines;

InfLabMachines *inf_lab_machines_new (const char *lab_dir, guint n_hosts, const char *const *share,
                                      GError **error);
gboolean inf_lab_machines_handle (InfLabMachines *machines, const char *verb, guint host,
                                  guint other, double value, GError **error);
GVariant *inf_lab_machines_status (InfLabMachines *machines);
void inf_lab_machines_reap (InfLabMachines *machines);
void inf_lab_machines_free (InfLabMachines *machines);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfLabMachines, inf_lab_machines_free)

G_END_DECLS
