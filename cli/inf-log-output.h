#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _InfLogOutput InfLogOutput;

InfLogOutput *inf_log_output_new (int fd);
void inf_log_output_free (InfLogOutput *output);

gboolean inf_log_output_write (InfLogOutput *output, GBytes *bytes, GError **error);
gboolean inf_log_output_finish (InfLogOutput *output, GError **error);
gboolean inf_log_output_is_at_line_start (InfLogOutput *output);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfLogOutput, inf_log_output_free)

G_END_DECLS
