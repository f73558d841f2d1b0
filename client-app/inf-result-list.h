#pragma once

#include "client-app/inf-result-item.h"
#include "widgets/inf-service.h"

G_BEGIN_DECLS

#define INF_TYPE_RESULT_LIST (inf_result_list_get_type ())

G_DECLARE_FINAL_TYPE (InfResultList, inf_result_list, INF, RESULT_LIST, GObject)

InfResultList *inf_result_list_new (InfService *service);

gboolean inf_result_list_is_loaded (InfResultList *self);
const char *inf_result_list_get_problem (InfResultList *self);
InfResultItem *inf_result_list_find (InfResultList *self, const char *name);
GListModel *inf_result_list_get_items (InfResultList *self);

void inf_result_list_reload (InfResultList *self);

G_END_DECLS
