#include "widgets/inf-leave.h"

#include <adwaita.h>
#include <glib/gi18n.h>

static void
on_response (AdwMessageDialog *dialog, const char *response, gpointer user_data)
{
  InfLeaveFunc leave = g_object_get_data (G_OBJECT (dialog), "leave");

  if (!g_str_equal (response, "cancel"))
    leave (user_data, response);
}

/**
 * inf_leave_ask:
 * @window: from which somebody wants to leave the grid while a job runs
 * @heading: the question
 * @body: whose jobs run, and what is lost if they are stopped
 * @leave: called where the answer is not to stay; not if @window goes before
 *
 * Asks what becomes of what runs.
 */
void
inf_leave_ask (GtkWindow *window, const char *heading, const char *body, InfLeaveFunc leave)
{
  AdwMessageDialog *dialog = ADW_MESSAGE_DIALOG (adw_message_dialog_new (window, heading, body));

  g_object_set_data (G_OBJECT (dialog), "leave", leave);
  adw_message_dialog_add_responses (dialog, "cancel", _ ("_Cancel"), "stop", _ ("_Stop Now"),
                                    "finish", _ ("_Finish First"), NULL);
  adw_message_dialog_set_response_appearance (dialog, "stop", ADW_RESPONSE_DESTRUCTIVE);
  adw_message_dialog_set_response_appearance (dialog, "finish", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (dialog, "finish");
  adw_message_dialog_set_close_response (dialog, "cancel");
  g_signal_connect_object (dialog, "response", G_CALLBACK (on_response), window, 0);
  gtk_window_present (GTK_WINDOW (dialog));
}
