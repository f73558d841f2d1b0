#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

/**
 * InfIdentityFileFunc:
 * @owner: who asked
 * @bytes: (nullable): what the file holds
 * @passphrase: (nullable): what seals it
 * @problem: (nullable): instead of both, why there is nothing
 *
 * Not called when the person changes their mind.
 */
typedef void (*InfIdentityFileFunc) (gpointer owner, GBytes *bytes, const char *passphrase,
                                     const char *problem);

/**
 * InfIdentityFileDone:
 * @owner: who asked
 * @problem: (nullable): why it is not stored
 */
typedef void (*InfIdentityFileDone) (gpointer owner, const char *problem);

void inf_identity_file_open (GtkWindow *parent, InfIdentityFileFunc func, GObject *owner);
void inf_identity_file_save (GtkWindow *parent, GBytes *bytes, const char *name,
                             InfIdentityFileDone done, GObject *owner);

G_END_DECLS
