#include "host-app/inf-host-notices.h"

#include "host-app/inf-lease-item.h"
#include "host-app/inf-request-item.h"
#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>

/**
 * InfHostNotices:
 *
 * What the desktop is told while nobody looks at the window: that somebody asks, with Accept and
 * Decline, withdrawn once it is answered from anywhere; and, where wanted, that a job has ended.
 */
struct _InfHostNotices
{
  GObject parent_instance;

  GApplication *application; /* not owned: it owns this */
  InfHostModel *model;
  GSettings *settings;
};

G_DEFINE_FINAL_TYPE (InfHostNotices, inf_host_notices, G_TYPE_OBJECT)

static char *
make_notice_id (InfRequestItem *request)
{
  return g_strconcat ("request-", inf_request_item_get_id (request), NULL);
}

static void
on_request_added (InfHostModel *model, InfRequestItem *request, gpointer user_data)
{
  InfHostNotices *self = user_data;
  g_autofree char *title = inf_request_item_describe (request);
  g_autofree char *body = inf_request_item_describe_terms (request);
  g_autofree char *notice_id = make_notice_id (request);
  g_autoptr (GNotification) notice = g_notification_new (title);
  const char *id = inf_request_item_get_id (request);

  if (!g_settings_get_boolean (self->settings, "notify-requests"))
    return;
  g_notification_set_body (notice, body);
  /* nothing goes on before it is answered */
  g_notification_set_priority (notice, G_NOTIFICATION_PRIORITY_HIGH);
  g_notification_set_default_action (notice, "app.activate");
  g_notification_add_button_with_target (notice, _ ("Accept"), "app.answer-request", "(ss)", id,
                                         "accept");
  g_notification_add_button_with_target (notice, _ ("Decline"), "app.answer-request", "(ss)", id,
                                         "decline");
  g_application_send_notification (self->application, notice_id, notice);
}

static void
on_request_removed (InfHostModel *model, InfRequestItem *request, gpointer user_data)
{
  InfHostNotices *self = user_data;
  g_autofree char *notice_id = make_notice_id (request);

  g_application_withdraw_notification (self->application, notice_id);
}

static void
on_lease_ended (InfHostModel *model, InfLeaseItem *lease, gpointer user_data)
{
  InfHostNotices *self = user_data;
  g_autofree char *earned = inf_phrase_credits ((gint64)inf_lease_item_get_earned (lease));
  g_autofree char *body = NULL;
  g_autoptr (GNotification) notice = NULL;

  if (!g_settings_get_boolean (self->settings, "notify-jobs"))
    return;
  notice = g_notification_new (_ ("A job has ended here"));
  /* Translators: a program, whose job it was, an amount of credits */
  body = g_strdup_printf (_ ("%s for %s earned %s credits."), inf_lease_item_get_program (lease),
                          inf_lease_item_get_client (lease), earned);
  g_notification_set_body (notice, body);
  g_notification_set_default_action (notice, "app.activate");
  g_application_send_notification (self->application, "job", notice);
}

static void
inf_host_notices_dispose (GObject *object)
{
  InfHostNotices *self = INF_HOST_NOTICES (object);

  if (self->model)
    g_signal_handlers_disconnect_by_data (self->model, self);
  g_clear_object (&self->model);
  g_clear_object (&self->settings);
  G_OBJECT_CLASS (inf_host_notices_parent_class)->dispose (object);
}

static void
inf_host_notices_class_init (InfHostNoticesClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = inf_host_notices_dispose;
}

static void
inf_host_notices_init (InfHostNotices *self)
{
}

/**
 * inf_host_notices_new:
 * @application: what notifies; it outlives this
 * @model: what is told of
 * @settings: what the owner wants to be told
 *
 * Returns: (transfer full): notifies as long as it lives
 */
InfHostNotices *
inf_host_notices_new (GApplication *application, InfHostModel *model, GSettings *settings)
{
  InfHostNotices *self = g_object_new (INF_TYPE_HOST_NOTICES, NULL);

  self->application = application;
  self->model = g_object_ref (model);
  self->settings = g_object_ref (settings);
  g_signal_connect (model, "request-added", G_CALLBACK (on_request_added), self);
  g_signal_connect (model, "request-removed", G_CALLBACK (on_request_removed), self);
  g_signal_connect (model, "lease-ended", G_CALLBACK (on_lease_ended), self);
  return self;
}
