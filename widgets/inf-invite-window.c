#include "widgets/inf-invite-window.h"

#include "widgets/inf-phrases.h"

#include <glib/gi18n.h>

/**
 * InfInviteWindow:
 *
 * Makes an invite and shows it for passing on.
 */
struct _InfInviteWindow
{
  AdwWindow parent_instance;

  GCancellable *cancellable;
  GtkLabel *text;
  GtkWidget *frame;
  GtkTextView *token;
  GtkButton *copy;
};

G_DEFINE_FINAL_TYPE (InfInviteWindow, inf_invite_window, ADW_TYPE_WINDOW)

static void
on_copy_clicked (InfInviteWindow *self)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->token);
  GtkTextIter begin;
  GtkTextIter end;
  g_autofree char *token = NULL;

  gtk_text_buffer_get_bounds (buffer, &begin, &end);
  token = gtk_text_buffer_get_text (buffer, &begin, &end, FALSE);
  gdk_clipboard_set_text (gtk_widget_get_clipboard (GTK_WIDGET (self)), token);
  gtk_button_set_label (self->copy, _ ("Copied"));
}

/* The hyphens that Pango puts where a line is broken are none of the invite's. */
static void
show_token (InfInviteWindow *self, const char *token)
{
  GtkTextBuffer *buffer = gtk_text_view_get_buffer (self->token);
  GtkTextIter begin;
  GtkTextIter end;

  gtk_text_buffer_set_text (buffer, token, -1);
  gtk_text_buffer_get_bounds (buffer, &begin, &end);
  gtk_text_buffer_apply_tag (
      buffer, gtk_text_buffer_create_tag (buffer, NULL, "insert-hyphens", FALSE, NULL), &begin,
      &end);
}

static void
on_invited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *token = NULL;
  g_autofree char *until = NULL;
  g_autofree char *text = NULL;
  gint64 expires_unix;
  InfInviteWindow *self;

  if (!inf_dbus_node1_call_invite_finish (INF_DBUS_NODE1 (source), &token, &expires_unix, result,
                                          &error))
    {
      /* cancelled: the window may be gone */
      if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
        return;
      g_dbus_error_strip_remote_error (error);
      gtk_label_set_text (INF_INVITE_WINDOW (user_data)->text, error->message);
      return;
    }
  self = user_data;
  until = inf_phrase_until (expires_unix, g_get_real_time ());
  /* Translators: a time: "tomorrow at 16:00" */
  text = g_strdup_printf (
      _ ("Give this to one person whom you trust. It works once, and expires %s."), until);
  gtk_label_set_text (self->text, text);
  show_token (self, token);
  gtk_widget_set_visible (self->frame, TRUE);
  gtk_widget_set_sensitive (GTK_WIDGET (self->copy), TRUE);
  gtk_widget_grab_focus (GTK_WIDGET (self->copy));
}

static void
inf_invite_window_dispose (GObject *object)
{
  InfInviteWindow *self = INF_INVITE_WINDOW (object);

  if (self->cancellable)
    g_cancellable_cancel (self->cancellable);
  g_clear_object (&self->cancellable);
  G_OBJECT_CLASS (inf_invite_window_parent_class)->dispose (object);
}

static void
inf_invite_window_class_init (InfInviteWindowClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = inf_invite_window_dispose;
  gtk_widget_class_set_template_from_resource (widget_class,
                                               "/org/infinitygrid/widgets/inf-invite-window.ui");
  gtk_widget_class_bind_template_child (widget_class, InfInviteWindow, text);
  gtk_widget_class_bind_template_child (widget_class, InfInviteWindow, frame);
  gtk_widget_class_bind_template_child (widget_class, InfInviteWindow, token);
  gtk_widget_class_bind_template_child (widget_class, InfInviteWindow, copy);
  gtk_widget_class_bind_template_callback (widget_class, on_copy_clicked);
}

static void
inf_invite_window_init (InfInviteWindow *self)
{
  gtk_widget_init_template (GTK_WIDGET (self));
}

/**
 * inf_invite_window_show:
 * @parent: the window it is shown above
 * @service: a connection that is up
 *
 * Shows a window with a new invite that is valid for a day.
 */
void
inf_invite_window_show (GtkWindow *parent, InfService *service)
{
  InfInviteWindow *self = g_object_new (INF_TYPE_INVITE_WINDOW, "transient-for", parent, NULL);

  self->cancellable = g_cancellable_new ();
  inf_dbus_node1_call_invite (inf_service_get_node (service), 0, self->cancellable, on_invited,
                              self);
  gtk_window_present (GTK_WINDOW (self));
}
