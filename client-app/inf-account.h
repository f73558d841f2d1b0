#pragma once

#include "client-app/inf-entry-item.h"
#include "widgets/inf-series.h"
#include "widgets/inf-service.h"

G_BEGIN_DECLS

#define INF_TYPE_ACCOUNT (inf_account_get_type ())

G_DECLARE_FINAL_TYPE (InfAccount, inf_account, INF, ACCOUNT, GObject)

InfAccount *inf_account_new (InfService *service);

gboolean inf_account_is_loaded (InfAccount *self);
gboolean inf_account_has_more (InfAccount *self);
const char *inf_account_get_problem (InfAccount *self);
GListModel *inf_account_get_entries (InfAccount *self);
InfSeries *inf_account_get_series (InfAccount *self);
gint64 inf_account_get_span_us (InfAccount *self);
gint64 inf_account_get_left (InfAccount *self, gint64 now_us);
double inf_account_get_rate (InfAccount *self, gint64 now_us);

void inf_account_reload (InfAccount *self);
void inf_account_load_more (InfAccount *self);

G_END_DECLS
