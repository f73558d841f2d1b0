#include "client-app/inf-client-files-private.h"

#include "client-app/inf-file-list.h"
#include "client-app/inf-file-row.h"
#include "client-app/inf-transfer-row.h"
#include "widgets/inf-accessible.h"

#include <glib/gi18n.h>

/**
 * InfClientFiles:
 *
 * What this node holds and shares, by content, and what it fetches. Its actions are in
 * inf-client-files-actions.c.
 */
struct _InfClientFiles
{
  AdwBin parent_instance;

  InfClientModel *model;
  InfFileList *list;
  GtkCustomFilter *filter;
  GListModel *shown;
  char *folded;       /* what is searched */
  GHashTable *hidden; /* hashes of files that are about to be removed */
  GPtrArray *copies;  /* of InfCopying: of those files that are copied on this computer */
  AdwToastOverlay *toasts;
  GtkWidget *bar;
  GtkSearchEntry *search;
  GtkWidget *transfer_box;
  GtkListBox *transfers;
  GtkStack *stack;
  AdwStatusPage *problem;
  GtkListView *files;
};

G_DEFINE_FINAL_TYPE (InfClientFiles, inf_client_files, ADW_TYPE_BIN)

static gboolean
matches (gpointer item, gpointer user_data)
{
  InfClientFiles *self = user_data;

  return !g_hash_table_contains (self->hidden, inf_file_item_get_facts (item)->sha256)
         && (!self->folded || inf_file_item_matches (item, self->folded));
}

static const char *
choose_page (InfClientFiles *self)
{
  if (inf_file_list_get_problem (self->list))
    return "problem";
  if (!inf_file_list_is_loaded (self->list))
    return "loading";
  if (g_list_model_get_n_items (self->shown))
    return "files";
  return self->folded ? "nothing-found" : "empty";
}

static void
update (InfClientFiles *self)
{
  const char *page = choose_page (self);
  guint n_transfers = g_list_model_get_n_items (inf_file_list_get_transfers (self->list));

  gtk_stack_set_visible_child_name (self->stack, page);
  gtk_widget_set_visible (self->bar,
                          !g_str_equal (page, "loading") && !g_str_equal (page, "problem"));
  gtk_widget_set_visible (self->transfer_box, n_transfers > 0);
  if (inf_file_list_get_problem (self->list))
    adw_status_page_set_description (self->problem, inf_file_list_get_problem (self->list));
}

static void
refilter (InfClientFiles *self)
{
  gtk_filter_changed (GTK_FILTER (self->filter), GTK_FILTER_CHANGE_DIFFERENT);
  update (self);
}

static void
on_search_changed (InfClientFiles *self)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (self->search));

  g_free (self->folded);
  self->folded = *text ? g_utf8_casefold (text, -1) : NULL;
  refilter (self);
}

static void
on_reload (InfClientFiles *self)
{
  inf_file_list_reload (self->list);
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  gtk_list_item_set_child (list_item, inf_file_row_new ());
  gtk_list_item_set_activatable (list_item, FALSE);
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  inf_file_row_set_item (INF_FILE_ROW (gtk_list_item_get_child (list_item)),
                         gtk_list_item_get_item (list_item));
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item, gpointer user_data)
{
  inf_file_row_set_item (INF_FILE_ROW (gtk_list_item_get_child (list_item)), NULL);
}

static GtkWidget *
make_transfer_row (gpointer item, gpointer user_data)
{
  return inf_transfer_row_new (item);
}

static gboolean
on_drop (GtkDropTarget *target, const GValue *value, double x, double y, gpointer user_data)
{
  g_autoptr (GSList) files = gdk_file_list_get_files (g_value_get_boxed (value));

  for (GSList *at = files; at; at = at->next)
    if (g_file_peek_path (at->data))
      inf_client_files_add (user_data, g_file_peek_path (at->data));
  return TRUE;
}

/* Nobody tells when a file begins or ends to be in use. */
static void
inf_client_files_map (GtkWidget *widget)
{
  InfClientFiles *self = INF_CLIENT_FILES (widget);

  GTK_WIDGET_CLASS (inf_client_files_parent_class)->map (widget);
  if (self->list)
    inf_file_list_reload (self->list);
}

static void
inf_client_files_dispose (GObject *object)
{
  InfClientFiles *self = INF_CLIENT_FILES (object);

  if (self->list)
    {
      g_signal_handlers_disconnect_by_data (self->list, self);
      g_signal_handlers_disconnect_by_data (inf_file_list_get_transfers (self->list), self);
    }
  if (self->shown)
    g_signal_handlers_disconnect_by_data (self->shown, self);
  g_clear_object (&self->shown);
  g_clear_object (&self->list);
  g_clear_object (&self->model);
  g_clear_pointer (&self->folded, g_free);
  G_OBJECT_CLASS (inf_client_files_parent_class)->dispose (object);
}

static void
inf_client_files_finalize (GObject *object)
{
  InfClientFiles *self = INF_CLIENT_FILES (object);

  g_hash_table_unref (self->hidden);
  g_ptr_array_unref (self->copies);
  G_OBJECT_CLASS (inf_client_files_parent_class)->finalize (object);
}

static void
inf_client_files_class_init (InfClientFilesClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_client_files_dispose;
  G_OBJECT_CLASS (klass)->finalize = inf_client_files_finalize;
  widget_class->map = inf_client_files_map;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/Client/inf-client-files.ui");
  gtk_widget_class_bind_template_child (widget_class, InfClientFiles, toasts);
  gtk_widget_class_bind_template_child (widget_class, InfClientFiles, bar);
  gtk_widget_class_bind_template_child (widget_class, InfClientFiles, search);
  gtk_widget_class_bind_template_child (widget_class, InfClientFiles, transfer_box);
  gtk_widget_class_bind_template_child (widget_class, InfClientFiles, transfers);
  gtk_widget_class_bind_template_child (widget_class, InfClientFiles, stack);
  gtk_widget_class_bind_template_child (widget_class, InfClientFiles, problem);
  gtk_widget_class_bind_template_child (widget_class, InfClientFiles, files);
  gtk_widget_class_bind_template_callback (widget_class, on_search_changed);
  gtk_widget_class_bind_template_callback (widget_class, on_reload);
}

static void
inf_client_files_init (InfClientFiles *self)
{
  g_autoptr (GtkListItemFactory) factory = gtk_signal_list_item_factory_new ();
  GtkDropTarget *target = gtk_drop_target_new (GDK_TYPE_FILE_LIST, GDK_ACTION_COPY);

  self->hidden = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->copies = g_ptr_array_new_with_free_func (g_object_unref);
  gtk_widget_init_template (GTK_WIDGET (self));
  inf_accessible_follow_stack (GTK_WIDGET (self->stack));
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), NULL);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), NULL);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), NULL);
  gtk_list_view_set_factory (self->files, factory);
  g_signal_connect (target, "drop", G_CALLBACK (on_drop), self);
  gtk_widget_add_controller (GTK_WIDGET (self), GTK_EVENT_CONTROLLER (target));
  inf_client_files_add_actions (self);
}

/* @model: what it shows, once */
void
inf_client_files_set_model (InfClientFiles *self, InfClientModel *model)
{
  g_autoptr (GtkNoSelection) selection = NULL;

  g_return_if_fail (!self->model);

  self->model = g_object_ref (model);
  self->list = inf_file_list_new (inf_client_model_get_service (model));
  self->filter = gtk_custom_filter_new (matches, self, NULL);
  self->shown = G_LIST_MODEL (gtk_filter_list_model_new (
      g_object_ref (inf_file_list_get_files (self->list)), GTK_FILTER (self->filter)));
  selection = gtk_no_selection_new (g_object_ref (self->shown));
  gtk_list_view_set_model (self->files, GTK_SELECTION_MODEL (selection));
  gtk_list_box_bind_model (self->transfers, inf_file_list_get_transfers (self->list),
                           make_transfer_row, NULL, NULL);
  g_signal_connect_swapped (self->list, "changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (self->shown, "items-changed", G_CALLBACK (update), self);
  g_signal_connect_swapped (inf_file_list_get_transfers (self->list), "items-changed",
                            G_CALLBACK (update), self);
  update (self);
}

/* What there is fits into any width. */
void
inf_client_files_set_narrow (InfClientFiles *self, gboolean is_narrow)
{
}

/* Puts the cursor where one searches. */
void
inf_client_files_search (InfClientFiles *self)
{
  gtk_widget_grab_focus (GTK_WIDGET (self->search));
}

/* Returns: (transfer none) (nullable): infinityd's files, %NULL while it is away */
InfDBusFiles1 *
inf_client_files_get_proxy (InfClientFiles *self)
{
  return self->model ? inf_service_get_files (inf_client_model_get_service (self->model)) : NULL;
}

/* Returns: (transfer none) (nullable): the file of that hash */
InfFileItem *
inf_client_files_find (InfClientFiles *self, const char *sha256)
{
  GListModel *files = inf_file_list_get_files (self->list);

  for (guint i = 0; i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (InfFileItem) item = g_list_model_get_item (files, i);
      /* the list keeps it */
      if (g_str_equal (inf_file_item_get_facts (item)->sha256, sha256))
        return item;
    }
  return NULL;
}

/* Shows @message for a moment. */
void
inf_client_files_say (InfClientFiles *self, const char *message)
{
  g_autofree char *escaped = g_markup_escape_text (message, -1);

  inf_client_files_add_toast (self, adw_toast_new (escaped));
}

/* @toast: (transfer full) */
void
inf_client_files_add_toast (InfClientFiles *self, AdwToast *toast)
{
  adw_toast_overlay_add_toast (self->toasts, toast);
}

static void
show_copy (InfClientFiles *self, InfCopying *copying)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) transfer = NULL;

  g_variant_dict_insert (&dict, "id", "s", inf_copying_get_id (copying));
  g_variant_dict_insert (&dict, "name", "s", g_object_get_data (G_OBJECT (copying), "name"));
  g_variant_dict_insert (&dict, "state", "s", g_object_get_data (G_OBJECT (copying), "state"));
  g_variant_dict_insert (&dict, "size", "t", inf_copying_get_total_bytes (copying));
  g_variant_dict_insert (&dict, "got", "t", inf_copying_get_done_bytes (copying));
  g_variant_dict_insert (&dict, "began-unix", "x", inf_copying_get_began_unix (copying));
  transfer = g_variant_ref_sink (g_variant_dict_end (&dict));
  inf_file_list_take_transfer (self->list, transfer);
}

static void
on_copy_changed (InfCopying *copying, gpointer user_data)
{
  show_copy (user_data, copying);
}

/**
 * inf_client_files_begin_copy:
 * @self: the files
 * @state: adding or saving
 * @name: of the file
 *
 * Returns: (transfer none): what is seen among the files on their way until
 *   inf_client_files_end_copy()
 */
InfCopying *
inf_client_files_begin_copy (InfClientFiles *self, const char *state, const char *name)
{
  InfCopying *copying = inf_copying_new (inf_client_model_get_service (self->model));

  g_object_set_data_full (G_OBJECT (copying), "name", g_strdup (name), g_free);
  g_object_set_data_full (G_OBJECT (copying), "state", g_strdup (state), g_free);
  g_signal_connect_object (copying, "changed", G_CALLBACK (on_copy_changed), self, 0);
  g_ptr_array_add (self->copies, copying);
  show_copy (self, copying);
  return copying;
}

/* Returns: (transfer none) (nullable): the copy of that id */
InfCopying *
inf_client_files_find_copy (InfClientFiles *self, const char *id)
{
  for (guint i = 0; i < self->copies->len; i++)
    if (g_str_equal (inf_copying_get_id (self->copies->pdata[i]), id))
      return self->copies->pdata[i];
  return NULL;
}

void
inf_client_files_end_copy (InfClientFiles *self, InfCopying *copying)
{
  if (self->list)
    inf_file_list_drop_transfer (self->list, inf_copying_get_id (copying));
  g_ptr_array_remove (self->copies, copying);
}

/* Leaves a file out that is about to be removed. */
void
inf_client_files_hide (InfClientFiles *self, const char *sha256)
{
  g_hash_table_add (self->hidden, g_strdup (sha256));
  refilter (self);
}

void
inf_client_files_unhide (InfClientFiles *self, const char *sha256)
{
  g_hash_table_remove (self->hidden, sha256);
  if (self->list)
    refilter (self);
}
