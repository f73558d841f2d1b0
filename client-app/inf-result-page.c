#include "client-app/inf-result-page.h"

#include "client-app/inf-file-words.h"
#include "client-app/inf-output-row.h"
#include "client-app/inf-result-save.h"
#include "common/inf-error.h"
#include "widgets/inf-preview.h"

#include <glib/gi18n.h>

/**
 * InfResultPage:
 *
 * One result: its files, whether they are what the hosts made, a preview of the chosen one, and
 * what can be done with them. The files are checked when they are first seen.
 */
struct _InfResultPage
{
  AdwBin parent_instance;

  InfService *service;
  InfResultItem *item;
  InfResultItem *checked;    /* the last that was, or is being */
  GCancellable *cancellable; /* of the check */
  GSimpleActionGroup *actions;
  InfCopying *saving; /* NULL unless something is being saved */
  AdwToastOverlay *toasts;
  GtkLabel *name;
  GtkLabel *facts;
  GtkLabel *incomplete;
  GtkLabel *verdict;
  GtkWidget *busy;
  GtkLabel *saved;
  GtkProgressBar *bar;
  GtkListView *outputs;
  GtkWidget *files;
  InfPreview *preview;
};

G_DEFINE_FINAL_TYPE (InfResultPage, inf_result_page, ADW_TYPE_BIN)

static void
say (InfResultPage *self, const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);

  adw_toast_overlay_add_toast (self->toasts, adw_toast_new (escaped));
}

static guint64
add_up (InfResultItem *item, GArray *marks)
{
  GListModel *outputs = inf_result_item_get_outputs (item);
  guint64 size_bytes = 0;

  for (guint i = 0; i < g_list_model_get_n_items (outputs); i++)
    {
      g_autoptr (InfOutputItem) output = g_list_model_get_item (outputs, i);
      InfOutputMark mark = inf_output_item_get_mark (output);

      size_bytes += inf_output_item_get_size (output);
      g_array_append_val (marks, mark);
    }
  return size_bytes;
}

/* There is nothing to save in an empty result, though its log and manifest make an archive. */
static void
update_actions (InfResultPage *self)
{
  static const char *const names[] = { "archive", "save", "save-all" };
  gboolean has_files = g_list_model_get_n_items (inf_result_item_get_outputs (self->item)) > 0;

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    g_simple_action_set_enabled (
        G_SIMPLE_ACTION (g_action_map_lookup_action (G_ACTION_MAP (self->actions), names[i])),
        !self->saving && (has_files || i == 0));
}

static void
update (InfResultPage *self)
{
  g_autoptr (GArray) marks = g_array_new (FALSE, FALSE, sizeof (InfOutputMark));
  guint64 size_bytes = add_up (self->item, marks);
  g_autofree char *files = inf_result_words_files (marks->len, size_bytes);
  g_autofree char *when
      = inf_result_words_when (inf_result_item_get_finished_unix (self->item), g_get_real_time ());
  g_autofree char *facts
      = g_strdup_printf ("%s · %s · %s", inf_result_item_get_program (self->item), when, files);
  g_autofree char *verdict
      = inf_result_words_verdict ((const InfOutputMark *)(gpointer)marks->data, marks->len);

  gtk_label_set_text (self->name, inf_result_item_get_name (self->item));
  gtk_label_set_text (self->facts, facts);
  gtk_label_set_text (self->verdict, verdict);
  gtk_widget_set_visible (GTK_WIDGET (self->incomplete), !inf_result_item_is_complete (self->item));
  gtk_widget_set_visible (self->files, marks->len > 0);
  update_actions (self);
}

static void
on_checked (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfResultPage) self = user_data;
  g_autoptr (InfResultItem) item = self->checked ? g_object_ref (self->checked) : NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) answer = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
  g_autoptr (GVariant) marks = NULL;

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED) || !item)
    return;
  g_clear_object (&self->cancellable);
  if (answer)
    {
      g_variant_get (answer, "(@a(ss))", &marks);
      inf_result_item_take_marks (item, marks);
    }
  inf_result_item_set_checking (item, FALSE);
  if (error)
    {
      g_dbus_error_strip_remote_error (error);
      say (self, error->message);
    }
}

static void
stop_checking (InfResultPage *self)
{
  if (!self->cancellable)
    return;
  g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  inf_result_item_set_checking (self->checked, FALSE);
}

/* Hashing may take longer than any call does. */
static void
check (InfResultPage *self)
{
  InfDBusResults1 *results = inf_service_get_results (self->service);

  stop_checking (self);
  g_set_object (&self->checked, self->item);
  if (!results || !g_list_model_get_n_items (inf_result_item_get_outputs (self->item)))
    return;
  self->cancellable = g_cancellable_new ();
  inf_result_item_set_checking (self->item, TRUE);
  g_dbus_proxy_call (G_DBUS_PROXY (results), "Verify",
                     g_variant_new ("(s)", inf_result_item_get_name (self->item)),
                     G_DBUS_CALL_FLAGS_NONE, G_MAXINT, self->cancellable, on_checked,
                     g_object_ref (self));
}

static void
update_saving (InfResultPage *self)
{
  InfTransferFacts facts = { .state = (char *)"saving",
                             .size_bytes = inf_copying_get_total_bytes (self->saving),
                             .got_bytes = inf_copying_get_done_bytes (self->saving),
                             .began_unix = inf_copying_get_began_unix (self->saving) };
  g_autofree char *words = inf_file_words_transfer (&facts, g_get_real_time ());
  double fraction = inf_file_words_fraction (&facts);

  gtk_label_set_text (self->saved, words);
  gtk_progress_bar_set_show_text (self->bar, fraction >= 0);
  gtk_progress_bar_set_fraction (self->bar, MAX (fraction, 0));
}

static void
stop_following (InfResultPage *self)
{
  if (self->saving)
    g_signal_handlers_disconnect_by_data (self->saving, self);
  g_clear_object (&self->saving);
}

static void
on_save_begun (gpointer owner, InfCopying *copying)
{
  InfResultPage *self = owner;

  self->saving = g_object_ref (copying);
  g_signal_connect_swapped (copying, "changed", G_CALLBACK (update_saving), self);
  update_saving (self);
  update_actions (self);
  gtk_widget_set_visible (self->busy, TRUE);
}

static void
on_save_done (gpointer owner, const char *place, GError *error)
{
  InfResultPage *self = owner;
  g_autofree char *shown = place ? g_filename_display_name (place) : NULL;
  /* Translators: where something was saved */
  g_autofree char *message = place ? g_strdup_printf (_ ("Saved to %s"), shown) : NULL;

  stop_following (self);
  update_actions (self);
  gtk_widget_set_visible (self->busy, FALSE);
  if (inf_error_is_cancelled (error))
    say (self, _ ("Cancelled. Nothing was saved."));
  else
    say (self, message ? message : error->message);
}

static void
do_cancel_saving (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  InfResultPage *self = user_data;

  if (self->saving)
    inf_copying_cancel (self->saving);
}

static void
do_save (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  InfResultPage *self = user_data;
  const char *outputs[] = { g_variant_get_string (parameter, NULL), NULL };

  inf_result_save_outputs (GTK_WIDGET (self), self->service, inf_result_item_get_name (self->item),
                           outputs, on_save_begun, on_save_done);
}

static void
do_save_all (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  InfResultPage *self = user_data;

  inf_result_save_outputs (GTK_WIDGET (self), self->service, inf_result_item_get_name (self->item),
                           NULL, on_save_begun, on_save_done);
}

static void
do_archive (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  InfResultPage *self = user_data;

  inf_result_save_archive (GTK_WIDGET (self), self->service, inf_result_item_get_name (self->item),
                           g_variant_get_string (parameter, NULL), on_save_begun, on_save_done);
}

static void
on_folder_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfResultPage) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!g_app_info_launch_default_for_uri_finish (result, &error))
    say (self, error->message);
}

static void
do_open_folder (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  InfResultPage *self = user_data;
  g_autoptr (GFile) folder = g_file_new_for_path (inf_result_item_get_directory (self->item));
  g_autofree char *uri = g_file_get_uri (folder);

  g_app_info_launch_default_for_uri_async (uri, NULL, NULL, on_folder_opened, g_object_ref (self));
}

static void
do_check (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  check (user_data);
}

static void
do_show_job (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  InfResultPage *self = user_data;

  gtk_widget_activate_action (GTK_WIDGET (self), "win.show-job", "s",
                              inf_result_item_get_job (self->item));
}

static const GActionEntry entries[] = {
  { "save", do_save, "s" },
  { "save-all", do_save_all },
  { "archive", do_archive, "s" },
  { "check", do_check },
  { "open-folder", do_open_folder },
  { "show-job", do_show_job },
  { "cancel-saving", do_cancel_saving },
};

static void
on_selected (GtkSingleSelection *selection, GParamSpec *pspec, gpointer user_data)
{
  InfResultPage *self = user_data;
  InfOutputItem *output = gtk_single_selection_get_selected_item (selection);

  if (output)
    inf_preview_show_file (self->preview, inf_result_item_get_directory (self->item),
                           inf_output_item_get_name (output));
  else
    inf_preview_clear (self->preview);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  gtk_list_item_set_child (list_item, inf_output_row_new ());
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  inf_output_row_set_item (INF_OUTPUT_ROW (gtk_list_item_get_child (list_item)),
                           gtk_list_item_get_item (list_item));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  inf_output_row_set_item (INF_OUTPUT_ROW (gtk_list_item_get_child (list_item)), NULL);
}

static void
forget_item (InfResultPage *self)
{
  if (self->item)
    g_signal_handlers_disconnect_by_data (self->item, self);
  g_clear_object (&self->item);
}

static void
inf_result_page_dispose (GObject *object)
{
  InfResultPage *self = INF_RESULT_PAGE (object);

  stop_checking (self);
  stop_following (self);
  forget_item (self);
  g_clear_object (&self->checked);
  g_clear_object (&self->service);
  g_clear_object (&self->actions);
  G_OBJECT_CLASS (inf_result_page_parent_class)->dispose (object);
}

static void
inf_result_page_class_init (InfResultPageClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_result_page_dispose;
  g_type_ensure (INF_TYPE_PREVIEW);
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Client/inf-result-page.ui");
  gtk_widget_class_bind_template_child (widget_class, InfResultPage, toasts);
  gtk_widget_class_bind_template_child (widget_class, InfResultPage, name);
  gtk_widget_class_bind_template_child (widget_class, InfResultPage, facts);
  gtk_widget_class_bind_template_child (widget_class, InfResultPage, incomplete);
  gtk_widget_class_bind_template_child (widget_class, InfResultPage, verdict);
  gtk_widget_class_bind_template_child (widget_class, InfResultPage, busy);
  gtk_widget_class_bind_template_child (widget_class, InfResultPage, saved);
  gtk_widget_class_bind_template_child (widget_class, InfResultPage, bar);
  gtk_widget_class_bind_template_child (widget_class, InfResultPage, outputs);
  gtk_widget_class_bind_template_child (widget_class, InfResultPage, files);
  gtk_widget_class_bind_template_child (widget_class, InfResultPage, preview);
}

static void
inf_result_page_init (InfResultPage *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();

  gtk_widget_init_template (GTK_WIDGET (self));
  self->actions = g_simple_action_group_new ();
  g_action_map_add_action_entries (G_ACTION_MAP (self->actions), entries, G_N_ELEMENTS (entries),
                                   self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "result", G_ACTION_GROUP (self->actions));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_list_view_set_factory (self->outputs, factory);
}

/* Returns: (transfer none) (nullable): what it shows */
InfResultItem *
inf_result_page_get_item (InfResultPage *self)
{
  return self->item;
}

/* @service: what it asks; once */
void
inf_result_page_set_service (InfResultPage *self, InfService *service)
{
  self->service = g_object_ref (service);
}

/* Shows @item, and checks it unless that was the last it did. */
void
inf_result_page_show (InfResultPage *self, InfResultItem *item)
{
  g_autoptr (GtkSingleSelection) selection = NULL;

  forget_item (self);
  self->item = g_object_ref (item);
  g_signal_connect_swapped (item, "changed", G_CALLBACK (update), self);
  selection = gtk_single_selection_new (g_object_ref (inf_result_item_get_outputs (item)));
  g_signal_connect (selection, "notify::selected-item", G_CALLBACK (on_selected), self);
  gtk_list_view_set_model (self->outputs, GTK_SELECTION_MODEL (selection));
  on_selected (selection, NULL, self);
  update (self);
  if (self->checked != item)
    check (self);
  gtk_widget_grab_focus (GTK_WIDGET (self->outputs));
}
