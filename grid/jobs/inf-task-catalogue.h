#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _InfTaskCatalogue InfTaskCatalogue;

InfTaskCatalogue *inf_task_catalogue_load (const char *directory);
void inf_task_catalogue_free (InfTaskCatalogue *catalogue);

gboolean inf_task_catalogue_has (const InfTaskCatalogue *catalogue, const char *name);
char *inf_task_catalogue_dup_names (const InfTaskCatalogue *catalogue);
GVariant *inf_task_catalogue_describe (const InfTaskCatalogue *catalogue, const char *language);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfTaskCatalogue, inf_task_catalogue_free)

G_END_DECLS
