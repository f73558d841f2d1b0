#pragma once

#include <adwaita.h>

G_BEGIN_DECLS

/**
 * INF_GUI_WAIT:
 *
 * Lets the app work until the condition holds, and fails the test when it does not for long.
 */
#define INF_GUI_WAIT(condition)                                                                    \
  G_STMT_START                                                                                     \
  {                                                                                                \
    gint64 inf_gui_deadline_us = g_get_monotonic_time () + 20 * G_USEC_PER_SEC;                    \
    while (!(condition))                                                                           \
      if (!inf_gui_test_iterate (inf_gui_deadline_us))                                             \
        g_error ("%s:%d: never came true: %s", __FILE__, __LINE__, #condition);                    \
  }                                                                                                \
  G_STMT_END

void inf_gui_test_init (int *argc, char ***argv);
gboolean inf_gui_test_iterate (gint64 deadline_us);

char *inf_gui_test_make_dir (void);
void inf_gui_test_remove_dir (char *dir);

GtkWidget *inf_gui_test_find (GtkWidget *root, GType type, const char *text);
gboolean inf_gui_test_shows (GtkWidget *root, const char *text);
void inf_gui_test_click (GtkWidget *root, const char *label);
void inf_gui_test_type (GtkWidget *root, const char *title, const char *text);
void inf_gui_test_settle (GtkWidget *widget);

void inf_gui_test_screenshot (GtkWindow *window, const char *name);
void inf_gui_test_screenshots (GtkWindow *window, const char *name);

G_END_DECLS
