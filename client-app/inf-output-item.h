#pragma once

#include "client-app/inf-result-words.h"

#include <glib-object.h>

G_BEGIN_DECLS

#define INF_TYPE_OUTPUT_ITEM (inf_output_item_get_type ())

G_DECLARE_FINAL_TYPE (InfOutputItem, inf_output_item, INF, OUTPUT_ITEM, GObject)

InfOutputItem *inf_output_item_new (const char *name, guint64 size_bytes, const char *host);

const char *inf_output_item_get_name (InfOutputItem *self);
const char *inf_output_item_get_host (InfOutputItem *self);
guint64 inf_output_item_get_size (InfOutputItem *self);
InfOutputMark inf_output_item_get_mark (InfOutputItem *self);

void inf_output_item_set_mark (InfOutputItem *self, InfOutputMark mark);

G_END_DECLS
