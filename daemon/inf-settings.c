#include "daemon/inf-settings.h"

#include "common/inf-error.h"

#include <stdio.h>
#include <string.h>

#define DEFAULT_PORT 7848
/* A credit buys a thousand node-seconds: the welcome grant of 1000 credits is eleven node-days. */
#define DEFAULT_PRICE_UCREDITS 1000
#define MAX_SLOTS 1024
#define MAX_PRICE_UCREDITS G_GUINT64_CONSTANT (1000000000)

static const InfSettings defaults = {
  .port = DEFAULT_PORT,
  .connected = TRUE,
  .hosting = TRUE,
  .price_ucredits = DEFAULT_PRICE_UCREDITS,
};

static char *
settings_path (const char *state_dir)
{
  return g_build_filename (state_dir, "settings.ini", NULL);
}

static guint64
read_number (GKeyFile *file, const char *group, const char *key, guint64 fallback, guint64 max,
             GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (*error || !g_key_file_has_key (file, group, key, NULL))
    return fallback;
  guint64 value = g_key_file_get_uint64 (file, group, key, &local_error);
  if (!local_error && value <= max)
    return value;
  g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
               "settings.ini: [%s] %s is not a number from 0 to %" G_GUINT64_FORMAT, group, key,
               max);
  return fallback;
}

static gboolean
read_boolean (GKeyFile *file, const char *group, const char *key, gboolean fallback, GError **error)
{
  g_autoptr (GError) local_error = NULL;

  if (*error || !g_key_file_has_key (file, group, key, NULL))
    return fallback;
  gboolean value = g_key_file_get_boolean (file, group, key, &local_error);
  if (local_error)
    g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                 "settings.ini: [%s] %s is neither true nor false", group, key);
  return value;
}

static const char *const clients_texts[] = { "all", "listed", "ask" };

const char *
inf_clients_to_text (InfClients clients)
{
  return clients_texts[clients];
}

/**
 * inf_clients_from_text:
 * @text: as inf_clients_to_text() gives
 * @ret_clients: (out): left alone when @text is none of these
 */
gboolean
inf_clients_from_text (const char *text, InfClients *ret_clients)
{
  for (guint i = 0; i < G_N_ELEMENTS (clients_texts); i++)
    if (g_str_equal (text, clients_texts[i]))
      {
        *ret_clients = (InfClients)i;
        return TRUE;
      }
  return FALSE;
}

gboolean
inf_settings_allows (const InfSettings *settings, const InfPeerId *client)
{
  for (guint i = 0; i < settings->n_allowed; i++)
    if (inf_peer_id_equal (&settings->allowed[i], client))
      return TRUE;
  return FALSE;
}

/**
 * inf_settings_allow:
 * @settings: settings
 * @client: a client to list
 * @error: #INF_ERROR_TOO_LARGE when the list is full
 */
gboolean
inf_settings_allow (InfSettings *settings, const InfPeerId *client, GError **error)
{
  if (inf_settings_allows (settings, client))
    return TRUE;
  if (settings->n_allowed == INF_SETTINGS_MAX_ALLOWED)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE, "at most %u clients can be listed",
                   INF_SETTINGS_MAX_ALLOWED);
      return FALSE;
    }
  settings->allowed[settings->n_allowed++] = *client;
  return TRUE;
}

/* Hours are words such as "1:540-1080": Monday from nine to six. */
static void
read_hours (GKeyFile *file, InfOwnerRules *rules, GError **error)
{
  g_auto (GStrv) words = g_key_file_get_string_list (file, "rules", "hours", NULL, NULL);

  for (guint i = 0; !*error && words && words[i]; i++)
    {
      InfOwnerHours hours;
      if (i < INF_OWNER_MAX_HOURS
          && sscanf (words[i], "%u:%u-%u", &hours.weekday, &hours.from, &hours.to) == 3)
        rules->hours[rules->n_hours++] = hours;
      else
        g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                     "settings.ini: [rules] hours: “%s” is no WEEKDAY:FROM-TO, or one too many",
                     words[i]);
    }
}

static void
read_allowed (GKeyFile *file, InfSettings *settings, GError **error)
{
  g_auto (GStrv) words = g_key_file_get_string_list (file, "host", "allowed", NULL, NULL);

  for (guint i = 0; !*error && words && words[i]; i++)
    {
      InfPeerId id;
      if (!inf_peer_id_from_text (words[i], &id))
        g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                     "settings.ini: [host] allowed: “%s” is no peer's id", words[i]);
      else
        inf_settings_allow (settings, &id, error);
    }
}

static void
read_clients (GKeyFile *file, InfSettings *settings, GError **error)
{
  g_autofree char *clients = g_key_file_get_string (file, "host", "clients", NULL);

  if (!*error && clients && !inf_clients_from_text (clients, &settings->clients))
    g_set_error (error, INF_ERROR, INF_ERROR_INVALID,
                 "settings.ini: [host] clients is all, listed or ask, not “%s”", clients);
  read_allowed (file, settings, error);
}

/* What the owner decided on when and to whom. */
static void
read_rules (GKeyFile *file, InfSettings *settings, GError **error)
{
  InfOwnerRules *rules = &settings->rules;

  rules->idle_minutes = (guint)read_number (file, "rules", "idle-minutes", 0, G_MAXINT32, error);
  rules->mains_only = read_boolean (file, "rules", "mains-only", FALSE, error);
  rules->busy_percent = (guint)read_number (file, "rules", "busy-percent", 0, 100, error);
  rules->snoozed_until_unix_us
      = (gint64)read_number (file, "rules", "paused-until-unix-us", 0, G_MAXINT64, error);
  settings->pause_stops = read_boolean (file, "rules", "pause-stops", FALSE, error);
  settings->snooze_stops = read_boolean (file, "rules", "paused-stops", FALSE, error);
  read_hours (file, rules, error);
  read_clients (file, settings, error);
  if (!*error)
    inf_owner_rules_check (rules, error);
}

/**
 * inf_settings_load:
 * @settings: (out caller-allocates): the settings; where the file is silent, the defaults
 * @state_dir: the node's state directory
 * @error: #INF_ERROR_INVALID with the key that can't be read
 */
gboolean
inf_settings_load (InfSettings *settings, const char *state_dir, GError **error)
{
  g_autofree char *path = settings_path (state_dir);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) local_error = NULL;
  InfSettings read = defaults;

  if (!g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &local_error)
      && !g_error_matches (local_error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "%s: %s", path, local_error->message);
      return FALSE;
    }
  g_clear_error (&local_error);

  read.port = (guint16)read_number (file, "node", "port", read.port, G_MAXUINT16, &local_error);
  read.connected = read_boolean (file, "node", "connected", read.connected, &local_error);
  read.slots = (guint)read_number (file, "host", "slots", 0, MAX_SLOTS, &local_error);
  read.memory_bytes = read_number (file, "host", "memory-bytes", 0, G_MAXINT64, &local_error);
  read.price_ucredits = read_number (file, "host", "price-ucredits", read.price_ucredits,
                                     MAX_PRICE_UCREDITS, &local_error);
  read.max_lease_s = (guint)read_number (file, "host", "max-seconds", 0, G_MAXINT32, &local_error);
  read.hosting = read_boolean (file, "host", "hosting", read.hosting, &local_error);
  read.disk_bytes = read_number (file, "host", "disk-bytes", 0, G_MAXINT64, &local_error);
  read.inhibits_suspend = read_boolean (file, "host", "inhibit-suspend", FALSE, &local_error);
  read_rules (file, &read, &local_error);
  g_autofree char *offers = g_key_file_get_string (file, "host", "offers", NULL);
  if (!local_error && offers && strlen (offers) >= sizeof read.offers)
    g_set_error_literal (&local_error, INF_ERROR, INF_ERROR_INVALID,
                         "settings.ini: [host] offers is too long");
  if (local_error)
    {
      g_propagate_error (error, g_steal_pointer (&local_error));
      return FALSE;
    }
  g_strlcpy (read.offers, offers ? offers : "", sizeof read.offers);
  *settings = read;
  return TRUE;
}

/**
 * inf_settings_check:
 * @settings: settings, from anyone
 * @error: #INF_ERROR_INVALID with what can't be
 */
gboolean
inf_settings_check (const InfSettings *settings, GError **error)
{
  if (settings->slots > MAX_SLOTS)
    g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "at most %u slots", MAX_SLOTS);
  else if (settings->price_ucredits > MAX_PRICE_UCREDITS)
    g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "the price is at most %" G_GUINT64_FORMAT,
                 MAX_PRICE_UCREDITS);
  else if (settings->memory_bytes > G_MAXINT64 || settings->max_lease_s > G_MAXINT32
           || settings->disk_bytes > G_MAXINT64)
    g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "that number is too large");
  else
    return inf_owner_rules_check (&settings->rules, error);
  return FALSE;
}

static void
write_rules (GKeyFile *file, const InfSettings *settings)
{
  const InfOwnerRules *rules = &settings->rules;
  g_autoptr (GPtrArray) hours = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GPtrArray) allowed = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < rules->n_hours; i++)
    g_ptr_array_add (hours, g_strdup_printf ("%u:%u-%u", rules->hours[i].weekday,
                                             rules->hours[i].from, rules->hours[i].to));
  for (guint i = 0; i < settings->n_allowed; i++)
    g_ptr_array_add (allowed, inf_peer_id_to_text (&settings->allowed[i]));
  g_key_file_set_string (file, "host", "clients", inf_clients_to_text (settings->clients));
  g_key_file_set_string_list (file, "host", "allowed", (const char *const *)allowed->pdata,
                              allowed->len);
  g_key_file_set_string_list (file, "rules", "hours", (const char *const *)hours->pdata,
                              hours->len);
  g_key_file_set_uint64 (file, "rules", "idle-minutes", rules->idle_minutes);
  g_key_file_set_boolean (file, "rules", "mains-only", rules->mains_only);
  g_key_file_set_uint64 (file, "rules", "busy-percent", rules->busy_percent);
  g_key_file_set_uint64 (file, "rules", "paused-until-unix-us",
                         (guint64)rules->snoozed_until_unix_us);
  g_key_file_set_boolean (file, "rules", "pause-stops", settings->pause_stops);
  g_key_file_set_boolean (file, "rules", "paused-stops", settings->snooze_stops);
}

/**
 * inf_settings_save:
 * @settings: the settings
 * @state_dir: the node's state directory
 * @error: #INF_ERROR_FAILED
 */
gboolean
inf_settings_save (const InfSettings *settings, const char *state_dir, GError **error)
{
  g_autofree char *path = settings_path (state_dir);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) local_error = NULL;

  g_key_file_set_uint64 (file, "node", "port", settings->port);
  g_key_file_set_boolean (file, "node", "connected", settings->connected);
  g_key_file_set_boolean (file, "host", "hosting", settings->hosting);
  g_key_file_set_uint64 (file, "host", "slots", settings->slots);
  g_key_file_set_uint64 (file, "host", "memory-bytes", settings->memory_bytes);
  g_key_file_set_uint64 (file, "host", "price-ucredits", settings->price_ucredits);
  g_key_file_set_uint64 (file, "host", "max-seconds", settings->max_lease_s);
  g_key_file_set_string (file, "host", "offers", settings->offers);
  g_key_file_set_uint64 (file, "host", "disk-bytes", settings->disk_bytes);
  g_key_file_set_boolean (file, "host", "inhibit-suspend", settings->inhibits_suspend);
  write_rules (file, settings);
  if (g_key_file_save_to_file (file, path, &local_error))
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", path, local_error->message);
  return FALSE;
}
