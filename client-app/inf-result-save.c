#include "client-app/inf-result-save.h"

#include "client-app/inf-result-words.h"

#include <glib/gi18n.h>

/* Asks where to, and has infinityd write it there, verified on the way. */

typedef struct
{
  GtkWidget *owner;
  InfService *service;
  char *result;
  char **outputs; /* (nullable): all */
  char *place;
  InfResultSaveBegun begun;
  InfResultSaveDone done;
} Saving;

static Saving *
saving_new (GtkWidget *owner, InfService *service, const char *result, const char *const *outputs,
            InfResultSaveBegun begun, InfResultSaveDone done)
{
  Saving *saving = g_new0 (Saving, 1);

  saving->owner = g_object_ref (owner);
  saving->service = g_object_ref (service);
  saving->result = g_strdup (result);
  saving->outputs = g_strdupv ((char **)outputs);
  saving->begun = begun;
  saving->done = done;
  return saving;
}

static void
saving_free (Saving *saving)
{
  g_object_unref (saving->owner);
  g_object_unref (saving->service);
  g_free (saving->result);
  g_strfreev (saving->outputs);
  g_free (saving->place);
  g_free (saving);
}

static void
on_saved (InfCopying *copying, GVariant *answer, GError *error, gpointer user_data)
{
  Saving *saving = user_data;

  saving->done (saving->owner, answer ? saving->place : NULL, error);
  saving_free (saving);
}

/* @arguments: (transfer floating): of @method */
static void
call (Saving *saving, InfCopying *copying, const char *method, GVariant *arguments)
{
  g_autoptr (GVariant) owned = g_variant_ref_sink (arguments);
  InfDBusResults1 *results = inf_service_get_results (saving->service);

  if (!results)
    {
      saving_free (saving);
      return;
    }
  saving->begun (saving->owner, copying);
  inf_copying_begin (copying, results, method, owned, on_saved, saving);
}

/* Takes @saving. All of a result goes to a folder of its name, so that it mixes with nothing. */
static void
save_outputs (Saving *saving, const char *directory)
{
  g_autofree char *folder = inf_result_words_archive_name (saving->result, "");
  g_autoptr (InfCopying) copying = inf_copying_new (saving->service);
  const char *id = inf_copying_get_id (copying);

  if (saving->outputs)
    {
      saving->place = g_strdup (directory);
      call (saving, copying, "ExportSome",
            g_variant_new ("(s^asss)", saving->result, saving->outputs, directory, id));
      return;
    }
  saving->place = g_build_filename (directory, folder, NULL);
  call (saving, copying, "Export", g_variant_new ("(sss)", saving->result, saving->place, id));
}

static void
save_archive (Saving *saving, const char *file)
{
  g_autoptr (InfCopying) copying = inf_copying_new (saving->service);

  saving->place = g_strdup (file);
  call (saving, copying, "Archive",
        g_variant_new ("(sss)", saving->result, file, inf_copying_get_id (copying)));
}

typedef void (*Save) (Saving *saving, const char *path);

static void
on_chosen (GtkNativeDialog *chooser, int response, gpointer user_data)
{
  Save save = (Save)g_object_get_data (G_OBJECT (chooser), "save");
  g_autoptr (GFile) file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (chooser));
  const char *path = file ? g_file_peek_path (file) : NULL;

  if (response == GTK_RESPONSE_ACCEPT && path)
    save (user_data, path);
  else
    saving_free (user_data);
  g_object_unref (chooser);
}

static void
choose (Saving *saving, const char *title, GtkFileChooserAction action, const char *name, Save save)
{
  GtkWindow *window = GTK_WINDOW (gtk_widget_get_root (saving->owner));
  GtkFileChooserNative *chooser
      = gtk_file_chooser_native_new (title, window, action, _ ("_Save"), _ ("_Cancel"));

  if (name)
    gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (chooser), name);
  g_object_set_data (G_OBJECT (chooser), "save", save);
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (chooser), TRUE);
  g_signal_connect (chooser, "response", G_CALLBACK (on_chosen), saving);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (chooser));
}

/**
 * inf_result_save_outputs:
 * @owner: asked in its window, and kept until it is done
 * @service: whose result it is
 * @result: its name
 * @outputs: (nullable): relative names, %NULL for all
 * @begun: called when it begins
 * @done: called when it is done, if it began
 *
 * Asks for a folder and saves there.
 */
void
inf_result_save_outputs (GtkWidget *owner, InfService *service, const char *result,
                         const char *const *outputs, InfResultSaveBegun begun,
                         InfResultSaveDone done)
{
  choose (saving_new (owner, service, result, outputs, begun, done), _ ("Save To"),
          GTK_FILE_CHOOSER_ACTION_SELECT_FOLDER, NULL, save_outputs);
}

/* As inf_result_save_outputs(), to one file. @ending: .zip, .tar.gz or .tar.zst */
void
inf_result_save_archive (GtkWidget *owner, InfService *service, const char *result,
                         const char *ending, InfResultSaveBegun begun, InfResultSaveDone done)
{
  g_autofree char *name = inf_result_words_archive_name (result, ending);

  choose (saving_new (owner, service, result, NULL, begun, done), _ ("Export as an Archive"),
          GTK_FILE_CHOOSER_ACTION_SAVE, name, save_archive);
}
