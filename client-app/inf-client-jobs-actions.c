#include "client-app/inf-client-jobs-private.h"

#include "client-app/inf-job-actions.h"

#include <glib/gi18n.h>

/* What can be done with the job that is selected in the list, by menu and by keyboard. */

static void
on_open (GtkWidget *widget, const char *action, GVariant *parameter)
{
  InfClientJobs *self = INF_CLIENT_JOBS (widget);
  InfJobItem *item = inf_client_jobs_get_selected (self);

  if (item)
    inf_client_jobs_show_job (self, inf_job_item_get_id (item));
}

static void
on_cancel (GtkWidget *widget, const char *action, GVariant *parameter)
{
  InfClientJobs *self = INF_CLIENT_JOBS (widget);
  InfJobItem *item = inf_client_jobs_get_selected (self);

  if (item)
    inf_job_actions_cancel (widget, self->model, item);
}

static void
on_run_again (GtkWidget *widget, const char *action, GVariant *parameter)
{
  InfClientJobs *self = INF_CLIENT_JOBS (widget);
  InfJobItem *item = inf_client_jobs_get_selected (self);

  if (item)
    inf_job_actions_run_again (widget, self->model, item);
}

static void
on_duplicate (GtkWidget *widget, const char *action, GVariant *parameter)
{
  InfClientJobs *self = INF_CLIENT_JOBS (widget);
  InfJobItem *item = inf_client_jobs_get_selected (self);

  if (item)
    inf_job_actions_duplicate (widget, self->model, item);
}

static void
on_show_result (GtkWidget *widget, const char *action, GVariant *parameter)
{
  InfJobItem *item = inf_client_jobs_get_selected (INF_CLIENT_JOBS (widget));

  if (item)
    inf_job_actions_show_result (widget, item);
}

static void
on_connected (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfClientModel) model = user_data;
  g_autoptr (GError) error = NULL;

  if (!inf_dbus_node1_call_connect_finish (INF_DBUS_NODE1 (source), result, &error))
    inf_client_model_report (model, error);
}

static void
on_connect (GtkWidget *widget, const char *action, GVariant *parameter)
{
  InfClientJobs *self = INF_CLIENT_JOBS (widget);
  InfDBusNode1 *node = inf_service_get_node (inf_client_model_get_service (self->model));

  if (node)
    inf_dbus_node1_call_connect (node, inf_client_model_get_cancellable (self->model), on_connected,
                                 g_object_ref (self->model));
}

static GMenuModel *
make_menu (void)
{
  GMenu *menu = g_menu_new ();
  g_autoptr (GMenu) again = g_menu_new ();
  g_autoptr (GMenu) stop = g_menu_new ();

  g_menu_append (menu, _ ("_Open"), "jobs.open");
  g_menu_append (menu, _ ("Show _Results"), "jobs.show-result");
  g_menu_append (again, _ ("_Run Again"), "jobs.run-again");
  g_menu_append (again, _ ("_Duplicate…"), "jobs.duplicate");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (again));
  g_menu_append (stop, _ ("_Cancel…"), "jobs.cancel");
  g_menu_append_section (menu, NULL, G_MENU_MODEL (stop));
  return G_MENU_MODEL (menu);
}

static void
pop_up (InfClientJobs *self, double x, double y)
{
  if (!inf_client_jobs_get_selected (self))
    return;
  if (!self->menu)
    {
      g_autoptr (GMenuModel) model = make_menu ();

      self->menu = gtk_popover_menu_new_from_model (model);
      gtk_popover_set_has_arrow (GTK_POPOVER (self->menu), FALSE);
      gtk_widget_set_halign (self->menu, GTK_ALIGN_START);
      gtk_widget_set_parent (self->menu, GTK_WIDGET (self));
    }
  gtk_popover_set_pointing_to (GTK_POPOVER (self->menu), &(GdkRectangle){ (int)x, (int)y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->menu));
}

static void
on_menu (GtkWidget *widget, const char *action, GVariant *parameter)
{
  InfClientJobs *self = INF_CLIENT_JOBS (widget);
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (widget));
  double x = 0;
  double y = 0;

  if (focus && gtk_widget_is_ancestor (focus, widget))
    gtk_widget_translate_coordinates (focus, widget, 12, gtk_widget_get_height (focus), &x, &y);
  pop_up (self, x, y);
}

/* The row under the pointer is the selected one: it is selected as the pointer comes. */
static void
on_menu_click (GtkGestureClick *gesture, int n_press, double x, double y, gpointer user_data)
{
  InfClientJobs *self = user_data;

  gtk_widget_translate_coordinates (GTK_WIDGET (self->view), GTK_WIDGET (self), x, y, &x, &y);
  pop_up (self, x, y);
}

void
inf_client_jobs_install_actions (GtkWidgetClass *widget_class)
{
  gtk_widget_class_install_action (widget_class, "jobs.open", NULL, on_open);
  gtk_widget_class_install_action (widget_class, "jobs.cancel", NULL, on_cancel);
  gtk_widget_class_install_action (widget_class, "jobs.run-again", NULL, on_run_again);
  gtk_widget_class_install_action (widget_class, "jobs.duplicate", NULL, on_duplicate);
  gtk_widget_class_install_action (widget_class, "jobs.show-result", NULL, on_show_result);
  gtk_widget_class_install_action (widget_class, "jobs.menu", NULL, on_menu);
  gtk_widget_class_install_action (widget_class, "jobs.connect", NULL, on_connect);
}

/* The keys hold in the list alone, as the page of a job has text to be selected and searched. */
void
inf_client_jobs_init_actions (InfClientJobs *self)
{
  static const struct
  {
    guint key;
    GdkModifierType modifiers;
    const char *action;
  } keys[] = {
    { GDK_KEY_Delete, 0, "jobs.cancel" },
    { GDK_KEY_r, GDK_CONTROL_MASK, "jobs.run-again" },
    { GDK_KEY_d, GDK_CONTROL_MASK, "jobs.duplicate" },
    { GDK_KEY_e, GDK_CONTROL_MASK, "jobs.show-result" },
    { GDK_KEY_Menu, 0, "jobs.menu" },
    { GDK_KEY_F10, GDK_SHIFT_MASK, "jobs.menu" },
  };
  GtkEventController *controller = gtk_shortcut_controller_new ();
  GtkGesture *click = gtk_gesture_click_new ();

  for (guint i = 0; i < G_N_ELEMENTS (keys); i++)
    gtk_shortcut_controller_add_shortcut (
        GTK_SHORTCUT_CONTROLLER (controller),
        gtk_shortcut_new (gtk_keyval_trigger_new (keys[i].key, keys[i].modifiers),
                          gtk_named_action_new (keys[i].action)));
  gtk_widget_add_controller (GTK_WIDGET (self->view), controller);
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (on_menu_click), self);
  gtk_widget_add_controller (GTK_WIDGET (self->view), GTK_EVENT_CONTROLLER (click));
  inf_client_jobs_update_actions (self);
}

/* What can't be done with the job that is selected can't be chosen. */
void
inf_client_jobs_update_actions (InfClientJobs *self)
{
  GtkWidget *widget = GTK_WIDGET (self);
  InfJobItem *item = inf_client_jobs_get_selected (self);

  gtk_widget_action_set_enabled (widget, "jobs.open", item != NULL);
  gtk_widget_action_set_enabled (widget, "jobs.run-again", item != NULL);
  gtk_widget_action_set_enabled (widget, "jobs.duplicate", item != NULL);
  gtk_widget_action_set_enabled (widget, "jobs.cancel", item && inf_job_actions_can_cancel (item));
  gtk_widget_action_set_enabled (widget, "jobs.show-result",
                                 item && inf_job_actions_has_result (item));
}
