#include "daemon/inf-settings.h"

#include "common/inf-error.h"

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
  else if (settings->memory_bytes > G_MAXINT64 || settings->max_lease_s > G_MAXINT32)
    g_set_error_literal (error, INF_ERROR, INF_ERROR_INVALID, "that number is too large");
  else
    return TRUE;
  return FALSE;
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
  if (g_key_file_save_to_file (file, path, &local_error))
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_FAILED, "%s: %s", path, local_error->message);
  return FALSE;
}
