#pragma once

#include <glib.h>

G_BEGIN_DECLS

typedef struct _InfProgress InfProgress;

InfProgress *inf_progress_new (void);
void inf_progress_free (InfProgress *progress);

void inf_progress_update (InfProgress *progress, GVariant *job);
void inf_progress_hide (InfProgress *progress);
void inf_progress_show (InfProgress *progress);

char *inf_progress_render_bar (GVariant *job, gsize width);
char *inf_progress_render_line (GVariant *job);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfProgress, inf_progress_free)

G_END_DECLS
