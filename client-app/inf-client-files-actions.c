#include "client-app/inf-client-files-private.h"
#include "client-app/inf-file-words.h"
#include "common/inf-error.h"

#include <glib/gi18n.h>

#define UNDO_S 6

/* What is done with files, apart from showing them. */

static void
report (InfClientFiles *self, GError *error)
{
  g_dbus_error_strip_remote_error (error);
  inf_client_files_say (self, error->message);
}

/* @message: for when it is there */
static void
end_copy (InfClientFiles *self, InfCopying *copying, GError *error, const char *message)
{
  inf_client_files_end_copy (self, copying);
  if (inf_error_is_cancelled (error))
    inf_client_files_say (self, _ ("Cancelled"));
  else
    inf_client_files_say (self, error ? error->message : message);
  g_object_unref (self);
}

static void
on_added (InfCopying *copying, GVariant *answer, GError *error, gpointer user_data)
{
  end_copy (user_data, copying, error, _ ("Added. Others can fetch it by its hash now."));
}

/* @path: of a file of this machine */
void
inf_client_files_add (InfClientFiles *self, const char *path)
{
  InfDBusFiles1 *files = inf_client_files_get_proxy (self);
  g_autofree char *name = g_filename_display_basename (path);
  InfCopying *copying;

  if (!files)
    return;
  copying = inf_client_files_begin_copy (self, "adding", name);
  inf_copying_begin (copying, files, "Add",
                     g_variant_new ("(ss)", path, inf_copying_get_id (copying)), on_added,
                     g_object_ref (self));
}

static GtkFileChooserNative *
make_chooser (InfClientFiles *self, const char *title, GtkFileChooserAction action,
              const char *accept, GCallback on_response)
{
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
      title, GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self))), action, accept, _ ("_Cancel"));

  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect_object (chooser, "response", on_response, self, 0);
  return chooser;
}

static void
on_files_chosen (GtkNativeDialog *chooser, int response, gpointer user_data)
{
  g_autoptr (GListModel) chosen = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (chooser));

  for (guint i = 0; response == GTK_RESPONSE_ACCEPT && i < g_list_model_get_n_items (chosen); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (chosen, i);
      if (g_file_peek_path (file))
        inf_client_files_add (user_data, g_file_peek_path (file));
    }
  g_object_unref (chooser);
}

static void
do_add (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkFileChooserNative *chooser
      = make_chooser (user_data, _ ("Add Files"), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Add"),
                      G_CALLBACK (on_files_chosen));

  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
on_fetch_begun (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfClientFiles) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!inf_dbus_files1_call_fetch_finish (INF_DBUS_FILES1 (source), NULL, result, &error))
    report (self, error);
}

static void
on_fetch_response (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  GtkWidget *entry = adw_message_dialog_get_extra_child (dialog);
  g_autofree char *sha256
      = inf_file_words_parse_hash (gtk_editable_get_text (GTK_EDITABLE (entry)));
  InfDBusFiles1 *files = inf_client_files_get_proxy (user_data);

  if (g_str_equal (response, "fetch") && sha256 && files)
    inf_dbus_files1_call_fetch (files, sha256, "", "", NULL, on_fetch_begun,
                                g_object_ref (user_data));
}

static void
on_hash_typed (GtkEditable *entry, gpointer dialog)
{
  g_autofree char *sha256 = inf_file_words_parse_hash (gtk_editable_get_text (entry));

  adw_message_dialog_set_response_enabled (dialog, "fetch", sha256 != NULL);
}

static void
do_fetch (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (user_data));
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (
      window, _ ("Fetch a File"),
      _ ("Its SHA-256, as whoever has it can copy it: 64 digits and letters from a to f.")));
  GtkWidget *entry = gtk_entry_new ();

  gtk_entry_set_activates_default (GTK_ENTRY (entry), TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("SHA-256"), -1);
  adw_message_dialog_set_extra_child (dialog, entry);
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "fetch", _ ("_Fetch"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "fetch", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_response_enabled (dialog, "fetch", FALSE);
  adw_message_dialog_set_default_response (dialog, "fetch");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (entry, "changed", G_CALLBACK (on_hash_typed), dialog, 0);
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_fetch_response), user_data, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_cancelled (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfClientFiles) self = user_data;
  g_autoptr (GError) error = NULL;

  if (!inf_dbus_files1_call_cancel_transfer_finish (INF_DBUS_FILES1 (source), result, &error))
    report (self, error);
}

static void
do_cancel (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  InfDBusFiles1 *files = inf_client_files_get_proxy (user_data);
  InfCopying *copying
      = inf_client_files_find_copy (user_data, g_variant_get_string (parameter, NULL));

  if (copying)
    inf_copying_cancel (copying);
  else if (files)
    inf_dbus_files1_call_cancel_transfer (files, g_variant_get_string (parameter, NULL), NULL,
                                          on_cancelled, g_object_ref (user_data));
}

static void
do_copy_hash (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  gdk_clipboard_set_text (gtk_widget_get_clipboard (user_data),
                          g_variant_get_string (parameter, NULL));
  inf_client_files_say (user_data, _ ("Copied the hash"));
}

static void
on_saved (InfCopying *copying, GVariant *answer, GError *error, gpointer user_data)
{
  end_copy (user_data, copying, error, _ ("Saved"));
}

static void
save (InfClientFiles *self, InfDBusFiles1 *files, const char *sha256, const char *path)
{
  g_autofree char *name = g_filename_display_basename (path);
  InfCopying *copying = inf_client_files_begin_copy (self, "saving", name);

  inf_copying_begin (copying, files, "Save",
                     g_variant_new ("(sss)", sha256, path, inf_copying_get_id (copying)), on_saved,
                     g_object_ref (self));
}

static void
on_place_chosen (GtkNativeDialog *chooser, int response, gpointer user_data)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  const char *sha256 = g_object_get_data (G_OBJECT (chooser), "sha256");
  InfDBusFiles1 *files = inf_client_files_get_proxy (user_data);

  if (response == GTK_RESPONSE_ACCEPT && file && g_file_peek_path (file) && files)
    save (user_data, files, sha256, g_file_peek_path (file));
  g_object_unref (chooser);
}

static void
do_save (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *sha256 = g_variant_get_string (parameter, NULL);
  InfFileItem *item = inf_client_files_find (user_data, sha256);
  GtkFileChooserNative *chooser
      = make_chooser (user_data, _ ("Save a Copy"), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"),
                      G_CALLBACK (on_place_chosen));
  g_autofree char *name = g_path_get_basename (item && *inf_file_item_get_facts (item)->name
                                                   ? inf_file_item_get_facts (item)->name
                                                   : sha256);

  g_object_set_data_full (G_OBJECT (chooser), "sha256", g_strdup (sha256), g_free);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

typedef struct
{
  InfClientFiles *self;
  char *sha256;
} Removal;

static void
removal_free (Removal *removal)
{
  g_object_unref (removal->self);
  g_free (removal->sha256);
  g_free (removal);
}

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Removal *removal = user_data;
  g_autoptr (GError) error = NULL;

  /* FileRemoved takes it out of the list; what could not be removed is seen again */
  if (!inf_dbus_files1_call_remove_finish (INF_DBUS_FILES1 (source), result, &error))
    report (removal->self, error);
  inf_client_files_unhide (removal->self, removal->sha256);
  removal_free (removal);
}

static void
on_undo (AdwToast *toast, gpointer user_data)
{
  g_object_set_data (G_OBJECT (toast), "undone", toast);
}

/* The toast has gone: by itself, with its window, or because somebody changed their mind. */
static void
on_toast_gone (AdwToast *toast, gpointer user_data)
{
  Removal *removal = user_data;
  InfDBusFiles1 *files = inf_client_files_get_proxy (removal->self);

  if (!g_object_get_data (G_OBJECT (toast), "undone") && files)
    {
      inf_dbus_files1_call_remove (files, removal->sha256, NULL, on_removed, removal);
      return;
    }
  inf_client_files_unhide (removal->self, removal->sha256);
  removal_free (removal);
}

/* What is removed can't be had again, so it is removed only when it can't be undone any more. */
static void
do_remove (GSimpleAction *action, GVariant *parameter, gpointer user_data)
{
  const char *sha256 = g_variant_get_string (parameter, NULL);
  InfFileItem *item = inf_client_files_find (user_data, sha256);
  g_autofree char *name
      = inf_file_words_name (item ? inf_file_item_get_facts (item)->name : "", sha256);
  /* Translators: %s is a file's name */
  g_autofree char *message = g_strdup_printf (_ ("Removed %s"), name);
  g_autofree char *escaped = g_markup_escape_text (message, -1);
  AdwToast *toast = adw_toast_new (escaped);
  Removal *removal = g_new0 (Removal, 1);

  removal->self = g_object_ref (user_data);
  removal->sha256 = g_strdup (sha256);
  adw_toast_set_button_label (toast, _ ("_Undo"));
  adw_toast_set_timeout (toast, UNDO_S);
  g_signal_connect (toast, "button-clicked", G_CALLBACK (on_undo), NULL);
  g_signal_connect (toast, "dismissed", G_CALLBACK (on_toast_gone), removal);
  inf_client_files_hide (user_data, sha256);
  inf_client_files_add_toast (user_data, toast);
}

static const GActionEntry entries[] = {
  { "add", do_add },
  { "fetch", do_fetch },
  { "cancel", do_cancel, "s" },
  { "copy-hash", do_copy_hash, "s" },
  { "save", do_save, "s" },
  { "remove", do_remove, "s" },
};

void
inf_client_files_add_actions (InfClientFiles *self)
{
  g_autoptr (GSimpleActionGroup) actions = g_simple_action_group_new ();

  g_action_map_add_action_entries (G_ACTION_MAP (actions), entries, G_N_ELEMENTS (entries), self);
  gtk_widget_insert_action_group (GTK_WIDGET (self), "files", G_ACTION_GROUP (actions));
}
