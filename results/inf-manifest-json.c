#include "results/inf-manifest.h"

#include "common/inf-error.h"
#include "grid/jobs/inf-job-name.h"

#include <json-glib/json-glib.h>

/* The manifest as a JSON file, for people and their tools. docs/results.md describes its members.
 */

#define FORMAT 1
#define MAX_OUTPUTS 65536
#define MAX_HOSTS 1024

/* Writing */

static void
add_string (JsonBuilder *json, const char *name, const char *value)
{
  json_builder_set_member_name (json, name);
  if (value)
    json_builder_add_string_value (json, value);
  else
    json_builder_add_null_value (json);
}

static void
add_number (JsonBuilder *json, const char *name, gint64 value)
{
  json_builder_set_member_name (json, name);
  json_builder_add_int_value (json, value);
}

static void
add_job (JsonBuilder *json, const InfManifest *manifest)
{
  add_string (json, "job", manifest->job_id);
  add_string (json, "name", manifest->job_name);
  add_string (json, "state", manifest->state);
  add_string (json, "reason", manifest->reason);
  add_string (json, "summary", manifest->summary);
  add_string (json, "program", manifest->program);
  add_string (json, "program-sha256", manifest->program_sha256);
  json_builder_set_member_name (json, "args");
  json_builder_begin_array (json);
  for (char **arg = manifest->args; *arg; arg++)
    json_builder_add_string_value (json, *arg);
  json_builder_end_array (json);
  add_number (json, "nodes", manifest->nodes);
  add_number (json, "slots", manifest->slots);
  add_number (json, "submitted-unix-us", manifest->submitted_unix_us);
  add_number (json, "started-unix-us", manifest->started_unix_us);
  add_number (json, "ended-unix-us", manifest->ended_unix_us);
  add_number (json, "spent-ucredits", (gint64)manifest->spent_ucredits);
}

static void
add_hosts (JsonBuilder *json, const InfManifest *manifest)
{
  json_builder_set_member_name (json, "hosts");
  json_builder_begin_array (json);
  for (guint i = 0; i < manifest->hosts->len; i++)
    {
      const InfManifestHost *host = manifest->hosts->pdata[i];
      g_autofree char *id = inf_peer_id_to_text (&host->peer_id);
      gsize size = 0;
      const guint8 *data = host->statement ? g_bytes_get_data (host->statement, &size) : NULL;
      g_autofree char *statement = data ? g_base64_encode (data, size) : NULL;
      json_builder_begin_object (json);
      add_string (json, "peer", id);
      add_string (json, "name", host->name);
      add_number (json, "slots", host->slots);
      add_number (json, "spent-ucredits", (gint64)host->spent_ucredits);
      add_string (json, "statement", statement);
      json_builder_end_object (json);
    }
  json_builder_end_array (json);
}

static void
add_outputs (JsonBuilder *json, const InfManifest *manifest)
{
  json_builder_set_member_name (json, "outputs");
  json_builder_begin_array (json);
  for (guint i = 0; i < manifest->outputs->len; i++)
    {
      const InfManifestOutput *output = manifest->outputs->pdata[i];
      g_autofree char *id = inf_peer_id_to_text (&output->host);
      g_autofree char *sha256 = inf_sha256_to_hex (output->sha256);
      json_builder_begin_object (json);
      add_string (json, "path", output->path);
      add_number (json, "size-bytes", (gint64)output->size_bytes);
      add_string (json, "sha256", sha256);
      add_string (json, "host", id);
      json_builder_end_object (json);
    }
  json_builder_end_array (json);
}

/**
 * inf_manifest_to_json:
 * @manifest: a manifest
 *
 * Returns: (transfer full): indented JSON, ending with a line break
 */
char *
inf_manifest_to_json (const InfManifest *manifest)
{
  g_autoptr (JsonBuilder) json = json_builder_new ();
  g_autoptr (JsonNode) root = NULL;

  json_builder_begin_object (json);
  add_number (json, "infinity-manifest", FORMAT);
  add_job (json, manifest);
  add_hosts (json, manifest);
  add_outputs (json, manifest);
  json_builder_end_object (json);
  root = json_builder_get_root (json);
  g_autofree char *text = json_to_string (root, TRUE);
  return g_strconcat (text, "\n", NULL);
}

/* Reading. The file lies in the user's own folder, but may have been damaged or sent by others: a
 * member that is missing, or is not what it should be, is an error and never a default. */
typedef struct
{
  JsonObject *object;
  const char *where;
  GError **error;
} Reader;

static JsonNode *
get_node (Reader *reader, const char *name, JsonNodeType type, GType value_type)
{
  JsonNode *node = json_object_get_member (reader->object, name);

  if (node && json_node_get_node_type (node) == type
      && (type != JSON_NODE_VALUE || json_node_get_value_type (node) == value_type))
    return node;
  if (reader->error && !*reader->error)
    g_set_error (reader->error, INF_ERROR, INF_ERROR_CORRUPT,
                 "the manifest's %s has no proper “%s”", reader->where, name);
  return NULL;
}

static gboolean
get_string (Reader *reader, const char *name, char **ret_text)
{
  JsonNode *node = get_node (reader, name, JSON_NODE_VALUE, G_TYPE_STRING);

  if (!node)
    return FALSE;
  *ret_text = g_strdup (json_node_get_string (node));
  return TRUE;
}

static gboolean
get_string_or_null (Reader *reader, const char *name, char **ret_text)
{
  JsonNode *node = json_object_get_member (reader->object, name);

  if (node && JSON_NODE_HOLDS_NULL (node))
    return TRUE;
  return get_string (reader, name, ret_text);
}

static gboolean
get_number (Reader *reader, const char *name, gint64 max, gint64 *ret_number)
{
  JsonNode *node = get_node (reader, name, JSON_NODE_VALUE, G_TYPE_INT64);
  gint64 number = node ? json_node_get_int (node) : -1;

  if (number < 0 || number > max)
    {
      if (node)
        g_set_error (reader->error, INF_ERROR, INF_ERROR_CORRUPT,
                     "the manifest's %s has a “%s” out of range", reader->where, name);
      return FALSE;
    }
  *ret_number = number;
  return TRUE;
}

static gboolean
get_peer (Reader *reader, const char *name, InfPeerId *ret_id)
{
  g_autofree char *text = NULL;

  if (!get_string (reader, name, &text))
    return FALSE;
  if (inf_peer_id_from_text (text, ret_id))
    return TRUE;
  g_set_error (reader->error, INF_ERROR, INF_ERROR_CORRUPT,
               "the manifest's %s names no peer by “%s”", reader->where, text);
  return FALSE;
}

static JsonArray *
get_array (Reader *reader, const char *name, guint max)
{
  JsonNode *node = get_node (reader, name, JSON_NODE_ARRAY, G_TYPE_INVALID);
  JsonArray *array = node ? json_node_get_array (node) : NULL;

  if (array && json_array_get_length (array) > max)
    {
      g_set_error (reader->error, INF_ERROR, INF_ERROR_TOO_LARGE, "the manifest has too many %s",
                   name);
      return NULL;
    }
  return array;
}

static gboolean
read_args (Reader *reader, InfManifest *manifest)
{
  JsonArray *array = get_array (reader, "args", MAX_OUTPUTS);
  g_autoptr (GStrvBuilder) args = g_strv_builder_new ();

  if (!array)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      if (!JSON_NODE_HOLDS_VALUE (node) || json_node_get_value_type (node) != G_TYPE_STRING)
        {
          g_set_error_literal (reader->error, INF_ERROR, INF_ERROR_CORRUPT,
                               "the manifest's arguments are not all text");
          return FALSE;
        }
      g_strv_builder_add (args, json_node_get_string (node));
    }
  g_strfreev (manifest->args);
  manifest->args = g_strv_builder_end (args);
  return TRUE;
}

static gboolean
read_job (Reader *reader, InfManifest *manifest)
{
  gint64 format, nodes, slots, spent;

  if (!get_number (reader, "infinity-manifest", FORMAT, &format)
      || !get_string (reader, "job", &manifest->job_id)
      || !get_string (reader, "name", &manifest->job_name)
      || !get_string (reader, "state", &manifest->state)
      || !get_string_or_null (reader, "reason", &manifest->reason)
      || !get_string_or_null (reader, "summary", &manifest->summary)
      || !get_string (reader, "program", &manifest->program)
      || !get_string_or_null (reader, "program-sha256", &manifest->program_sha256)
      || !read_args (reader, manifest) || !get_number (reader, "nodes", G_MAXINT, &nodes)
      || !get_number (reader, "slots", G_MAXINT, &slots)
      || !get_number (reader, "submitted-unix-us", G_MAXINT64, &manifest->submitted_unix_us)
      || !get_number (reader, "started-unix-us", G_MAXINT64, &manifest->started_unix_us)
      || !get_number (reader, "ended-unix-us", G_MAXINT64, &manifest->ended_unix_us)
      || !get_number (reader, "spent-ucredits", G_MAXINT64, &spent))
    return FALSE;
  manifest->nodes = (guint)nodes;
  manifest->slots = (guint)slots;
  manifest->spent_ucredits = (guint64)spent;
  return TRUE;
}

static gboolean
read_host (Reader *reader, InfManifest *manifest)
{
  InfPeerId id;
  g_autofree char *name = NULL, *statement = NULL;
  gint64 slots, spent;

  if (!get_peer (reader, "peer", &id) || !get_string (reader, "name", &name)
      || !get_number (reader, "slots", G_MAXINT, &slots)
      || !get_number (reader, "spent-ucredits", G_MAXINT64, &spent)
      || !get_string_or_null (reader, "statement", &statement))
    return FALSE;
  InfManifestHost *host = inf_manifest_add_host (manifest, &id, name);
  host->slots = (guint)slots;
  host->spent_ucredits = (guint64)spent;
  if (statement)
    {
      gsize size;
      guchar *data = g_base64_decode (statement, &size);
      host->statement = g_bytes_new_take (data, size);
    }
  return TRUE;
}

static gboolean
read_output (Reader *reader, InfManifest *manifest)
{
  g_autofree char *path = NULL, *hex = NULL;
  guint8 sha256[INF_SHA256_SIZE_BYTES];
  InfPeerId host;
  gint64 size;

  if (!get_string (reader, "path", &path) || !get_string (reader, "sha256", &hex)
      || !get_peer (reader, "host", &host) || !get_number (reader, "size-bytes", G_MAXINT64, &size))
    return FALSE;
  if (!inf_job_path_is_safe (path) || !inf_sha256_from_hex (hex, sha256)
      || inf_manifest_find_output (manifest, path))
    {
      g_set_error_literal (reader->error, INF_ERROR, INF_ERROR_CORRUPT,
                           "the manifest has an output twice, or with an impossible path or hash");
      return FALSE;
    }
  inf_manifest_add_output (manifest, path, &host, sha256, (guint64)size);
  return TRUE;
}

static gboolean
read_objects (Reader *reader, const char *name, guint max, const char *where,
              gboolean (*read_one) (Reader *, InfManifest *), InfManifest *manifest)
{
  JsonArray *array = get_array (reader, name, max);

  if (!array)
    return FALSE;
  for (guint i = 0; i < json_array_get_length (array); i++)
    {
      JsonNode *node = json_array_get_element (array, i);
      Reader inner = { .where = where, .error = reader->error };
      if (!JSON_NODE_HOLDS_OBJECT (node))
        {
          g_set_error (reader->error, INF_ERROR, INF_ERROR_CORRUPT,
                       "the manifest's %s are not all objects", name);
          return FALSE;
        }
      inner.object = json_node_get_object (node);
      if (!read_one (&inner, manifest))
        return FALSE;
    }
  return TRUE;
}

/**
 * inf_manifest_from_json:
 * @text: what inf_manifest_to_json() gave, or anything
 * @size_bytes: its length, or -1 when it ends with a NUL
 * @error: #INF_ERROR_CORRUPT or #INF_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (nullable): the manifest; its paths are safe to join to a directory
 */
InfManifest *
inf_manifest_from_json (const char *text, gssize size_bytes, GError **error)
{
  g_autoptr (JsonParser) parser = json_parser_new_immutable ();
  g_autoptr (InfManifest) manifest = inf_manifest_new ();
  g_autoptr (GError) local = NULL;
  Reader reader = { .where = "body", .error = &local };
  JsonNode *root;

  if (!json_parser_load_from_data (parser, text, size_bytes, &local)
      || !(root = json_parser_get_root (parser)) || !JSON_NODE_HOLDS_OBJECT (root))
    {
      g_set_error (error, INF_ERROR, INF_ERROR_CORRUPT, "the manifest is not a JSON object: %s",
                   local ? local->message : "empty, or another kind of value");
      return NULL;
    }
  reader.object = json_node_get_object (root);
  if (read_job (&reader, manifest)
      && read_objects (&reader, "hosts", MAX_HOSTS, "host", read_host, manifest)
      && read_objects (&reader, "outputs", MAX_OUTPUTS, "output", read_output, manifest))
    return g_steal_pointer (&manifest);
  g_propagate_error (error, g_steal_pointer (&local));
  return NULL;
}
