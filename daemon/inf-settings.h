#pragma once

#include "daemon/inf-owner-rules.h"
#include "discovery/identity/inf-peer-id.h"

#include <glib.h>

G_BEGIN_DECLS

#define INF_SETTINGS_MAX_OFFERS_BYTES 1024
#define INF_SETTINGS_MAX_ALLOWED 256

/**
 * InfClients:
 * @INF_CLIENTS_ALL: every member
 * @INF_CLIENTS_LISTED: those that the owner listed
 * @INF_CLIENTS_ASK: the owner is asked about all but the listed
 *
 * Whose jobs the owner takes.
 */
typedef enum
{
  INF_CLIENTS_ALL,
  INF_CLIENTS_LISTED,
  INF_CLIENTS_ASK,
} InfClients;

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
 * @disk_bytes: what all jobs together may write; 0 for no limit
 * @rules: when the machine is lent
 * @pause_stops: whether jobs that run end when a rule stops the lending
 * @snooze_stops: the same of the owner's present pause
 * @clients: whose jobs are taken
 * @allowed: the listed clients
 * @n_allowed: their number
 * @inhibits_suspend: whether the machine is kept awake while a job of others runs
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
  guint64 disk_bytes;
  InfOwnerRules rules;
  gboolean pause_stops;
  gboolean snooze_stops;
  InfClients clients;
  InfPeerId allowed[INF_SETTINGS_MAX_ALLOWED];
  guint n_allowed;
  gboolean inhibits_suspend;
} InfSettings;

gboolean inf_settings_load (InfSettings *settings, const char *state_dir, GError **error);
gboolean inf_settings_check (const InfSettings *settings, GError **error);
gboolean inf_settings_allows (const InfSettings *settings, const InfPeerId *client);
gboolean inf_settings_allow (InfSettings *settings, const InfPeerId *client, GError **error);
const char *inf_clients_to_text (InfClients clients);
gboolean inf_clients_from_text (const char *text, InfClients *ret_clients);
gboolean inf_settings_save (const InfSettings *settings, const char *state_dir, GError **error);

G_END_DECLS
