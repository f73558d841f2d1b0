#pragma once

#include "client-app/inf-output-item.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define INF_TYPE_RESULT_ITEM (inf_result_item_get_type ())

G_DECLARE_FINAL_TYPE (InfResultItem, inf_result_item, INF, RESULT_ITEM, GObject)

InfResultItem *inf_result_item_new (GVariant *result);

const char *inf_result_item_get_name (InfResultItem *self);
const char *inf_result_item_get_job (InfResultItem *self);
const char *inf_result_item_get_program (InfResultItem *self);
const char *inf_result_item_get_directory (InfResultItem *self);
gint64 inf_result_item_get_finished_unix (InfResultItem *self);
gboolean inf_result_item_is_complete (InfResultItem *self);
GListModel *inf_result_item_get_outputs (InfResultItem *self);
gboolean inf_result_item_matches (InfResultItem *self, const char *folded);

void inf_result_item_update (InfResultItem *self, GVariant *result);
void inf_result_item_set_checking (InfResultItem *self, gboolean is_checking);
void inf_result_item_take_marks (InfResultItem *self, GVariant *marks);

G_END_DECLS
