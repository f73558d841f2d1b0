#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_TASK_FORM_MAX_SIZE_BYTES 65536
#define INF_TASK_FORM_MAX_PARAMETERS 32
#define INF_TASK_FORM_MAX_CHOICES 64

typedef struct _InfTaskForm InfTaskForm;

InfTaskForm *inf_task_form_parse (const char *name, const char *data, gsize size_bytes,
                                  GError **error);
void inf_task_form_free (InfTaskForm *form);

const char *inf_task_form_get_name (const InfTaskForm *form);
GVariant *inf_task_form_describe (const InfTaskForm *form, const char *language);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfTaskForm, inf_task_form_free)

G_END_DECLS
