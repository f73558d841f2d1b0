#include "daemon/inf-policy-dictionary.h"

#include "common/inf-error.h"

#include <stddef.h>
#include <string.h>

#define MAX_OFFERS_BYTES 1000
G_STATIC_ASSERT (MAX_OFFERS_BYTES < INF_SETTINGS_MAX_OFFERS_BYTES);

/* A key whose value is a field of the settings as it is. */
typedef struct
{
  const char *key;
  const char *type;
  gsize offset;
} PlainKey;

static const PlainKey plain_keys[] = {
  { "hosting", "b", offsetof (InfSettings, hosting) },
  { "slots", "u", offsetof (InfSettings, slots) },
  { "memory-bytes", "t", offsetof (InfSettings, memory_bytes) },
  { "disk-bytes", "t", offsetof (InfSettings, disk_bytes) },
  { "price", "t", offsetof (InfSettings, price_ucredits) },
  { "max-seconds", "u", offsetof (InfSettings, max_lease_s) },
  { "idle-minutes", "u", offsetof (InfSettings, rules.idle_minutes) },
  { "mains-only", "b", offsetof (InfSettings, rules.mains_only) },
  { "busy-percent", "u", offsetof (InfSettings, rules.busy_percent) },
  { "inhibit-suspend", "b", offsetof (InfSettings, inhibits_suspend) },
};

G_STATIC_ASSERT (sizeof (gboolean) == sizeof (guint32));

static GVariant *
describe_plain (const InfSettings *settings, const PlainKey *plain)
{
  const void *place = (const char *)settings + plain->offset;
  guint64 t;
  guint32 u;

  if (*plain->type == 't')
    {
      memcpy (&t, place, sizeof t);
      return g_variant_new_uint64 (t);
    }
  memcpy (&u, place, sizeof u);
  return *plain->type == 'b' ? g_variant_new_boolean (u != 0) : g_variant_new_uint32 (u);
}

static void
take_plain (InfSettings *settings, const PlainKey *plain, GVariant *value)
{
  void *place = (char *)settings + plain->offset;
  guint64 t;
  guint32 u;

  if (*plain->type == 't')
    {
      t = g_variant_get_uint64 (value);
      memcpy (place, &t, sizeof t);
      return;
    }
  u = *plain->type == 'b' ? (guint32)g_variant_get_boolean (value) : g_variant_get_uint32 (value);
  memcpy (place, &u, sizeof u);
}

static const PlainKey *
find_plain (const char *key, GVariant *value)
{
  for (guint i = 0; i < G_N_ELEMENTS (plain_keys); i++)
    if (g_str_equal (key, plain_keys[i].key)
        && g_variant_is_of_type (value, G_VARIANT_TYPE (plain_keys[i].type)))
      return &plain_keys[i];
  return NULL;
}

static GVariant *
describe_hours (const InfOwnerRules *rules)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("a(uuu)"));
  for (guint i = 0; i < rules->n_hours; i++)
    g_variant_builder_add (&builder, "(uuu)", rules->hours[i].weekday, rules->hours[i].from,
                           rules->hours[i].to);
  return g_variant_builder_end (&builder);
}

static GVariant *
describe_allowed (const InfSettings *settings)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("as"));
  for (guint i = 0; i < settings->n_allowed; i++)
    {
      g_autofree char *id = inf_peer_id_to_text (&settings->allowed[i]);
      g_variant_builder_add (&builder, "s", id);
    }
  return g_variant_builder_end (&builder);
}

/**
 * inf_policy_to_dictionary:
 * @settings: what the owner decided
 *
 * Returns: (transfer floating): Host1.Policy, as the contract has it
 */
GVariant *
inf_policy_to_dictionary (const InfSettings *settings)
{
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);

  for (guint i = 0; i < G_N_ELEMENTS (plain_keys); i++)
    g_variant_dict_insert_value (&dict, plain_keys[i].key,
                                 describe_plain (settings, &plain_keys[i]));
  g_variant_dict_insert (&dict, "offers", "s", settings->offers);
  g_variant_dict_insert_value (&dict, "hours", describe_hours (&settings->rules));
  g_variant_dict_insert (&dict, "network", "b", FALSE);
  g_variant_dict_insert (&dict, "clients", "s", inf_clients_to_text (settings->clients));
  g_variant_dict_insert_value (&dict, "allowed", describe_allowed (settings));
  g_variant_dict_insert (&dict, "when-paused", "s", settings->pause_stops ? "stop" : "finish");
  return g_variant_dict_end (&dict);
}

static gboolean
take_offers (InfSettings *settings, GVariant *value, GError **error)
{
  const char *names = g_variant_get_string (value, NULL);

  if (strlen (names) <= MAX_OFFERS_BYTES)
    {
      g_strlcpy (settings->offers, names, sizeof settings->offers);
      return TRUE;
    }
  g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
               "the names of the programs offered take %zu bytes; %u are possible", strlen (names),
               MAX_OFFERS_BYTES);
  return FALSE;
}

static gboolean
take_hours (InfSettings *settings, GVariant *value, GError **error)
{
  gsize n = g_variant_n_children (value);

  if (n > INF_OWNER_MAX_HOURS)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE, "at most %u hours are possible",
                   INF_OWNER_MAX_HOURS);
      return FALSE;
    }
  settings->rules.n_hours = (guint)n;
  for (gsize i = 0; i < n; i++)
    {
      InfOwnerHours *hours = &settings->rules.hours[i];
      g_variant_get_child (value, i, "(uuu)", &hours->weekday, &hours->from, &hours->to);
    }
  return TRUE;
}

static gboolean
take_network (InfSettings *settings, GVariant *value, GError **error)
{
  if (!g_variant_get_boolean (value))
    return TRUE;
  g_set_error_literal (error, INF_ERROR, INF_ERROR_UNSUPPORTED,
                       "jobs have no way to the internet in this version");
  return FALSE;
}

static gboolean
take_clients (InfSettings *settings, GVariant *value, GError **error)
{
  const char *text = g_variant_get_string (value, NULL);

  if (inf_clients_from_text (text, &settings->clients))
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "clients are all, listed or ask, not “%s”",
               text);
  return FALSE;
}

static gboolean
take_allowed (InfSettings *settings, GVariant *value, GError **error)
{
  g_autofree const char **words = g_variant_get_strv (value, NULL);

  settings->n_allowed = 0;
  for (guint i = 0; words[i]; i++)
    {
      InfPeerId id;
      if (!inf_peer_id_from_text (words[i], &id))
        {
          g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "“%s” is no peer's whole id", words[i]);
          return FALSE;
        }
      if (!inf_settings_allow (settings, &id, error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
take_when_paused (InfSettings *settings, GVariant *value, GError **error)
{
  const char *text = g_variant_get_string (value, NULL);

  settings->pause_stops = g_str_equal (text, "stop");
  if (settings->pause_stops || g_str_equal (text, "finish"))
    return TRUE;
  g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "when-paused is finish or stop, not “%s”",
               text);
  return FALSE;
}

static const struct
{
  const char *key;
  const char *type;
  gboolean (*take) (InfSettings *settings, GVariant *value, GError **error);
} other_keys[] = {
  { "offers", "s", take_offers },    { "hours", "a(uuu)", take_hours },
  { "network", "b", take_network },  { "clients", "s", take_clients },
  { "allowed", "as", take_allowed }, { "when-paused", "s", take_when_paused },
};

/* Unknown keys and wrong types are errors, not noise. */
static gboolean
take_key (InfSettings *settings, const char *key, GVariant *value, GError **error)
{
  const PlainKey *plain = find_plain (key, value);

  if (plain)
    {
      take_plain (settings, plain, value);
      return TRUE;
    }
  for (guint i = 0; i < G_N_ELEMENTS (other_keys); i++)
    if (g_str_equal (key, other_keys[i].key)
        && g_variant_is_of_type (value, G_VARIANT_TYPE (other_keys[i].type)))
      return other_keys[i].take (settings, value, error);
  g_set_error (error, INF_ERROR, INF_ERROR_INVALID, "a policy has no “%s” of type %s", key,
               g_variant_get_type_string (value));
  return FALSE;
}

/**
 * inf_policy_take_dictionary:
 * @settings: what the owner decided before; changed also where it is refused half-way
 * @dictionary: an a{sv} with any part of a policy, from anyone
 * @error: #INF_ERROR_INVALID, #INF_ERROR_TOO_LARGE, #INF_ERROR_UNSUPPORTED
 *
 * Returns: whether @settings have it all, and can be
 */
gboolean
inf_policy_take_dictionary (InfSettings *settings, GVariant *dictionary, GError **error)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, dictionary);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_autoptr (GVariant) owned = value;
      if (!take_key (settings, key, owned, error))
        return FALSE;
    }
  return inf_settings_check (settings, error);
}
