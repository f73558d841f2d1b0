#pragma once

#include <glib-object.h>

G_BEGIN_DECLS

#define INF_TYPE_REQUEST_ITEM (inf_request_item_get_type ())

G_DECLARE_FINAL_TYPE (InfRequestItem, inf_request_item, INF, REQUEST_ITEM, GObject)

InfRequestItem *inf_request_item_new (GVariant *request);

const char *inf_request_item_get_id (InfRequestItem *self);
char *inf_request_item_describe (InfRequestItem *self);
char *inf_request_item_describe_terms (InfRequestItem *self);

G_END_DECLS
