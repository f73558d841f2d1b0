#include "client-app/inf-plan-bar.h"

/**
 * InfPlanBar:
 *
 * Where a job would run and what it costs, or why it can't, below the form and always in sight;
 * with the button that runs it, and one for what would help.
 *
 * Signal "remedy": that button was pressed.
 */
struct _InfPlanBar
{
  AdwBin parent_instance;

  GtkImage *icon;
  GtkWidget *spinner;
  GtkLabel *title;
  GtkLabel *cost;
  GtkLabel *more;
  GtkButton *remedy;
};

static guint remedy_signal;

G_DEFINE_FINAL_TYPE (InfPlanBar, inf_plan_bar, ADW_TYPE_BIN)

static void
on_remedy_clicked (InfPlanBar *self)
{
  g_signal_emit (self, remedy_signal, 0);
}

static void
inf_plan_bar_class_init (InfPlanBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  remedy_signal = g_signal_new ("remedy", INF_TYPE_PLAN_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                                G_TYPE_NONE, 0);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Client/inf-plan-bar.ui");
  gtk_widget_class_bind_template_child (widget_class, InfPlanBar, icon);
  gtk_widget_class_bind_template_child (widget_class, InfPlanBar, spinner);
  gtk_widget_class_bind_template_child (widget_class, InfPlanBar, title);
  gtk_widget_class_bind_template_child (widget_class, InfPlanBar, cost);
  gtk_widget_class_bind_template_child (widget_class, InfPlanBar, more);
  gtk_widget_class_bind_template_child (widget_class, InfPlanBar, remedy);
  gtk_widget_class_bind_template_callback (widget_class, on_remedy_clicked);
}

static void
inf_plan_bar_init (InfPlanBar *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

static void
show_text (GtkLabel *label, const char *text)
{
  gtk_label_set_text (label, text);
  gtk_widget_set_visible (GTK_WIDGET (label), *text != '\0');
}

static void
show_remedy (InfPlanBar *self, const char *remedy)
{
  gtk_button_set_label (self->remedy, remedy);
  gtk_widget_set_visible (GTK_WIDGET (self->remedy), *remedy != '\0');
}

void
inf_plan_bar_show_words (InfPlanBar *self, const InfPlanWords *words)
{
  gtk_image_set_from_icon_name (self->icon, words->is_possible ? "infinity-ready-symbolic"
                                            : words->can_run   ? "infinity-paused-symbolic"
                                                               : "infinity-stopped-symbolic");
  show_text (self->title, words->title);
  show_text (self->cost, words->cost);
  show_text (self->more, *words->reason ? words->reason : words->warning);
  show_remedy (self, words->remedy);
}

/**
 * inf_plan_bar_show_trouble:
 * @self: the bar
 * @title: why there is no plan
 * @more: more of it, or ""
 * @remedy: on a button, "" for none
 */
void
inf_plan_bar_show_trouble (InfPlanBar *self, const char *title, const char *more,
                           const char *remedy)
{
  gtk_image_set_from_icon_name (self->icon, "infinity-stopped-symbolic");
  show_text (self->title, title);
  show_text (self->cost, "");
  show_text (self->more, more);
  show_remedy (self, remedy);
}

/* What it shows is of the form as it was; the plan of the form as it is comes. */
void
inf_plan_bar_set_busy (InfPlanBar *self, gboolean is_busy)
{
  gtk_widget_set_visible (self->spinner, is_busy);
  gtk_widget_set_visible (GTK_WIDGET (self->icon), !is_busy);
  gtk_accessible_update_state (GTK_ACCESSIBLE (self), GTK_ACCESSIBLE_STATE_BUSY, is_busy, -1);
}
