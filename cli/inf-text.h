#pragma once

#include <glib.h>

G_BEGIN_DECLS

char *inf_text_make_safe (const char *text);
gsize inf_text_get_width (const char *text);
char *inf_text_fit (const char *text, gsize width);

typedef struct _InfTextFilter InfTextFilter;

InfTextFilter *inf_text_filter_new (void);
void inf_text_filter_free (InfTextFilter *filter);

void inf_text_filter_push (InfTextFilter *filter, const void *data, gsize size_bytes, GString *out);
void inf_text_filter_finish (InfTextFilter *filter, GString *out);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfTextFilter, inf_text_filter_free)

G_END_DECLS
