#include "grid/jobs/inf-task-form.h"

int LLVMFuzzerTestOneInput (const guint8 *data, gsize size);

/* A file of a task's: whatever is taken can be described. */
int
LLVMFuzzerTestOneInput (const guint8 *data, gsize size)
{
  g_autoptr (InfTaskForm) form = inf_task_form_parse ("task", (const char *)data, size, NULL);

  if (form)
    g_variant_unref (g_variant_ref_sink (inf_task_form_describe (form, "de")));
  return 0;
}
