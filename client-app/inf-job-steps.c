#include "client-app/inf-job-steps.h"

#include "client-app/inf-job-words.h"

#include <glib/gi18n.h>

typedef struct
{
  GtkWidget *row;
  GtkWidget *mark;
  GtkLabel *title;
  GtkLabel *time;
} Row;

/**
 * InfJobSteps:
 *
 * The steps of a job with the time that each took, and where it is.
 */
struct _InfJobSteps
{
  GtkWidget parent_instance;

  GtkWidget *list;
  PangoAttrList *bold; /* of the step where the job is */
  Row rows[INF_JOB_N_STEPS];
};

G_DEFINE_FINAL_TYPE (InfJobSteps, inf_job_steps, GTK_TYPE_WIDGET)

static void
inf_job_steps_dispose (GObject *object)
{
  g_clear_pointer (&INF_JOB_STEPS (object)->list, gtk_widget_unparent);
  g_clear_pointer (&INF_JOB_STEPS (object)->bold, pango_attr_list_unref);
  G_OBJECT_CLASS (inf_job_steps_parent_class)->dispose (object);
}

static void
inf_job_steps_class_init (InfJobStepsClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = inf_job_steps_dispose;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BIN_LAYOUT);
}

static void
make_row (Row *row, InfJobStepIndex step)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);

  row->row = gtk_list_box_row_new ();
  row->title = GTK_LABEL (gtk_label_new (inf_job_words_step (step)));
  row->time = GTK_LABEL (gtk_label_new (NULL));
  row->mark = gtk_image_new ();
  /* what it says is in the name of the row */
  gtk_accessible_update_state (GTK_ACCESSIBLE (row->mark), GTK_ACCESSIBLE_STATE_HIDDEN, TRUE, -1);
  gtk_label_set_xalign (row->title, 0);
  gtk_label_set_ellipsize (row->title, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (GTK_WIDGET (row->title), TRUE);
  gtk_widget_add_css_class (GTK_WIDGET (row->time), "numeric");
  gtk_widget_add_css_class (GTK_WIDGET (row->time), "dim-label");
  gtk_box_append (GTK_BOX (box), row->mark);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (row->title));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (row->time));
  gtk_widget_add_css_class (box, "step");
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row->row), box);
  gtk_list_box_row_set_activatable (GTK_LIST_BOX_ROW (row->row), FALSE);
}

static void
inf_job_steps_init (InfJobSteps *self)
{
  self->bold = pango_attr_list_new ();
  pango_attr_list_insert (self->bold, pango_attr_weight_new (PANGO_WEIGHT_BOLD));
  self->list = gtk_list_box_new ();
  gtk_list_box_set_selection_mode (GTK_LIST_BOX (self->list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (self->list, "boxed-list");
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Steps of the job"), -1);
  gtk_widget_set_parent (self->list, GTK_WIDGET (self));
  for (InfJobStepIndex i = 0; i < INF_JOB_N_STEPS; i++)
    {
      make_row (&self->rows[i], i);
      gtk_list_box_append (GTK_LIST_BOX (self->list), self->rows[i].row);
    }
}

static void
show_mark (InfJobSteps *self, Row *row, InfJobStepMark mark)
{
  /* nothing turns: who looks on while a job runs for hours needs the processor for it */
  static const char *const icons[]
      = { "content-loading-symbolic", "infinity-running-symbolic", "emblem-ok-symbolic",
          "dialog-error-symbolic", "infinity-stopped-symbolic" };
  static const char *const styles[] = { "to-come", "current", "done", "failed", "stopped" };
  const char *const classes[] = { "step-mark", styles[mark], NULL };

  gtk_image_set_from_icon_name (GTK_IMAGE (row->mark), icons[mark]);
  gtk_widget_set_css_classes (row->mark, (const char **)classes);
  /* not by a class: GTK 4.8 once kept the font of one that came and went within a frame */
  gtk_label_set_attributes (row->title, mark == INF_JOB_STEP_CURRENT ? self->bold : NULL);
  if (mark == INF_JOB_STEP_TO_COME)
    gtk_widget_add_css_class (GTK_WIDGET (row->title), "dim-label");
  else
    gtk_widget_remove_css_class (GTK_WIDGET (row->title), "dim-label");
}

/* Shows how the steps of a job stand now. */
void
inf_job_steps_show (InfJobSteps *self, const InfJobFacts *facts)
{
  gint64 now_unix = g_get_real_time ();

  for (InfJobStepIndex i = 0; i < INF_JOB_N_STEPS; i++)
    {
      Row *row = &self->rows[i];
      InfJobStepMark mark = inf_job_facts_get_mark (facts, i);
      g_autofree char *time = inf_job_words_step_time (facts, i, now_unix);
      g_autofree char *spoken
          = g_strdup_printf ("%s, %s %s", inf_job_words_step (i), inf_job_words_mark (mark), time);

      show_mark (self, row, mark);
      if (g_strcmp0 (gtk_label_get_text (row->time), time) != 0)
        gtk_label_set_text (row->time, time);
      gtk_accessible_update_property (GTK_ACCESSIBLE (row->row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                      spoken, -1);
    }
}
