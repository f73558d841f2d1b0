#include "client-app/inf-job-file.h"

#include "common/inf-error.h"

#include <glib/gi18n.h>
#include <string.h>

/* A job's specification in a file, to be kept and handed on: docs/job-file.md describes it. It is
 * anybody's, and nothing in it is believed: what is read here only fills in a form. */

#define GROUP "Infinity Job"
#define INPUT_GROUP "Input "
#define VERSION 1
#define MAX_INPUTS 64
#define MAX_WORDS 256
#define MAX_TEXT_BYTES 4096

typedef enum
{
  TEXT,
  PATH,
  WORDS,
  NUMBER,
  BIG_NUMBER,
  SWITCH,
} ValueType;

typedef struct
{
  const char *key;  /* in the file */
  const char *name; /* in the specification */
  ValueType type;
  guint64 max; /* of a number */
} Entry;

static const Entry entries[] = {
  { "Kind", "kind", TEXT, 0 },
  { "Program", "program", PATH, 0 },
  { "Arguments", "args", WORDS, 0 },
  { "Outputs", "outputs", WORDS, 0 },
  { "Name", "name", TEXT, 0 },
  { "SaveTo", "to", PATH, 0 },
  { "Nodes", "nodes", NUMBER, 250 },
  { "Slots", "slots", NUMBER, 1024 },
  { "Retries", "retries", NUMBER, 10 },
  { "MemoryBytes", "memory-bytes", BIG_NUMBER, G_MAXINT64 },
  { "TimeLimitMicroseconds", "time-limit-us", BIG_NUMBER,
    G_GUINT64_CONSTANT (30) * 24 * 3600 * G_USEC_PER_SEC },
  { "MaxPrice", "max-price-ucredits", BIG_NUMBER, G_MAXINT64 },
  { "WaitForHosts", "wait-for-hosts", SWITCH, 0 },
};

static gboolean G_GNUC_PRINTF (2, 3) refuse (GError **error, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  if (error)
    *error = g_error_new_valist (INF_ERROR, INF_ERROR_INVALID, format, arguments);
  va_end (arguments);
  return FALSE;
}

static const Entry *
find_entry (const char *key)
{
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    if (g_str_equal (entries[i].key, key))
      return &entries[i];
  return NULL;
}

/* What would not be seen as it is when the form shows it is not taken. */
static gboolean
is_clear (const char *text)
{
  if (!text || !*text || strlen (text) >= MAX_TEXT_BYTES)
    return FALSE;
  for (const char *c = text; *c; c = g_utf8_next_char (c))
    if (!g_unichar_isprint (g_utf8_get_char (c)))
      return FALSE;
  return TRUE;
}

/* A name without '/' is not a file's but a task's or an installed program's. */
static char *
resolve (const Entry *entry, const char *text, const char *folder)
{
  if (g_str_equal (entry->name, "program") && !strchr (text, '/'))
    return g_strdup (text);
  return g_canonicalize_filename (text, folder);
}

/* Returns: (transfer floating) (nullable) */
static GVariant *
read_text (GKeyFile *file, const Entry *entry, const char *folder)
{
  g_autofree char *text = g_key_file_get_string (file, GROUP, entry->key, NULL);

  if (!is_clear (text))
    return NULL;
  return g_variant_new_take_string (entry->type == PATH ? resolve (entry, text, folder)
                                                        : g_steal_pointer (&text));
}

static GVariant *
read_words (GKeyFile *file, const Entry *entry)
{
  gsize n_words = 0;
  g_auto (GStrv) words = g_key_file_get_string_list (file, GROUP, entry->key, &n_words, NULL);

  if (!words || n_words > MAX_WORDS)
    return NULL;
  return g_variant_new_strv ((const char *const *)words, (gssize)n_words);
}

static GVariant *
read_number (GKeyFile *file, const Entry *entry)
{
  g_autofree char *text = g_key_file_get_string (file, GROUP, entry->key, NULL);
  guint64 number;

  if (!text || !g_ascii_string_to_unsigned (text, 10, 0, entry->max, &number, NULL))
    return NULL;
  return entry->type == NUMBER ? g_variant_new_uint32 ((guint32)number)
                               : g_variant_new_uint64 (number);
}

static GVariant *
read_switch (GKeyFile *file, const Entry *entry)
{
  g_autoptr (GError) error = NULL;
  gboolean value = g_key_file_get_boolean (file, GROUP, entry->key, &error);

  return error ? NULL : g_variant_new_boolean (value);
}

static GVariant *
read_value (GKeyFile *file, const Entry *entry, const char *folder)
{
  switch (entry->type)
    {
    case WORDS:
      return read_words (file, entry);
    case NUMBER:
    case BIG_NUMBER:
      return read_number (file, entry);
    case SWITCH:
      return read_switch (file, entry);
    default:
      return read_text (file, entry, folder);
    }
}

static gboolean
read_keys (GKeyFile *file, const char *folder, GVariantDict *spec, GError **error)
{
  g_auto (GStrv) keys = g_key_file_get_keys (file, GROUP, NULL, NULL);

  for (char **key = keys; key && *key; key++)
    {
      const Entry *entry = find_entry (*key);
      GVariant *value;

      if (g_str_equal (*key, "Version"))
        continue;
      if (!entry)
        return refuse (error, _ ("There is no “%s” in a job file of version %d."), *key, VERSION);
      value = read_value (file, entry, folder);
      if (!value)
        return refuse (error, _ ("The value of “%s” is not one that a job can have."), *key);
      g_variant_dict_insert_value (spec, entry->name, value);
    }
  return TRUE;
}

static gboolean
read_input (GKeyFile *file, const char *group, const char *folder, GVariantBuilder *inputs,
            GError **error)
{
  g_autofree char *path = g_key_file_get_string (file, group, "Path", NULL);
  g_autofree char *name = g_key_file_get_string (file, group, "Name", NULL);
  g_autofree char *absolute = NULL;

  if (!is_clear (path))
    return refuse (error, _ ("“%s” has no path."), group);
  if (name && !is_clear (name))
    return refuse (error, _ ("“%s” has no name."), group);
  absolute = g_canonicalize_filename (path, folder);
  if (!name)
    name = g_path_get_basename (absolute);
  g_variant_builder_add (inputs, "(ss)", name, absolute);
  return TRUE;
}

static gboolean
read_groups (GKeyFile *file, const char *folder, GVariantDict *spec, GError **error)
{
  g_auto (GVariantBuilder) inputs = G_VARIANT_BUILDER_INIT (G_VARIANT_TYPE ("a(ss)"));
  gsize n_groups = 0;
  g_auto (GStrv) groups = g_key_file_get_groups (file, &n_groups);

  if (n_groups > MAX_INPUTS + 1)
    return refuse (error, _ ("A job takes %d files at most."), MAX_INPUTS);
  for (char **group = groups; *group; group++)
    {
      if (g_str_equal (*group, GROUP))
        continue;
      if (!g_str_has_prefix (*group, INPUT_GROUP))
        return refuse (error, _ ("There is no “%s” in a job file of version %d."), *group, VERSION);
      if (!read_input (file, *group, folder, &inputs, error))
        return FALSE;
    }
  g_variant_dict_insert_value (spec, "inputs", g_variant_builder_end (&inputs));
  return TRUE;
}

/**
 * inf_job_file_parse:
 * @data: the content of a file, from anyone
 * @length_bytes: of @data
 * @folder: an absolute path: the folder that relative paths in it start from
 * @error: %INF_ERROR_TOO_LARGE or %INF_ERROR_INVALID, with a sentence that names the part
 *
 * Reads no other file, and does not tell whether the job can run.
 *
 * Returns: (transfer full) (nullable): a job's specification, `a{sv}`; its paths are absolute
 */
GVariant *
inf_job_file_parse (const char *data, gsize length_bytes, const char *folder, GError **error)
{
  g_auto (GVariantDict) spec = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();

  if (length_bytes > INF_JOB_FILE_MAX_BYTES)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE, "%s",
                   _ ("This is too long to be a job file."));
      return NULL;
    }
  if (!g_utf8_validate (data, (gssize)length_bytes, NULL)
      || !g_key_file_load_from_data (file, data, length_bytes, G_KEY_FILE_NONE, NULL)
      || !g_key_file_has_group (file, GROUP))
    {
      refuse (error, "%s", _ ("This is not a job file."));
      return NULL;
    }
  if (g_key_file_get_integer (file, GROUP, "Version", NULL) != VERSION)
    {
      refuse (error, "%s", _ ("This job file is of a version that is not known here."));
      return NULL;
    }
  if (!read_keys (file, folder, &spec, error) || !read_groups (file, folder, &spec, error))
    return NULL;
  if (!g_variant_dict_contains (&spec, "program"))
    {
      refuse (error, "%s", _ ("This job file names no program."));
      return NULL;
    }
  return g_variant_ref_sink (g_variant_dict_end (&spec));
}

/* What lies in the folder of the job file, or below, goes where the folder goes. */
static char *
relate (const char *path, const char *folder)
{
  gsize length = strlen (folder);

  if (length > 1 && g_str_has_prefix (path, folder) && path[length] == '/' && path[length + 1])
    return g_strconcat (".", path + length, NULL);
  return g_strdup (path);
}

/* GKeyFile drops spaces at the end that are not escaped. */
static void
set_text (GKeyFile *file, const char *group, const char *key, const char *text)
{
  g_autofree char *value = NULL;
  g_autofree char *escaped = NULL;

  g_key_file_set_string (file, group, key, text);
  value = g_key_file_get_value (file, group, key, NULL);
  if (!g_str_has_suffix (value, " "))
    return;
  value[strlen (value) - 1] = '\0';
  escaped = g_strconcat (value, "\\s", NULL);
  g_key_file_set_value (file, group, key, escaped);
}

static void
write_text (GKeyFile *file, const Entry *entry, const char *text, const char *folder)
{
  g_autofree char *path = NULL;

  if (!*text)
    return;
  path = entry->type == PATH ? relate (text, folder) : g_strdup (text);
  set_text (file, GROUP, entry->key, path);
}

static void
write_value (GKeyFile *file, const Entry *entry, GVariant *value, const char *folder)
{
  g_autofree const char **words = NULL;
  gsize n_words;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    write_text (file, entry, g_variant_get_string (value, NULL), folder);
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    g_key_file_set_uint64 (file, GROUP, entry->key, g_variant_get_uint32 (value));
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64))
    g_key_file_set_uint64 (file, GROUP, entry->key, g_variant_get_uint64 (value));
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    g_key_file_set_boolean (file, GROUP, entry->key, g_variant_get_boolean (value));
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      words = g_variant_get_strv (value, &n_words);
      if (n_words)
        g_key_file_set_string_list (file, GROUP, entry->key, words, n_words);
    }
}

static void
write_inputs (GKeyFile *file, GVariant *spec, const char *folder)
{
  g_autoptr (GVariant) inputs = g_variant_lookup_value (spec, "inputs", G_VARIANT_TYPE ("a(ss)"));

  for (gsize i = 0; inputs && i < g_variant_n_children (inputs); i++)
    {
      g_autofree char *group = g_strdup_printf (INPUT_GROUP "%" G_GSIZE_FORMAT, i + 1);
      g_autofree char *related = NULL;
      const char *name, *path;

      g_variant_get_child (inputs, i, "(&s&s)", &name, &path);
      related = relate (path, folder);
      set_text (file, group, "Name", name);
      set_text (file, group, "Path", related);
    }
}

/**
 * inf_job_file_format:
 * @spec: a job's specification, `a{sv}`
 * @folder: an absolute path: where the file will be; paths below it become relative
 *
 * Returns: (transfer full): the content of a file that inf_job_file_parse() makes the same
 *   specification of
 */
char *
inf_job_file_format (GVariant *spec, const char *folder)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();

  g_key_file_set_integer (file, GROUP, "Version", VERSION);
  for (guint i = 0; i < G_N_ELEMENTS (entries); i++)
    {
      g_autoptr (GVariant) value = g_variant_lookup_value (spec, entries[i].name, NULL);
      if (value)
        write_value (file, &entries[i], value, folder);
    }
  write_inputs (file, spec, folder);
  return g_key_file_to_data (file, NULL, NULL);
}
