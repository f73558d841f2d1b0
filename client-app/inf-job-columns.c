#include "client-app/inf-job-columns.h"

#include "client-app/inf-job-words.h"
#include "widgets/inf-cell.h"
#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>

#define JOB(item) inf_job_item_get_facts (INF_JOB_ITEM ((gpointer)(item)))
#define NAME_CHARS 16
#define STATE_CHARS 16
#define PROGRESS_CHARS 5
#define COMPARE(one, other) (((one) > (other)) - ((one) < (other)))

typedef struct
{
  const char *name; /* in the settings */
  GtkColumnViewColumn *column;
  GCompareDataFunc compare;
  gboolean is_narrow;  /* whether it is there where there is little room */
  gboolean is_wide;    /* whether it is there otherwise */
  gboolean is_ordered; /* by time or progress: the order changes while nothing is told */
  InfJobColumns *all;
} Column;

enum
{
  BRIEF,
  NAME,
  STATE,
  PROGRESS,
  ELAPSED,
  REMAINING,
  HOSTS,
  SPENT,
  SUBMITTED,
  N_COLUMNS
};

/**
 * InfJobColumns:
 *
 * The columns of a list of jobs, and what it is sorted by.
 *
 * GTK 4.8 does not say what a column view is sorted by. It is found out by having it compare an
 * item of ours: the first column that is asked is the one.
 */
struct _InfJobColumns
{
  GtkColumnView *view; /* not owned */
  Column columns[N_COLUMNS];
  InfJobItem *probe;
  InfJobItem *other;
  const Column *probed;
};

static char *
get_name (gpointer item)
{
  return g_strdup (JOB (item)->name);
}

static char *
get_elapsed (gpointer item)
{
  return inf_job_words_elapsed (JOB (item), g_get_real_time ());
}

static char *
get_remaining (gpointer item)
{
  return inf_job_words_remaining (JOB (item), g_get_real_time ());
}

static char *
get_hosts (gpointer item)
{
  return inf_job_words_hosts (JOB (item));
}

static char *
get_spent (gpointer item)
{
  return inf_phrase_credits ((gint64)MIN (JOB (item)->spent, G_MAXINT64));
}

static char *
get_submitted (gpointer item)
{
  return inf_job_words_submitted (JOB (item), g_get_real_time ());
}

static GtkWidget *
make_label (void)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_label_set_ellipsize (GTK_LABEL (label), PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  return label;
}

/* @label: (transfer none); @text: (transfer full) */
static void
say (GtkWidget *label, char *text)
{
  if (g_strcmp0 (gtk_label_get_text (GTK_LABEL (label)), text) != 0)
    gtk_label_set_text (GTK_LABEL (label), text);
  g_free (text);
}

static GtkWidget *
make_name (void)
{
  GtkWidget *label = make_label ();

  gtk_label_set_width_chars (GTK_LABEL (label), NAME_CHARS);
  return label;
}

static void
update_name (GtkWidget *cell, gpointer item)
{
  say (cell, get_name (item));
}

static void
show_icon (GtkWidget *image, gpointer item)
{
  const char *const classes[] = { inf_job_words_style (JOB (item)), "job-state", NULL };

  gtk_image_set_from_icon_name (GTK_IMAGE (image), inf_job_words_icon (JOB (item)));
  gtk_widget_set_css_classes (image, (const char **)classes);
}

static GtkWidget *
make_icon (void)
{
  return g_object_new (GTK_TYPE_IMAGE, "accessible-role", GTK_ACCESSIBLE_ROLE_PRESENTATION, NULL);
}

static GtkWidget *
make_state (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = make_label ();

  /* room for the state itself, and the beginning of a reason */
  gtk_label_set_width_chars (GTK_LABEL (label), STATE_CHARS);
  gtk_box_append (GTK_BOX (box), make_icon ());
  gtk_box_append (GTK_BOX (box), label);
  return box;
}

static void
update_state (GtkWidget *cell, gpointer item)
{
  GtkWidget *label = gtk_widget_get_last_child (cell);
  g_autofree char *status = inf_job_words_status (JOB (item));

  show_icon (gtk_widget_get_first_child (cell), item);
  /* the reason is often longer than the column is wide */
  if (g_strcmp0 (gtk_widget_get_tooltip_text (label), status) != 0)
    gtk_widget_set_tooltip_text (label, status);
  say (label, g_steal_pointer (&status));
}

static GtkWidget *
make_progress (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *label = gtk_label_new (NULL);

  gtk_label_set_width_chars (GTK_LABEL (label), PROGRESS_CHARS);
  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "numeric");
  gtk_box_append (GTK_BOX (box), label);
  return box;
}

/* Most jobs are over: a bar, which is four widgets, is made for the cells that need one. */
static GtkWidget *
add_bar (GtkWidget *cell)
{
  GtkWidget *bar = gtk_progress_bar_new ();

  gtk_widget_set_valign (bar, GTK_ALIGN_CENTER);
  gtk_widget_set_hexpand (bar, TRUE);
  gtk_widget_add_css_class (bar, "short");
  gtk_box_prepend (GTK_BOX (cell), bar);
  gtk_widget_set_hexpand (gtk_widget_get_last_child (cell), FALSE);
  return bar;
}

static void
update_progress (GtkWidget *cell, gpointer item)
{
  GtkWidget *bar = gtk_widget_get_first_child (cell);
  GtkWidget *label = gtk_widget_get_last_child (cell);
  gboolean is_shown = inf_job_facts_has_progress (JOB (item));

  if (bar == label)
    bar = is_shown ? add_bar (cell) : NULL;
  if (bar)
    gtk_widget_set_visible (bar, is_shown);
  if (is_shown)
    gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (bar), MIN (JOB (item)->progress, 1));
  say (label, is_shown ? inf_job_words_progress (JOB (item)) : g_strdup (""));
}

/* Everything, where there is room for one column. */
static GtkWidget *
make_brief (void)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 12);
  GtkWidget *lines = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  GtkWidget *name = make_label ();
  GtkWidget *brief = make_label ();

  gtk_widget_add_css_class (brief, "caption");
  gtk_widget_add_css_class (brief, "dim-label");
  gtk_box_append (GTK_BOX (lines), name);
  gtk_box_append (GTK_BOX (lines), brief);
  gtk_box_append (GTK_BOX (box), make_icon ());
  gtk_box_append (GTK_BOX (box), lines);
  return box;
}

static void
update_brief (GtkWidget *cell, gpointer item)
{
  GtkWidget *lines = gtk_widget_get_last_child (cell);

  show_icon (gtk_widget_get_first_child (cell), item);
  say (gtk_widget_get_first_child (lines), get_name (item));
  say (gtk_widget_get_last_child (lines), inf_job_words_brief (JOB (item), g_get_real_time ()));
}

static int
compare_names (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return g_strcmp0 (inf_job_item_get_name_key (INF_JOB_ITEM ((gpointer)a)),
                    inf_job_item_get_name_key (INF_JOB_ITEM ((gpointer)b)));
}

static int
compare_states (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return COMPARE (inf_job_facts_get_order (JOB (a)), inf_job_facts_get_order (JOB (b)));
}

static int
compare_progress (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return COMPARE (JOB (a)->progress, JOB (b)->progress);
}

static int
compare_elapsed (gconstpointer a, gconstpointer b, gpointer user_data)
{
  gint64 now_unix = g_get_real_time ();

  return COMPARE (inf_job_facts_get_elapsed (JOB (a), now_unix),
                  inf_job_facts_get_elapsed (JOB (b), now_unix));
}

static int
compare_remaining (gconstpointer a, gconstpointer b, gpointer user_data)
{
  gint64 now_unix = g_get_real_time ();

  return COMPARE (inf_job_facts_get_remaining (JOB (a), now_unix),
                  inf_job_facts_get_remaining (JOB (b), now_unix));
}

static int
compare_hosts (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return COMPARE (JOB (a)->nodes, JOB (b)->nodes);
}

static int
compare_spent (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return COMPARE (JOB (a)->spent, JOB (b)->spent);
}

static int
compare_submitted (gconstpointer a, gconstpointer b, gpointer user_data)
{
  return COMPARE (JOB (a)->submitted_unix, JOB (b)->submitted_unix);
}

static int
compare (gconstpointer a, gconstpointer b, gpointer user_data)
{
  const Column *column = user_data;

  if (a != column->all->probe)
    return column->compare (a, b, NULL);
  column->all->probed = column;
  return -1;
}

static void
add_columns (InfJobColumns *self)
{
  const Column columns[N_COLUMNS] = {
    [BRIEF] = { "submitted", inf_cell_add_widget (self->view, _ ("Job"), make_brief, update_brief),
                compare_submitted, TRUE, FALSE, FALSE },
    [NAME] = { "name", inf_cell_add_widget (self->view, _ ("Name"), make_name, update_name),
               compare_names, FALSE, TRUE, FALSE },
    [STATE] = { "state", inf_cell_add_widget (self->view, _ ("State"), make_state, update_state),
                compare_states, FALSE, TRUE, TRUE },
    [PROGRESS] = { "progress",
                   inf_cell_add_widget (self->view, _ ("Progress"), make_progress, update_progress),
                   compare_progress, FALSE, TRUE, TRUE },
    [ELAPSED] = { "elapsed", inf_cell_add_number (self->view, _ ("Elapsed"), get_elapsed, NULL),
                  compare_elapsed, FALSE, TRUE, TRUE },
    /* Translators: how long a job will take yet */
    [REMAINING] = { "remaining", inf_cell_add_number (self->view, _ ("Left"), get_remaining, NULL),
                    compare_remaining, FALSE, TRUE, TRUE },
    [HOSTS] = { "hosts", inf_cell_add_column (self->view, _ ("Hosts"), get_hosts, NULL),
                compare_hosts, FALSE, TRUE, FALSE },
    [SPENT] = { "spent", inf_cell_add_number (self->view, _ ("Spent"), get_spent, NULL),
                compare_spent, TRUE, TRUE, TRUE },
    [SUBMITTED]
    = { "submitted", inf_cell_add_column (self->view, _ ("Submitted"), get_submitted, NULL),
        compare_submitted, FALSE, TRUE, FALSE },
  };

  memcpy (self->columns, columns, sizeof columns);
}

/**
 * inf_job_columns_new:
 * @view: a list of #InfJobItem without columns, which lives longer
 *
 * Returns: (transfer full): its columns
 */
InfJobColumns *
inf_job_columns_new (GtkColumnView *view)
{
  InfJobColumns *self = g_new0 (InfJobColumns, 1);

  self->view = view;
  self->probe = g_object_new (INF_TYPE_JOB_ITEM, NULL);
  self->other = g_object_new (INF_TYPE_JOB_ITEM, NULL);
  add_columns (self);
  for (guint i = 0; i < N_COLUMNS; i++)
    {
      g_autoptr (GtkSorter) sorter
          = GTK_SORTER (gtk_custom_sorter_new (compare, &self->columns[i], NULL));

      self->columns[i].all = self;
      gtk_column_view_column_set_sorter (self->columns[i].column, sorter);
    }
  gtk_column_view_column_set_expand (self->columns[BRIEF].column, TRUE);
  gtk_column_view_column_set_expand (self->columns[NAME].column, TRUE);
  gtk_column_view_column_set_expand (self->columns[STATE].column, TRUE);
  inf_job_columns_set_narrow (self, FALSE);
  return self;
}

void
inf_job_columns_free (InfJobColumns *self)
{
  if (!self)
    return;
  for (guint i = 0; i < N_COLUMNS; i++)
    gtk_column_view_column_set_sorter (self->columns[i].column, NULL);
  g_object_unref (self->probe);
  g_object_unref (self->other);
  g_free (self);
}

static const Column *
find_sorted (InfJobColumns *self, gboolean *ret_is_descending)
{
  GtkSorter *sorter = gtk_column_view_get_sorter (self->view);
  GtkOrdering ordering;

  self->probed = NULL;
  ordering = gtk_sorter_compare (sorter, self->probe, self->other);
  *ret_is_descending = ordering == GTK_ORDERING_LARGER;
  return self->probed;
}

/**
 * inf_job_columns_get_sort:
 * @self: columns
 * @ret_is_descending: (out): which way
 *
 * Returns: (transfer full): the name of the column that the list is sorted by, "" for none
 */
char *
inf_job_columns_get_sort (InfJobColumns *self, gboolean *ret_is_descending)
{
  const Column *column = find_sorted (self, ret_is_descending);

  return g_strdup (column ? column->name : "");
}

/* Returns: whether time and news change the order */
gboolean
inf_job_columns_sort_moves (InfJobColumns *self)
{
  gboolean is_descending;
  const Column *column = find_sorted (self, &is_descending);

  return column && column->is_ordered;
}

/* Leaves out what there is no room for. */
void
inf_job_columns_set_narrow (InfJobColumns *self, gboolean is_narrow)
{
  for (guint i = 0; i < N_COLUMNS; i++)
    gtk_column_view_column_set_visible (
        self->columns[i].column, is_narrow ? self->columns[i].is_narrow : self->columns[i].is_wide);
}

/* @name: of a column; what is not known is taken for the time of submitting */
void
inf_job_columns_set_sort (InfJobColumns *self, const char *name, gboolean is_descending)
{
  guint index = SUBMITTED;

  for (guint i = NAME; i < N_COLUMNS; i++)
    if (g_str_equal (self->columns[i].name, name))
      index = i;
  gtk_column_view_sort_by_column (self->view, NULL, GTK_SORT_ASCENDING);
  gtk_column_view_sort_by_column (self->view, self->columns[index].column,
                                  is_descending ? GTK_SORT_DESCENDING : GTK_SORT_ASCENDING);
}

/* Puts the jobs into order as they are now. */
void
inf_job_columns_sort_again (InfJobColumns *self)
{
  gboolean is_descending;
  const Column *column = find_sorted (self, &is_descending);

  if (column)
    gtk_sorter_changed (gtk_column_view_column_get_sorter (column->column),
                        GTK_SORTER_CHANGE_DIFFERENT);
}
