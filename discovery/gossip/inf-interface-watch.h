#pragma once

#include <glib-unix.h>

G_BEGIN_DECLS

/**
 * InfInterfaceWatch:
 *
 * Tells when this machine's interfaces or addresses change: a cable, another network, a VPN.
 */
typedef struct _InfInterfaceWatch InfInterfaceWatch;

InfInterfaceWatch *inf_interface_watch_new (GMainContext *context, GSourceFunc changed,
                                            gpointer data);
void inf_interface_watch_free (InfInterfaceWatch *watch);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (InfInterfaceWatch, inf_interface_watch_free)

G_END_DECLS
