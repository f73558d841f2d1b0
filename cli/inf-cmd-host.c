#include "cli/inf-client.h"
#include "cli/inf-command.h"
#include "cli/inf-hours-text.h"
#include "cli/inf-list.h"
#include "cli/inf-log-output.h"
#include "cli/inf-quantity.h"
#include "cli/inf-terminal.h"
#include "common/inf-error.h"

#include <unistd.h>

static int opt_slots = -1;
static char *opt_memory;
static char *opt_price;
static char *opt_max_time;
static char *opt_offers;
static char *opt_disk;
static char *opt_hours;
static int opt_idle_minutes = -1;
static char *opt_mains_only;
static int opt_busy_percent = -1;
static char *opt_clients;
static char *opt_allow;
static char *opt_when_paused;
static char *opt_inhibit_suspend;

static InfDBusHost1 *
open_host (InfClient **ret_client, GError **error)
{
  *ret_client = inf_client_connect (error);
  return *ret_client ? inf_client_get_host (*ret_client, error) : NULL;
}

static int
set_hosting (gboolean hosting, const char *message, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_auto (GVariantDict) policy = G_VARIANT_DICT_INIT (NULL);
  InfDBusHost1 *host = open_host (&client, error);

  if (!host)
    return INF_EXIT_FAILURE;
  g_variant_dict_insert (&policy, "hosting", "b", hosting);
  if (!inf_dbus_host1_call_set_policy_sync (host, g_variant_dict_end (&policy), NULL, error))
    return INF_EXIT_FAILURE;
  inf_terminal_message ("%s", message);
  return INF_EXIT_SUCCESS;
}

static int
run_start (char **arguments, GError **error)
{
  return set_hosting (TRUE, "This machine takes jobs now.", error);
}

static int
run_stop (char **arguments, GError **error)
{
  return set_hosting (FALSE,
                      "This machine takes no more jobs. “infinity host leases” shows what still "
                      "runs here.",
                      error);
}

static gboolean
read_yes_no (GVariantDict *policy, const char *key, const char *text, GError **error)
{
  gboolean is_yes = g_strcmp0 (text, "yes") == 0;

  if (text && !is_yes && !g_str_equal (text, "no"))
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE, "--%s is yes or no, not “%s”",
                   key, text);
      return FALSE;
    }
  if (text)
    g_variant_dict_insert (policy, key, "b", is_yes);
  return TRUE;
}

static gboolean
read_hours (GVariantDict *policy, GError **error)
{
  GVariant *hours = opt_hours ? inf_hours_text_parse (opt_hours, error) : NULL;

  if (hours)
    g_variant_dict_insert_value (policy, "hours", hours);
  return !opt_hours || hours;
}

/* When the machine is lent, and to whom. */
static gboolean
read_rules (GVariantDict *policy, GError **error)
{
  if (!read_hours (policy, error) || !read_yes_no (policy, "mains-only", opt_mains_only, error)
      || !read_yes_no (policy, "inhibit-suspend", opt_inhibit_suspend, error))
    return FALSE;
  if (opt_idle_minutes >= 0)
    g_variant_dict_insert (policy, "idle-minutes", "u", (guint32)opt_idle_minutes);
  if (opt_busy_percent >= 0)
    g_variant_dict_insert (policy, "busy-percent", "u", (guint32)opt_busy_percent);
  if (opt_clients)
    g_variant_dict_insert (policy, "clients", "s", opt_clients);
  if (opt_when_paused)
    g_variant_dict_insert (policy, "when-paused", "s", opt_when_paused);
  if (opt_allow)
    {
      g_auto (GStrv) ids = *opt_allow ? g_strsplit (opt_allow, ",", -1) : g_new0 (char *, 1);
      g_variant_dict_insert (policy, "allowed", "^as", ids);
    }
  return TRUE;
}

/* Puts what the options ask for into @policy; FALSE with @error when they make no sense. */
static gboolean
read_policy (GVariantDict *policy, GError **error)
{
  guint64 number;

  if (opt_slots < -1)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--slots can't be negative; 0 is the number of cores");
      return FALSE;
    }
  if (opt_slots >= 0)
    g_variant_dict_insert (policy, "slots", "u", (guint32)opt_slots);
  if (opt_memory)
    {
      if (!inf_quantity_parse_size (opt_memory, &number, error))
        return FALSE;
      g_variant_dict_insert (policy, "memory-bytes", "t", number);
    }
  if (opt_price)
    {
      if (!inf_quantity_parse_credits (opt_price, &number, error))
        return FALSE;
      g_variant_dict_insert (policy, "price", "t", number);
    }
  if (opt_max_time)
    {
      if (!inf_quantity_parse_duration (opt_max_time, &number, error))
        return FALSE;
      g_variant_dict_insert (policy, "max-seconds", "u", (guint32)MIN (number, G_MAXUINT32));
    }
  if (opt_disk)
    {
      if (!inf_quantity_parse_size (opt_disk, &number, error))
        return FALSE;
      g_variant_dict_insert (policy, "disk-bytes", "t", number);
    }
  if (opt_offers)
    g_variant_dict_insert (policy, "offers", "s", opt_offers);
  return read_rules (policy, error);
}

static int
run_set (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) policy = NULL;
  InfDBusHost1 *host;

  if (!read_policy (&dict, error))
    return INF_EXIT_USAGE;
  policy = g_variant_ref_sink (g_variant_dict_end (&dict));
  if (g_variant_n_children (policy) == 0)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_FAILED, "nothing to set");
      return INF_EXIT_USAGE;
    }
  host = open_host (&client, error);
  if (!host || !inf_dbus_host1_call_set_policy_sync (host, policy, NULL, error))
    return INF_EXIT_FAILURE;
  return INF_EXIT_SUCCESS;
}

static char *
format_number_or (GVariant *row, const char *key, const char *zero)
{
  guint32 number = 0;

  g_variant_lookup (row, key, "u", &number);
  return number ? g_strdup_printf ("%u", number) : g_strdup (zero);
}

static char *
format_slots (GVariant *row)
{
  return format_number_or (row, "slots", "as many as there are cores");
}

static char *
format_memory (GVariant *row)
{
  guint64 size_bytes = 0;

  g_variant_lookup (row, "memory-bytes", "t", &size_bytes);
  return size_bytes ? inf_quantity_format_size (size_bytes)
                    : g_strdup ("three quarters of the machine's");
}

static char *
format_max_time (GVariant *row)
{
  guint32 seconds = 0;

  g_variant_lookup (row, "max-seconds", "u", &seconds);
  return seconds ? inf_quantity_format_duration (seconds * (gint64)G_USEC_PER_SEC)
                 : g_strdup ("no limit");
}

static char *
format_offers (GVariant *row)
{
  const char *offers = "";

  g_variant_lookup (row, "offers", "&s", &offers);
  return g_strdup (*offers ? offers : "none");
}

static char *
format_hosting (GVariant *row)
{
  gboolean hosting = FALSE;
  const char *obstacle = "";

  g_variant_lookup (row, "hosting", "b", &hosting);
  g_variant_lookup (row, "obstacle", "&s", &obstacle);
  return g_strdup (hosting && !*obstacle ? "yes" : "no");
}

static char *
format_hours (GVariant *row)
{
  g_autoptr (GVariant) hours = g_variant_lookup_value (row, "hours", G_VARIANT_TYPE ("a(uuu)"));

  return hours && g_variant_n_children (hours) > 0 ? inf_hours_text_format (hours)
                                                   : g_strdup ("always");
}

static char *
format_idle (GVariant *row)
{
  return format_number_or (row, "idle-minutes", "whether used or not");
}

static char *
format_busy (GVariant *row)
{
  return format_number_or (row, "busy-percent", "however busy");
}

static char *
format_disk (GVariant *row)
{
  guint64 size_bytes = 0;

  g_variant_lookup (row, "disk-bytes", "t", &size_bytes);
  return size_bytes ? inf_quantity_format_size (size_bytes) : g_strdup ("no limit");
}

/* "paused (in-use)", and until when */
static char *
format_state (GVariant *row)
{
  const char *state = "", *reason = "";
  gint64 until_unix_us = 0;
  g_autofree char *until = NULL;

  g_variant_lookup (row, "state", "&s", &state);
  g_variant_lookup (row, "reason", "&s", &reason);
  g_variant_lookup (row, "until-unix", "x", &until_unix_us);
  until = until_unix_us > 0 ? inf_quantity_format_time (until_unix_us) : NULL;
  return g_strdup_printf ("%s%s%s%s%s%s", state, *reason ? " (" : "", reason, *reason ? ")" : "",
                          until ? " until " : "", until ? until : "");
}

static const InfColumn policy_columns[] = {
  { "state", "State", INF_CELL_TEXT, .format = format_state },
  { "hosting", "Takes jobs", INF_CELL_YES_NO, .format = format_hosting },
  { "obstacle", "Can't, because", INF_CELL_TEXT },
  { "slots", "Slots", INF_CELL_NUMBER, .format = format_slots },
  { "memory-bytes", "Memory", INF_CELL_SIZE, .format = format_memory },
  { "price", "Credits per second", INF_CELL_CREDITS },
  { "max-seconds", "Longest lease", INF_CELL_TEXT, .format = format_max_time },
  { "offers", "Installed programs", INF_CELL_TEXT, .format = format_offers },
  { "disk-bytes", "Disk", INF_CELL_SIZE, .format = format_disk },
  { "hours", "Hours", INF_CELL_TEXT, .format = format_hours },
  { "idle-minutes", "Idle minutes", INF_CELL_NUMBER, .format = format_idle },
  { "mains-only", "Only on mains power", INF_CELL_YES_NO },
  { "busy-percent", "Not when busier than, %", INF_CELL_NUMBER, .format = format_busy },
  { "clients", "Clients", INF_CELL_TEXT },
  { "allowed", "Listed clients", INF_CELL_TEXT },
  { "when-paused", "When paused, jobs", INF_CELL_TEXT },
  { "inhibit-suspend", "Stays awake for jobs", INF_CELL_YES_NO },
  { NULL },
};

static void
insert_state (GVariantDict *dict, GVariant *state)
{
  GVariantIter iter;
  const char *key;
  GVariant *value;

  if (!state)
    return;
  g_variant_iter_init (&iter, state);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      g_variant_dict_insert_value (dict, key, value);
      g_variant_unref (value);
    }
}

static int
run_show (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_autoptr (GVariant) row = NULL;
  InfDBusHost1 *host = open_host (&client, error);
  GVariantDict dict;

  if (!host)
    return INF_EXIT_FAILURE;
  g_variant_dict_init (&dict, inf_dbus_host1_get_policy (host));
  insert_state (&dict, inf_dbus_host1_get_state (host));
  g_variant_dict_insert (&dict, "obstacle", "s",
                         inf_dbus_host1_get_obstacle (host) ? inf_dbus_host1_get_obstacle (host)
                                                            : "");
  row = g_variant_ref_sink (g_variant_dict_end (&dict));
  return inf_list_print_record (policy_columns, row);
}

static char *
format_client (GVariant *row)
{
  const char *name = "", *id = "";

  g_variant_lookup (row, "client-name", "&s", &name);
  g_variant_lookup (row, "client", "&s", &id);
  return g_strdup (*name ? name : id);
}

static const InfColumn lease_columns[] = {
  { "id", "ID", INF_CELL_ID },
  { "client", "CLIENT", INF_CELL_TEXT, .format = format_client },
  { "program", "PROGRAM", INF_CELL_TEXT },
  { "slots", "SLOTS", INF_CELL_NUMBER },
  { "state", "STATE", INF_CELL_TEXT },
  { "since-unix", "SINCE", INF_CELL_TIME },
  { "price", "PRICE", INF_CELL_CREDITS },
  { "earned", "EARNED", INF_CELL_CREDITS },
  { "job", "JOB", INF_CELL_ID, .is_extra = TRUE },
  { NULL },
};

static int
run_leases (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_autoptr (GVariant) leases = NULL;
  InfDBusHost1 *host;
  int status;

  if (!inf_list_begin (lease_columns, &status, error))
    return status;
  host = open_host (&client, error);
  if (!host || !inf_dbus_host1_call_list_leases_sync (host, &leases, NULL, error))
    return INF_EXIT_FAILURE;
  return inf_list_print (lease_columns, "id", leases, "Nothing runs here for others.", error);
}

static int
run_stop_lease (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  InfDBusHost1 *host = open_host (&client, error);

  if (!host || !inf_dbus_host1_call_stop_lease_sync (host, arguments[0], NULL, error))
    return INF_EXIT_FAILURE;
  inf_terminal_message ("Lease %s is stopped: nothing of it runs here any more.", arguments[0]);
  return INF_EXIT_SUCCESS;
}

/* Reads what is there now: from where what is kept begins, wherever that has got to. */
static int
run_log (char **arguments, GError **error)
{
  g_autoptr (InfLogOutput) output = inf_log_output_new (STDOUT_FILENO);
  g_autoptr (InfClient) client = NULL;
  InfDBusHost1 *host = open_host (&client, error);
  guint64 offset = 0, start;
  gsize size_bytes = 0;

  do
    {
      g_autoptr (GVariant) data = NULL;
      g_autoptr (GBytes) bytes = NULL;

      if (!host
          || !inf_dbus_host1_call_read_lease_log_sync (host, arguments[0], offset, &start, &data,
                                                       NULL, error))
        return INF_EXIT_FAILURE;
      bytes = g_variant_get_data_as_bytes (data);
      if (!inf_log_output_write (output, bytes, error))
        return INF_EXIT_FAILURE;
      size_bytes = g_bytes_get_size (bytes);
      offset = MAX (offset, start) + size_bytes;
    }
  while (size_bytes > 0);
  return inf_log_output_finish (output, error) ? INF_EXIT_SUCCESS : INF_EXIT_FAILURE;
}

static const GOptionEntry set_options[] = {
  { "slots", 0, 0, G_OPTION_ARG_INT, &opt_slots, "Ranks at once; 0: the number of cores", "N" },
  { "memory", 0, 0, G_OPTION_ARG_STRING, &opt_memory,
    "Memory for all jobs together; 0: three quarters of the machine's", "SIZE" },
  { "price", 0, 0, G_OPTION_ARG_STRING, &opt_price, "Credits for this node and a second",
    "CREDITS" },
  { "max-time", 0, 0, G_OPTION_ARG_STRING, &opt_max_time, "Longest lease; 0: no limit",
    "DURATION" },
  { "offers", 0, 0, G_OPTION_ARG_STRING, &opt_offers,
    "Installed programs that jobs may name, separated by commas; “” for none", "PROGRAMS" },
  { "disk", 0, 0, G_OPTION_ARG_STRING, &opt_disk, "What all jobs may write; 0: no limit", "SIZE" },
  { "hours", 0, 0, G_OPTION_ARG_STRING, &opt_hours,
    "When: “mon-fri 18:00-8:00, sat sun”, or “always”", "HOURS" },
  { "idle-minutes", 0, 0, G_OPTION_ARG_INT, &opt_idle_minutes,
    "Only when nobody has used the machine for so long; 0: always", "N" },
  { "mains-only", 0, 0, G_OPTION_ARG_STRING, &opt_mains_only, "Never on battery", "yes|no" },
  { "busy-percent", 0, 0, G_OPTION_ARG_INT, &opt_busy_percent,
    "Not while other programs use more of the processors; 0: whatever they use", "N" },
  { "clients", 0, 0, G_OPTION_ARG_STRING, &opt_clients, "Whose jobs to take", "all|listed|ask" },
  { "allow", 0, 0, G_OPTION_ARG_STRING, &opt_allow,
    "The listed clients: whole peer ids, separated by commas; “” for none", "IDS" },
  { "when-paused", 0, 0, G_OPTION_ARG_STRING, &opt_when_paused,
    "What becomes of jobs that run when a rule holds", "finish|stop" },
  { "inhibit-suspend", 0, 0, G_OPTION_ARG_STRING, &opt_inhibit_suspend,
    "Keep the machine awake while a job of others runs", "yes|no" },
  G_OPTION_ENTRY_NULL,
};
static const GOptionEntry show_options[] = { INF_JSON_ENTRY, G_OPTION_ENTRY_NULL };
static const GOptionEntry leases_options[] = { INF_LIST_ENTRIES, G_OPTION_ENTRY_NULL };

const InfCommand inf_commands_host[] = {
  { .name = "host start", .summary = "Let others run jobs on this machine", .run = run_start },
  { .name = "host stop", .summary = "Take no further jobs", .run = run_stop },
  { .name = "host set",
    .summary = "Set what this machine lends and for how much",
    .options = set_options,
    .run = run_set },
  { .name = "host show",
    .summary = "Show what this machine lends and for how much",
    .options = show_options,
    .run = run_show },
  { .name = "host leases",
    .summary = "List what runs here for others",
    .options = leases_options,
    .run = run_leases },
  { .name = "host log",
    .arguments = "ID",
    .summary = "Print what the programs of a lease printed on this machine, the last MiB of it",
    .min_arguments = 1,
    .max_arguments = 1,
    .words = INF_WORDS_LEASES,
    .run = run_log },
  { .name = "host stop-lease",
    .arguments = "ID",
    .summary = "Stop what a lease runs, at once",
    .min_arguments = 1,
    .max_arguments = 1,
    .words = INF_WORDS_LEASES,
    .run = run_stop_lease },
  { NULL },
};
