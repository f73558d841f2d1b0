#pragma once

#include "client-app/inf-copying.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * InfResultSaveDone:
 * @owner: who asked
 * @place: (nullable): the file or folder where it is now
 * @error: (nullable): why it is not there; %INF_ERROR_CANCELLED when that was wanted
 *
 * Not called when the person changes their mind.
 */
typedef void (*InfResultSaveDone) (gpointer owner, const char *place, GError *error);

/**
 * InfResultSaveBegun:
 * @owner: who asked
 * @copying: how far it is; until it is done
 *
 * Called when a place was chosen, and infinityd is at work.
 */
typedef void (*InfResultSaveBegun) (gpointer owner, InfCopying *copying);

void inf_result_save_outputs (GtkWidget *owner, InfService *service, const char *result,
                              const char *const *outputs, InfResultSaveBegun begun,
                              InfResultSaveDone done);
void inf_result_save_archive (GtkWidget *owner, InfService *service, const char *result,
                              const char *ending, InfResultSaveBegun begun, InfResultSaveDone done);

G_END_DECLS
