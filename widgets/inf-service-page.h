#pragma once

#include "widgets/inf-service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_SERVICE_PAGE (inf_service_page_get_type ())

G_DECLARE_FINAL_TYPE (InfServicePage, inf_service_page, INF, SERVICE_PAGE, AdwBin)

GtkWidget *inf_service_page_new (InfService *service);

void inf_service_page_set_service (InfServicePage *self, InfService *service);

G_END_DECLS
