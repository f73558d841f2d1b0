#include "client-app/inf-client-submit-private.h"

#include "client-app/inf-job-file.h"

#include <glib/gi18n.h>
#include <string.h>

/* Files that are chosen and dropped, and job files. */

#define LAST_JOB "last-job"

static GtkWindow *
get_window (InfClientSubmit *self)
{
  return GTK_WINDOW (gtk_widget_get_root (GTK_WIDGET (self)));
}

static void
choose (InfClientSubmit *self, const char *title, GtkFileChooserAction action, const char *accept,
        GCallback on_response)
{
  g_clear_object (&self->chooser);
  self->chooser
      = gtk_file_chooser_native_new (title, get_window (self), action, accept, _ ("_Cancel"));
  gtk_native_dialog_set_modal (GTK_NATIVE_DIALOG (self->chooser), TRUE);
  g_signal_connect_object (self->chooser, "response", on_response, self, G_CONNECT_SWAPPED);
}

static void
on_inputs_chosen (InfClientSubmit *self, int response)
{
  g_autoptr (GListModel) files = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    files = gtk_file_chooser_get_files (GTK_FILE_CHOOSER (self->chooser));
  for (guint i = 0; files && i < g_list_model_get_n_items (files); i++)
    {
      g_autoptr (GFile) file = g_list_model_get_item (files, i);
      g_autofree char *path = g_file_get_path (file);
      if (path)
        inf_submission_add_input (self->form, path);
    }
  g_clear_object (&self->chooser);
  inf_client_submit_list_inputs (self);
  inf_client_submit_edited (self);
}

void
inf_client_submit_choose_inputs (InfClientSubmit *self)
{
  choose (self, _ ("Add Files"), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Add"),
          G_CALLBACK (on_inputs_chosen));
  gtk_file_chooser_set_select_multiple (GTK_FILE_CHOOSER (self->chooser), TRUE);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/**
 * inf_client_submit_take_file:
 * @self: the page
 * @file: a file that was dropped
 *
 * Puts it where it belongs: a job file fills in the form; another is the program or the file that
 * is still missing, else one more input.
 */
void
inf_client_submit_take_file (InfClientSubmit *self, GFile *file)
{
  g_autofree char *path = g_file_get_path (file);
  g_autofree char *field = NULL;

  if (!path || !self->form || g_file_test (path, G_FILE_TEST_IS_DIR))
    {
      inf_client_model_say (self->model, _ ("Only files of this computer can be sent. Pack a"
                                            " folder into one file."));
      return;
    }
  if (g_str_has_suffix (path, INF_JOB_FILE_SUFFIX))
    {
      inf_client_submit_open_job_file (self, file);
      return;
    }
  field = inf_submission_place_file (self->form, inf_client_submit_get_task (self),
                                     g_file_test (path, G_FILE_TEST_IS_EXECUTABLE));
  if (field)
    inf_submission_set_field (self->form, field, path);
  else
    inf_submission_add_input (self->form, path);
  inf_client_submit_fill (self);
  inf_client_submit_edited (self);
}

typedef struct
{
  InfClientSubmit *self;
  GFile *file;
  GInputStream *stream;
  char *data;
} Opening;

static void
opening_free (Opening *opening)
{
  g_object_unref (opening->self);
  g_object_unref (opening->file);
  g_clear_object (&opening->stream);
  g_free (opening->data);
  g_free (opening);
}

G_DEFINE_AUTOPTR_CLEANUP_FUNC (Opening, opening_free)

static void
take_job_file (Opening *opening, gsize length, GError **error)
{
  g_autoptr (GFile) folder = g_file_get_parent (opening->file);
  g_autofree char *path = folder ? g_file_get_path (folder) : NULL;
  g_autofree char *name = g_file_get_basename (opening->file);
  g_autofree char *shown = g_filename_display_name (name);
  g_autofree char *said = NULL;
  g_autoptr (GVariant) spec = inf_job_file_parse (opening->data, length, path ? path : "/", error);

  if (!spec)
    return;
  inf_client_submit_take_spec (opening->self, spec);
  /* Translators: a file's name */
  said = g_strdup_printf (_ ("%s is filled in. Look at what it sends before you run it."), shown);
  inf_client_model_say (opening->self->model, said);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Opening) opening = user_data;
  g_autoptr (GError) error = NULL;
  gsize length = 0;

  g_input_stream_read_all_finish (G_INPUT_STREAM (source), result, &length, &error);
  if (!opening->self->model)
    return;
  if (!error)
    take_job_file (opening, length, &error);
  if (error)
    inf_client_model_report (opening->self->model, error);
}

static void
on_opened (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Opening) opening = user_data;
  g_autoptr (GError) error = NULL;
  GFileInputStream *stream = g_file_read_finish (G_FILE (source), result, &error);

  if (!opening->self->model)
    return;
  if (!stream)
    {
      inf_client_model_report (opening->self->model, error);
      return;
    }
  opening->stream = G_INPUT_STREAM (stream);
  /* one more than is taken tells that it is too long */
  opening->data = g_malloc (INF_JOB_FILE_MAX_BYTES + 1);
  g_input_stream_read_all_async (opening->stream, opening->data, INF_JOB_FILE_MAX_BYTES + 1,
                                 G_PRIORITY_DEFAULT, NULL, on_read, opening);
  g_steal_pointer (&opening);
}

/**
 * inf_client_submit_open_job_file:
 * @self: the page
 * @file: a job file, from anyone
 *
 * Fills in the form with it; or says what is wrong with it.
 */
void
inf_client_submit_open_job_file (InfClientSubmit *self, GFile *file)
{
  Opening *opening = g_new0 (Opening, 1);

  opening->self = g_object_ref (self);
  opening->file = g_object_ref (file);
  g_file_read_async (file, G_PRIORITY_DEFAULT, NULL, on_opened, opening);
}

static void
add_filter (InfClientSubmit *self)
{
  g_autoptr (GtkFileFilter) filter = gtk_file_filter_new ();

  gtk_file_filter_set_name (filter, _ ("Job Files"));
  gtk_file_filter_add_pattern (filter, "*" INF_JOB_FILE_SUFFIX);
  gtk_file_chooser_add_filter (GTK_FILE_CHOOSER (self->chooser), filter);
}

static void
on_job_file_chosen (InfClientSubmit *self, int response)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
  g_clear_object (&self->chooser);
  if (file)
    inf_client_submit_open_job_file (self, file);
}

void
inf_client_submit_choose_job_file (InfClientSubmit *self)
{
  choose (self, _ ("Open Job File"), GTK_FILE_CHOOSER_ACTION_OPEN, _ ("_Open"),
          G_CALLBACK (on_job_file_chosen));
  add_filter (self);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

static void
on_saved (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (InfClientSubmit) self = user_data;
  g_autoptr (GError) error = NULL;

  g_file_replace_contents_finish (G_FILE (source), result, NULL, &error);
  if (!self->model)
    return;
  if (error)
    inf_client_model_report (self->model, error);
  else
    inf_client_model_say (self->model, _ ("The job file is saved"));
}

static void
write_job_file (InfClientSubmit *self, GFile *file)
{
  g_autoptr (GFile) folder = g_file_get_parent (file);
  g_autofree char *path = folder ? g_file_get_path (folder) : NULL;
  g_autofree char *text = inf_job_file_format (self->spec, path ? path : "/");
  g_autoptr (GBytes) bytes = g_bytes_new (text, strlen (text));

  g_file_replace_contents_bytes_async (file, bytes, NULL, FALSE, G_FILE_CREATE_NONE, NULL, on_saved,
                                       g_object_ref (self));
}

static void
on_place_chosen (InfClientSubmit *self, int response)
{
  g_autoptr (GFile) file = NULL;

  if (response == GTK_RESPONSE_ACCEPT)
    file = gtk_file_chooser_get_file (GTK_FILE_CHOOSER (self->chooser));
  g_clear_object (&self->chooser);
  if (file && self->spec)
    write_job_file (self, file);
}

void
inf_client_submit_save_job_file (InfClientSubmit *self)
{
  g_autofree char *base = NULL;
  g_autofree char *name = NULL;

  if (!self->spec)
    {
      inf_client_model_say (self->model, _ ("Fill in the form first."));
      return;
    }
  base
      = *self->form->name ? g_strdup (self->form->name) : g_path_get_basename (self->form->program);
  name = g_strconcat (base, INF_JOB_FILE_SUFFIX, NULL);
  choose (self, _ ("Save as Job File"), GTK_FILE_CHOOSER_ACTION_SAVE, _ ("_Save"),
          G_CALLBACK (on_place_chosen));
  add_filter (self);
  gtk_file_chooser_set_current_name (GTK_FILE_CHOOSER (self->chooser), name);
  gtk_native_dialog_show (GTK_NATIVE_DIALOG (self->chooser));
}

/* What is run is what the form begins with the next time. */
void
inf_client_submit_remember (InfClientSubmit *self)
{
  g_autofree char *text = inf_job_file_format (self->spec, "/");

  g_settings_set_string (self->settings, LAST_JOB, text);
}

/* Returns: (transfer full) (nullable): what was run last */
GVariant *
inf_client_submit_recall (InfClientSubmit *self)
{
  g_autofree char *text = g_settings_get_string (self->settings, LAST_JOB);

  return inf_job_file_parse (text, strlen (text), "/", NULL);
}
