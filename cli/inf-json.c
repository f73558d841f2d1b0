#include "cli/inf-json.h"

#include <json-glib/json-glib.h>
#include <math.h>

/* What the places of a tuple mean, so that JSON can name them; the D-Bus contract says so in
 * words. A tuple is known by the dictionary key that it is under, and its type. */
typedef struct
{
  const char *key;
  const char *type;
  const char *names[6];
} TupleNames;

static const TupleNames tuple_names[] = {
  { "capabilities", "(sbsss)", { "name", "available", "found", "why", "mend" } },
  { "host-spent", "(st)", { "host", "spent" } },
  { "hosts", "(sut)", { "name", "slots", "price" } },
  { "neighbours", "(sxi)", { "peer", "rtt-us", "loss-permille" } },
  { "outputs", "(stss)", { "name", "size-bytes", "sha256", "host" } },
  { "steps", "(sxx)", { "step", "begin-unix", "end-unix" } },
  { "verified", "(ss)", { "name", "state" } },
};

static JsonNode *build_node (GVariant *value, const char *key);

static const TupleNames *
find_tuple_names (GVariant *tuple, const char *key)
{
  for (guint i = 0; key && i < G_N_ELEMENTS (tuple_names); i++)
    if (g_str_equal (tuple_names[i].key, key)
        && g_str_equal (tuple_names[i].type, g_variant_get_type_string (tuple)))
      return &tuple_names[i];
  return NULL;
}

static JsonNode *
build_array (GVariant *value, const char *key)
{
  JsonArray *array = json_array_new ();
  JsonNode *node = json_node_new (JSON_NODE_ARRAY);

  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);
      json_array_add_element (array, build_node (child, key));
    }
  json_node_take_array (node, array);
  return node;
}

static JsonNode *
build_dictionary (GVariant *value)
{
  JsonObject *object = json_object_new ();
  JsonNode *node = json_node_new (JSON_NODE_OBJECT);
  GVariantIter iter;
  const char *key;
  GVariant *member;

  g_variant_iter_init (&iter, value);
  while (g_variant_iter_loop (&iter, "{&sv}", &key, &member))
    json_object_set_member (object, key, build_node (member, key));
  json_node_take_object (node, object);
  return node;
}

static JsonNode *
build_tuple (GVariant *value, const char *key)
{
  const TupleNames *names = find_tuple_names (value, key);
  JsonObject *object;
  JsonNode *node;

  if (!names)
    return build_array (value, NULL);
  object = json_object_new ();
  node = json_node_new (JSON_NODE_OBJECT);
  for (gsize i = 0; i < g_variant_n_children (value); i++)
    {
      g_autoptr (GVariant) child = g_variant_get_child_value (value, i);
      json_object_set_member (object, names->names[i], build_node (child, NULL));
    }
  json_node_take_object (node, object);
  return node;
}

static JsonNode *
build_number (GVariant *value)
{
  JsonNode *node = json_node_new (JSON_NODE_VALUE);

  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_BYTE:
      json_node_set_int (node, g_variant_get_byte (value));
      break;
    case G_VARIANT_CLASS_INT16:
      json_node_set_int (node, g_variant_get_int16 (value));
      break;
    case G_VARIANT_CLASS_UINT16:
      json_node_set_int (node, g_variant_get_uint16 (value));
      break;
    case G_VARIANT_CLASS_INT32:
      json_node_set_int (node, g_variant_get_int32 (value));
      break;
    case G_VARIANT_CLASS_UINT32:
      json_node_set_int (node, g_variant_get_uint32 (value));
      break;
    case G_VARIANT_CLASS_INT64:
      json_node_set_int (node, g_variant_get_int64 (value));
      break;
    default:
      /* json-glib has signed numbers only; no amount or size comes near the end of their range */
      json_node_set_int (node, (gint64)MIN (g_variant_get_uint64 (value), (guint64)G_MAXINT64));
      break;
    }
  return node;
}

static JsonNode *
build_node (GVariant *value, const char *key)
{
  switch (g_variant_classify (value))
    {
    case G_VARIANT_CLASS_VARIANT:
      {
        g_autoptr (GVariant) inner = g_variant_get_variant (value);
        return build_node (inner, key);
      }
    case G_VARIANT_CLASS_ARRAY:
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
        return build_dictionary (value);
      return build_array (value, key);
    case G_VARIANT_CLASS_TUPLE:
      return build_tuple (value, key);
    case G_VARIANT_CLASS_BOOLEAN:
      return json_node_init_boolean (json_node_alloc (), g_variant_get_boolean (value));
    case G_VARIANT_CLASS_DOUBLE:
      /* JSON has no word for infinity, nor for what is no number */
      if (!isfinite (g_variant_get_double (value)))
        return json_node_init_null (json_node_alloc ());
      return json_node_init_double (json_node_alloc (), g_variant_get_double (value));
    case G_VARIANT_CLASS_STRING:
    case G_VARIANT_CLASS_OBJECT_PATH:
    case G_VARIANT_CLASS_SIGNATURE:
      return json_node_init_string (json_node_alloc (), g_variant_get_string (value, NULL));
    case G_VARIANT_CLASS_HANDLE:
    case G_VARIANT_CLASS_MAYBE:
    case G_VARIANT_CLASS_DICT_ENTRY:
      return json_node_init_null (json_node_alloc ());
    default:
      return build_number (value);
    }
}

/* JSON may hold every character in a string as it is, a terminal may not be given every one. */
static char *
escape_unprintable (const char *json)
{
  GString *out = g_string_new (NULL);

  for (; *json; json = g_utf8_next_char (json))
    {
      gunichar c = g_utf8_get_char (json);

      if (c == '\n' || g_unichar_isprint (c))
        g_string_append_unichar (out, c);
      else if (c < 0x10000)
        g_string_append_printf (out, "\\u%04x", c);
      else
        g_string_append_printf (out, "\\u%04x\\u%04x", 0xd800 + ((c - 0x10000) >> 10),
                                0xdc00 + ((c - 0x10000) & 0x3ff));
    }
  return g_string_free (out, FALSE);
}

/**
 * inf_json_from_variant:
 * @value: what infinityd answered
 *
 * Dictionaries become objects with the keys of the D-Bus contract, and so do the tuples that the
 * contract names the places of. Money stays in micro-credits and times in the unit that their key
 * names: nothing is rounded.
 *
 * Returns: (transfer full): one JSON value in several lines, the last one ended, with only
 *   printable characters
 */
char *
inf_json_from_variant (GVariant *value)
{
  g_autoptr (JsonNode) node = build_node (value, NULL);
  g_autofree char *json = json_to_string (node, TRUE);
  g_autofree char *lines = g_strconcat (json, "\n", NULL);

  return escape_unprintable (lines);
}
