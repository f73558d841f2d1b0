#pragma once

#include "host-app/inf-host-words.h"
#include "widgets/inf-service.h"

#include <gio/gio.h>

G_BEGIN_DECLS

#define INF_TYPE_HOST_MODEL (inf_host_model_get_type ())

G_DECLARE_FINAL_TYPE (InfHostModel, inf_host_model, INF, HOST_MODEL, GObject)

InfHostModel *inf_host_model_new (InfService *service);

InfService *inf_host_model_get_service (InfHostModel *self);
gboolean inf_host_model_is_up (InfHostModel *self);
GListModel *inf_host_model_get_leases (InfHostModel *self);
GListModel *inf_host_model_get_past_leases (InfHostModel *self);
GListModel *inf_host_model_get_requests (InfHostModel *self);
guint64 inf_host_model_get_earned_today (InfHostModel *self);
guint64 inf_host_model_get_earning_rate (InfHostModel *self);
GVariant *inf_host_model_get_policy (InfHostModel *self);
const char *inf_host_model_get_node_state (InfHostModel *self);
void inf_host_model_describe (InfHostModel *self, InfHostWords *words);
gboolean inf_host_model_is_connected (InfHostModel *self);
gboolean inf_host_model_is_snoozed (InfHostModel *self);
guint inf_host_model_get_n_running (InfHostModel *self);

void inf_host_model_watch (InfHostModel *self);
void inf_host_model_unwatch (InfHostModel *self);
void inf_host_model_connect (InfHostModel *self);
void inf_host_model_disconnect (InfHostModel *self, const char *how);
void inf_host_model_pause (InfHostModel *self, const char *until, guint seconds);
void inf_host_model_resume (InfHostModel *self);
void inf_host_model_set_rule (InfHostModel *self, const char *key, GVariant *value);
void inf_host_model_stop_lease (InfHostModel *self, const char *id);
void inf_host_model_answer (InfHostModel *self, const char *request, const char *answer);
void inf_host_model_sign_out (InfHostModel *self, const char *how);

G_END_DECLS
