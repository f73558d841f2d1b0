#include "widgets/inf-identity-file.h"

#include <adwaita.h>
#include <glib/gi18n.h>

#define MAX_BYTES (64 * 1024 * 1024)

/* The file that an identity travels in: choosing it, reading it, writing it. */

typedef struct
{
  GtkWindow *parent; /* (nullable): weak */
  GObject *owner;
  InfIdentityFileFunc func;
  InfIdentityFileDone done;
  GBytes *bytes;
} Request;

static Request *
request_new (GtkWindow *parent, GObject *owner)
{
  Request *request = g_new0 (Request, 1);

  g_set_weak_pointer (&request->parent, parent);
  request->owner = g_object_ref (owner);
  return request;
}

static void
request_free (gpointer data)
{
  Request *request = data;

  g_clear_weak_pointer (&request->parent);
  g_object_unref (request->owner);
  g_clear_pointer (&request->bytes, g_bytes_unref);
  g_free (request);
}

static void
on_passphrase (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  Request *request = user_data;
  GtkWidget *entry = adw_message_dialog_get_extra_child (dialog);

  /* what has the focus outlives the entry that it is a part of, which GTK 4.8 then looks for */
  gtk_window_set_focus (GTK_WINDOW (dialog), NULL);
  if (g_str_equal (response, "import"))
    request->func (request->owner, request->bytes, gtk_editable_get_text (GTK_EDITABLE (entry)),
                   NULL);
  request_free (request);
}

static void
ask_for_passphrase (Request *request)
{
  GtkWidget *widget = adw_message_dialog_new (request->parent, _ ("Passphrase of the Identity"),
                                              _ ("The file is sealed with a passphrase."));
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (widget);
  GtkWidget *entry = gtk_password_entry_new ();

  g_object_set (entry, "show-peek-icon", TRUE, "activates-default", TRUE, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Passphrase"), -1);
  adw_message_dialog_set_extra_child (dialog, entry);
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "import", _ ("_Import"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "import", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "import");
  g_signal_connect (dialog, "response", G_CALLBACK (on_passphrase), request);
  gtk_window_present (GTK_WINDOW (dialog));
}

static void
on_loaded (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Request *request = user_data;
  g_autoptr (GError) error = NULL;

  request->bytes = g_file_load_bytes_finish (G_FILE (source), result, NULL, &error);
  if (request->bytes && g_bytes_get_size (request->bytes) <= MAX_BYTES)
    {
      ask_for_passphrase (request);
      return;
    }
  request->func (request->owner, NULL, NULL,
                 error ? error->message : _ ("This file is too large for an identity."));
  request_free (request);
}

static void
on_opened (GtkNativeDialog *chooser, int response, gpointer user_data)
{
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));

  if (response == GTK_RESPONSE_ACCEPT && file)
    g_file_load_bytes_async (file, NULL, on_loaded, user_data);
  else
    request_free (user_data);
  g_object_unref (chooser);
}

/**
 * inf_identity_file_open:
 * @parent: the window to ask in
 * @func: called with what was chosen
 * @owner: kept until then
 *
 * Asks for a file and for the passphrase that seals it.
 */
void
inf_identity_file_open (GtkWindow *parent, InfIdentityFileFunc func, GObject *owner)
{
  Request *request = request_new (parent, owner);
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
      _ ("Import an Identity"), parent, GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"), _ ("_Cancel"));

  request->func = func;
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (on_opened), request);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

static void
on_stored (GObject *source, GAsyncResult *result, gpointer user_data)
{
  Request *request = user_data;
  g_autoptr (GError) error = NULL;

  g_file_replace_contents_finish (G_FILE (source), result, NULL, &error);
  request->done (request->owner, error ? error->message : NULL);
  request_free (request);
}

static void
on_place_chosen (GtkNativeDialog *chooser, int response, gpointer user_data)
{
  Request *request = user_data;
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));

  /* private: it is sealed, and still nobody else's business */
  if (response == GTK_RESPONSE_ACCEPT && file)
    g_file_replace_contents_bytes_async (file, request->bytes, NULL, FALSE, G_FILE_CREATE_PRIVATE,
                                         NULL, on_stored, request);
  else
    request_free (request);
  g_object_unref (chooser);
}

/**
 * inf_identity_file_save:
 * @parent: the window to ask in
 * @bytes: an exported identity
 * @name: a file name to suggest
 * @done: called when it is stored, or not
 * @owner: kept until then
 *
 * Asks for a place, and stores the identity there for nobody else to read.
 */
void
inf_identity_file_save (GtkWindow *parent, GBytes *bytes, const char *name,
                        InfIdentityFileDone done, GObject *owner)
{
  Request *request = request_new (parent, owner);
  GtkFileChooserNative *chooser = gtk_file_chooser_native_new (
      _ ("Export the Identity"), parent, GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"), _ ("_Cancel"));

  request->bytes = g_bytes_ref (bytes);
  request->done = done;
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (on_place_chosen), request);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}
