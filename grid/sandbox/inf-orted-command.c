#include "grid/sandbox/inf-orted-command.h"

#include "common/inf-error.h"
#include "grid/sandbox/inf-sandbox-config.h"

#include <arpa/inet.h>
#include <stdlib.h>
#include <string.h>

/* What mpiexec 4.1 sends, as observed with 1 to 8 hosts, with and without --prefix:
 *
 *   line    = command / "( test ! -r ./.profile || . ./.profile; " command " )"
 *   command = [ exports ] orted *( parameter )
 *   exports = PATH=P/bin:$PATH ; export PATH ; LD_LIBRARY_PATH=P/lib:${LD_LIBRARY_PATH:-} ; …
 *   orted   = "orted" / P "/bin/orted"
 *   parameter = ( "-mca" / "--mca" ) name value
 *   value   = one word, or anything between double quotes
 *
 * The second form is for users whose login shell is sh or ksh. The exports of --prefix are
 * recognized and left out: the sandbox's own Open MPI is used. */

#define PROFILE_START "( test ! -r ./.profile || . ./.profile; "
#define PROFILE_END " )"

#define MAX_VALUE_BYTES 8192

typedef enum
{
  VALUE_NUMBER,  /* digits */
  VALUE_PLAIN,   /* a list of names and numbers; no path */
  VALUE_REGEX,   /* orte_node_regex */
  VALUE_URI,     /* where a daemon of the job listens, in the job network */
  VALUE_ENV,     /* exactly "env" */
  VALUE_RSH,     /* exactly "rsh" */
  VALUE_DROPPED, /* only the launcher's business */
} ValueKind;

typedef struct
{
  const char *name;
  ValueKind kind;
} Rule;

static const Rule rules[] = {
  { "ess", VALUE_ENV },
  { "ess_base_jobid", VALUE_NUMBER },
  { "ess_base_num_procs", VALUE_NUMBER },
  { "ess_base_vpid", VALUE_NUMBER },
  { "orte_hnp_uri", VALUE_URI },
  { "orte_node_regex", VALUE_REGEX },
  { "orte_parent_uri", VALUE_URI },
  { "plm", VALUE_RSH },
  { "pmix", VALUE_PLAIN },
  { "routed", VALUE_PLAIN },
  { "btl", VALUE_PLAIN },
  { "pml", VALUE_PLAIN },
  { "coll", VALUE_PLAIN },
  { "orte_abort_on_non_zero_status", VALUE_NUMBER },
  { "orte_leave_session_attached", VALUE_NUMBER },
  { "orte_report_bindings", VALUE_NUMBER },
  { "orte_tag_output", VALUE_NUMBER },
  { "orte_timestamp_output", VALUE_NUMBER },
  { "orte_map_stddiag_to_stderr", VALUE_NUMBER },
  { "orte_debug_daemons", VALUE_NUMBER },
  { "plm_rsh_agent", VALUE_DROPPED },
  { "plm_rsh_no_tree_spawn", VALUE_DROPPED },
  { "plm_rsh_num_concurrent", VALUE_DROPPED },
  { "orte_launch_agent", VALUE_DROPPED },
};

/* Families of parameters that only tune; whatever loads code or names a file is in none of them. */
static const char *const plain_prefixes[] = {
  "btl_base_",   "btl_self_", "btl_tcp_", "btl_vader_", "coll_base_", "coll_tuned_",
  "hwloc_base_", "mpi_",      "oob_tcp_", "pml_ob1_",   "pml_base_",  "rmaps_base_",
};

struct _InfOrtedCommand
{
  GPtrArray *names;
  GPtrArray *values;
};

/**
 * inf_orted_command_free:
 * @command: (nullable): a command
 */
void
inf_orted_command_free (InfOrtedCommand *command)
{
  if (!command)
    return;
  g_ptr_array_unref (command->names);
  g_ptr_array_unref (command->values);
  g_free (command);
}

static gboolean
refuse (GError **error, const char *what, const char *detail)
{
  g_set_error (error, INF_ERROR, INF_ERROR_REFUSED, "orted command refused: %s%s", what, detail);
  return FALSE;
}

/* Words */

static gboolean
is_word_char (char c)
{
  return g_ascii_isalnum (c) || (c && strchr ("_.,:/@^=+-", c));
}

static gboolean
is_quoted_char (char c)
{
  return g_ascii_isprint (c) && !strchr ("\"\\$`", c);
}

static const char *
skip_spaces (const char *at)
{
  return at + strspn (at, " ");
}

/* One word from *@at on, which moves behind it. */
static char *
read_word (const char **at, GError **error)
{
  const char *start = *at;
  gboolean quoted = *start == '"';
  const char *end = quoted ? ++start : start;

  while (quoted ? is_quoted_char (*end) : is_word_char (*end))
    end++;
  *at = quoted && *end == '"' ? end + 1 : end;
  if ((quoted && *end != '"') || (**at && **at != ' ') || (!quoted && end == start))
    {
      refuse (error, "a word that is neither plain nor in double quotes", "");
      return NULL;
    }
  return g_strndup (start, end - start);
}

static GPtrArray *
read_words (const char *line, GError **error)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);

  for (const char *at = skip_spaces (line); *at; at = skip_spaces (at))
    {
      char *word = read_word (&at, error);
      if (!word)
        return NULL;
      g_ptr_array_add (words, word);
      if (words->len > INF_ORTED_MAX_WORDS)
        {
          refuse (error, "too many words", "");
          return NULL;
        }
    }
  return g_steal_pointer (&words);
}

/* Values */

static gboolean
is_made_of (const char *value, const char *extra)
{
  for (; *value; value++)
    if (!g_ascii_isalnum (*value) && !strchr (extra, *value))
      return FALSE;
  return TRUE;
}

static gboolean
is_number (const char *value)
{
  gsize length = strspn (value, "0123456789");

  return length > 0 && length <= 10 && !value[length];
}

static gboolean
is_plain (const char *value)
{
  return is_made_of (value, "_.,:^@+- ");
}

/* tcp://10.77.0.1:10064, possibly with several addresses before the port. */
static gboolean
is_transport (const char *text)
{
  const char *colon;

  if (!g_str_has_prefix (text, "tcp://"))
    return FALSE;
  text += strlen ("tcp://");
  colon = strrchr (text, ':');
  if (!colon || !is_number (colon + 1))
    return FALSE;
  g_autofree char *list = g_strndup (text, colon - text);
  g_auto (GStrv) addresses = g_strsplit (list, ",", -1);
  for (char **each = addresses; *each; each++)
    {
      struct in_addr address;
      guint index;

      if (inet_pton (AF_INET, *each, &address) != 1
          || !inf_sandbox_index_from_address (ntohl (address.s_addr), &index))
        return FALSE;
    }
  return addresses[0] != NULL;
}

/* JOBID.VPID;transport[;transport…]: only the job network may be named. */
static gboolean
is_uri (const char *value)
{
  g_auto (GStrv) parts = g_strsplit (value, ";", 8);
  g_auto (GStrv) name = g_strsplit (parts[0] ? parts[0] : "", ".", 2);

  if (g_strv_length (name) != 2 || !is_number (name[0]) || !is_number (name[1]) || !parts[1])
    return FALSE;
  for (char **each = parts + 1; *each; each++)
    if (!is_transport (*each))
      return FALSE;
  return TRUE;
}

static gboolean
value_fits (ValueKind kind, const char *value)
{
  switch (kind)
    {
    case VALUE_NUMBER:
      return is_number (value);
    case VALUE_PLAIN:
      return is_plain (value);
    case VALUE_REGEX:
      return is_made_of (value, "_.,:@()[]-*");
    case VALUE_URI:
      return is_uri (value);
    case VALUE_ENV:
      return g_str_equal (value, "env");
    case VALUE_RSH:
      return g_str_equal (value, "rsh");
    case VALUE_DROPPED:
      return TRUE;
    default:
      return FALSE;
    }
}

static gboolean
find_kind (const char *name, ValueKind *ret_kind)
{
  for (guint i = 0; i < G_N_ELEMENTS (rules); i++)
    if (g_str_equal (rules[i].name, name))
      {
        *ret_kind = rules[i].kind;
        return TRUE;
      }
  for (guint i = 0; i < G_N_ELEMENTS (plain_prefixes); i++)
    if (g_str_has_prefix (name, plain_prefixes[i]))
      {
        *ret_kind = VALUE_PLAIN;
        return TRUE;
      }
  return FALSE;
}

/* Lines */

static gboolean
is_prefix_path (const char *path)
{
  return *path == '/' && is_made_of (path, "/_.+-") && !strstr (path, "..");
}

static char *
strip_profile (const char *line)
{
  gsize length = strlen (line);
  gsize around = strlen (PROFILE_START) + strlen (PROFILE_END);

  if (length >= around && g_str_has_prefix (line, PROFILE_START)
      && g_str_has_suffix (line, PROFILE_END))
    return g_strndup (line + strlen (PROFILE_START), length - around);
  return g_strdup (line);
}

/* Where the command proper starts: behind the exports of --prefix, which must be exactly those. */
static const char *
skip_exports (const char *line, GError **error)
{
  const char *at = skip_spaces (line);
  const char *end;

  if (!g_str_has_prefix (at, "PATH="))
    return at;
  at += strlen ("PATH=");
  end = strstr (at, "/bin:$PATH ; ");
  g_autofree char *prefix = g_strndup (at, end ? (gsize)(end - at) : 0);
  g_autofree char *expected = g_strdup_printf (
      "%s/bin:$PATH ; export PATH ; LD_LIBRARY_PATH=%s/lib:${LD_LIBRARY_PATH:-} ; "
      "export LD_LIBRARY_PATH ; DYLD_LIBRARY_PATH=%s/lib:${DYLD_LIBRARY_PATH:-} ; "
      "export DYLD_LIBRARY_PATH ; ",
      prefix, prefix, prefix);
  if (end && is_prefix_path (prefix) && g_str_has_prefix (at, expected))
    {
      at = skip_spaces (at + strlen (expected));
      if (g_str_has_prefix (at, prefix) && g_str_has_prefix (at + strlen (prefix), "/bin/orted"))
        return at + strlen (prefix) + strlen ("/bin/");
    }
  refuse (error, "its first part is not what --prefix writes", "");
  return NULL;
}

static gboolean
add_param (InfOrtedCommand *command, const char *name, const char *value, GError **error)
{
  ValueKind kind;

  if (!find_kind (name, &kind))
    return refuse (error, "unknown parameter ", name);
  if (strlen (value) > MAX_VALUE_BYTES || !value_fits (kind, value))
    return refuse (error, "a value that is not allowed for ", name);
  if (kind == VALUE_DROPPED)
    return TRUE;
  g_ptr_array_add (command->names, g_strdup (name));
  g_ptr_array_add (command->values, g_strdup (value));
  return TRUE;
}

static gboolean
read_params (InfOrtedCommand *command, GPtrArray *words, GError **error)
{
  for (guint i = 1; i < words->len; i += 3)
    {
      const char *option = g_ptr_array_index (words, i);

      if (g_str_equal (option, "--tree-spawn"))
        return refuse (error, "hosts start no other hosts; plm_rsh_no_tree_spawn is missing", "");
      if (!g_str_equal (option, "-mca") && !g_str_equal (option, "--mca"))
        return refuse (error, "unknown option ", option);
      if (i + 2 >= words->len)
        return refuse (error, "it ends within a parameter", "");
      if (!add_param (command, g_ptr_array_index (words, i + 1), g_ptr_array_index (words, i + 2),
                      error))
        return FALSE;
    }
  return TRUE;
}

static gboolean
has_what_it_needs (InfOrtedCommand *command, GError **error)
{
  static const char *const needed[]
      = { "ess", "ess_base_jobid", "ess_base_vpid", "orte_hnp_uri", "orte_leave_session_attached" };

  for (guint i = 0; i < G_N_ELEMENTS (needed); i++)
    if (!inf_orted_command_get_param (command, needed[i]))
      return refuse (error, "it lacks ", needed[i]);
  return TRUE;
}

/**
 * inf_orted_command_parse:
 * @line: what mpiexec gave to its remote shell after the host's name, from anyone
 * @error: #INF_ERROR_REFUSED, with what was not understood; #INF_ERROR_TOO_LARGE
 *
 * Returns: (transfer full) (nullable): the command
 */
InfOrtedCommand *
inf_orted_command_parse (const char *line, GError **error)
{
  g_autoptr (InfOrtedCommand) command = g_new0 (InfOrtedCommand, 1);
  const char *start;

  command->names = g_ptr_array_new_with_free_func (g_free);
  command->values = g_ptr_array_new_with_free_func (g_free);
  if (strlen (line) > INF_ORTED_MAX_LENGTH_BYTES)
    {
      g_set_error (error, INF_ERROR, INF_ERROR_TOO_LARGE,
                   "orted command refused: %" G_GSIZE_FORMAT " bytes, at most %d are taken",
                   strlen (line), INF_ORTED_MAX_LENGTH_BYTES);
      return NULL;
    }
  g_autofree char *stripped = strip_profile (line);
  start = skip_exports (stripped, error);
  if (!start)
    return NULL;
  g_autoptr (GPtrArray) words = read_words (start, error);
  if (!words)
    return NULL;
  if (words->len == 0 || !g_str_equal (g_ptr_array_index (words, 0), "orted"))
    {
      refuse (error, "it does not start orted", "");
      return NULL;
    }
  if (!read_params (command, words, error) || !has_what_it_needs (command, error))
    return NULL;
  return g_steal_pointer (&command);
}

/**
 * inf_orted_command_get_param:
 * @command: a command
 * @name: an MCA parameter, "ess_base_vpid" for example
 *
 * Returns: (transfer none) (nullable): its value, NULL when it is not given
 */
const char *
inf_orted_command_get_param (InfOrtedCommand *command, const char *name)
{
  for (guint i = 0; i < command->names->len; i++)
    if (g_str_equal (g_ptr_array_index (command->names, i), name))
      return g_ptr_array_index (command->values, i);
  return NULL;
}

/**
 * inf_orted_command_to_argv:
 * @command: a command
 *
 * Returns: (transfer full): the words to run inside the sandbox, no shell between
 */
char **
inf_orted_command_to_argv (InfOrtedCommand *command)
{
  g_autoptr (GPtrArray) argv = g_ptr_array_new ();

  g_ptr_array_add (argv, g_strdup ("orted"));
  for (guint i = 0; i < command->names->len; i++)
    {
      g_ptr_array_add (argv, g_strdup ("-mca"));
      g_ptr_array_add (argv, g_strdup (g_ptr_array_index (command->names, i)));
      g_ptr_array_add (argv, g_strdup (g_ptr_array_index (command->values, i)));
    }
  /* orted looks for a remote shell though it starts nobody; a host need not have one. */
  g_ptr_array_add (argv, g_strdup ("-mca"));
  g_ptr_array_add (argv, g_strdup ("plm_rsh_agent"));
  g_ptr_array_add (argv, g_strdup ("/bin/false"));
  g_ptr_array_add (argv, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&argv), FALSE);
}
