#pragma once

#include <glib.h>

G_BEGIN_DECLS

#define INF_SETTINGS_MAX_OFFERS_BYTES 1024

/**
 * InfSettings:
 * @port: TCP and UDP port, 0 for any free one
 * @connected: whether the node takes part in its grid
 * @hosting: whether the owner lends this machine
 * @slots: ranks at once; 0 for the number of cores
 * @memory_bytes: for all jobs together; 0 for three quarters of the machine's
 * @price_ucredits: asked per node and second
 * @max_lease_s: longest lease in seconds; 0 for no limit
 * @offers: names of installed programs that jobs may run, separated by commas
 *
 * What the owner decided, kept in `settings.ini` in the state directory.
 */
typedef struct
{
  guint16 port;
  gboolean connected;
  gboolean hosting;
  guint slots;
  guint64 memory_bytes;
  guint64 price_ucredits;
  guint max_lease_s;
  char offers[INF_SETTINGS_MAX_OFFERS_BYTES];
} InfSettings;

gboolean inf_settings_load (InfSettings *settings, const char *state_dir, GError **error);
gboolean inf_settings_check (const InfSettings *settings, GError **error);
gboolean inf_settings_save (const InfSettings *settings, const char *state_dir, GError **error);

G_END_DECLS
