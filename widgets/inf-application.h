#pragma once

#include "widgets/inf-service.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define INF_TYPE_APPLICATION (inf_application_get_type ())
G_DECLARE_DERIVABLE_TYPE (InfApplication, inf_application, INF, APPLICATION, AdwApplication)

/**
 * InfApplicationClass:
 * @summary: what the app is for, in a few words, to be translated
 * @start: makes what the windows show; called once, when the service and the settings are there
 *   and before the service is connected to
 * @make_window: (transfer none): the window; called when there is none
 * @show_settings: shows a window of settings above @parent, which may be %NULL
 */
struct _InfApplicationClass
{
  AdwApplicationClass parent_class;

  const char *summary;
  void (*start) (InfApplication *self);
  GtkWindow *(*make_window) (InfApplication *self);
  void (*show_settings) (InfApplication *self, GtkWindow *parent);
};

typedef struct
{
  const char *action;
  const char *keys[3]; /* ends with a NULL */
} InfApplicationKeys;

InfService *inf_application_get_service (InfApplication *self);
GSettings *inf_application_get_settings (InfApplication *self);
void inf_application_set_keys (InfApplication *self, const InfApplicationKeys *keys, guint n_keys);
GtkWindow *inf_application_present (InfApplication *self);

G_END_DECLS
