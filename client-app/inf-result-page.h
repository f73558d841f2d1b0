#pragma once

#include "client-app/inf-result-item.h"
#include "widgets/inf-service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_RESULT_PAGE (inf_result_page_get_type ())

G_DECLARE_FINAL_TYPE (InfResultPage, inf_result_page, INF, RESULT_PAGE, AdwBin)

InfResultItem *inf_result_page_get_item (InfResultPage *self);

void inf_result_page_set_service (InfResultPage *self, InfService *service);
void inf_result_page_show (InfResultPage *self, InfResultItem *item);

G_END_DECLS
