#include "cli/inf-client.h"
#include "cli/inf-command.h"
#include "cli/inf-list.h"
#include "cli/inf-quantity.h"
#include "cli/inf-terminal.h"

static gboolean opt_stop;
static gboolean opt_finish;
static gboolean opt_always;
static int opt_days = 14;
static int opt_limit = 50;

static InfDBusHost1 *
open_host (InfClient **ret_client, GError **error)
{
  *ret_client = inf_client_connect (error);
  return *ret_client ? inf_client_get_host (*ret_client, error) : NULL;
}

/* "tomorrow", a duration, or nothing: until resumed */
static gboolean
read_until (const char *text, const char **ret_until, guint *ret_seconds, GError **error)
{
  guint64 seconds = 0;

  *ret_until = !text ? "resumed" : g_str_equal (text, "tomorrow") ? "tomorrow" : "time";
  if (g_str_equal (*ret_until, "time") && !inf_quantity_parse_duration (text, &seconds, error))
    return FALSE;
  *ret_seconds = (guint)MIN (seconds, G_MAXUINT32);
  return TRUE;
}

static int
run_pause (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  InfDBusHost1 *host;
  const char *until;
  guint seconds;

  if (opt_stop && opt_finish)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--finish and --stop exclude each other");
      return INF_EXIT_USAGE;
    }
  if (!read_until (arguments[0], &until, &seconds, error))
    return INF_EXIT_USAGE;
  host = open_host (&client, error);
  if (!host
      || !inf_dbus_host1_call_pause_sync (host, until, seconds,
                                          opt_stop     ? "stop"
                                          : opt_finish ? "finish"
                                                       : "",
                                          NULL, error))
    return INF_EXIT_FAILURE;
  inf_terminal_message ("This machine takes no jobs for now. “infinity host resume” ends that.");
  return INF_EXIT_SUCCESS;
}

static int
run_resume (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  InfDBusHost1 *host = open_host (&client, error);

  if (!host || !inf_dbus_host1_call_resume_sync (host, NULL, error))
    return INF_EXIT_FAILURE;
  inf_terminal_message ("The pause is over. “infinity host show” says whether jobs are taken.");
  return INF_EXIT_SUCCESS;
}

static const InfColumn request_columns[] = {
  { "id", "ID", INF_CELL_TEXT },
  { "client-name", "CLIENT", INF_CELL_TEXT },
  { "program", "PROGRAM", INF_CELL_TEXT },
  { "slots", "SLOTS", INF_CELL_NUMBER },
  { "memory-bytes", "MEMORY", INF_CELL_SIZE },
  { "seconds", "SECONDS", INF_CELL_NUMBER },
  { "worth", "AT MOST", INF_CELL_CREDITS },
  { "asked-unix", "ASKED", INF_CELL_TIME },
  { "expires-unix", "EXPIRES", INF_CELL_TIME },
  { "client", "PEER", INF_CELL_ID, .is_extra = TRUE },
  { NULL },
};

static int
run_requests (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_autoptr (GVariant) requests = NULL;
  InfDBusHost1 *host;
  int status;

  if (!inf_list_begin (request_columns, &status, error))
    return status;
  host = open_host (&client, error);
  if (!host || !inf_dbus_host1_call_list_requests_sync (host, &requests, NULL, error))
    return INF_EXIT_FAILURE;
  return inf_list_print (request_columns, "id", requests, "Nobody asks for this machine.", error);
}

static int
answer (const char *id, const char *word, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  InfDBusHost1 *host = open_host (&client, error);

  if (!host || !inf_dbus_host1_call_answer_request_sync (host, id, word, NULL, error))
    return INF_EXIT_FAILURE;
  return INF_EXIT_SUCCESS;
}

static int
run_accept (char **arguments, GError **error)
{
  return answer (arguments[0], opt_always ? "always" : "accept", error);
}

static int
run_decline (char **arguments, GError **error)
{
  return answer (arguments[0], "decline", error);
}

static const InfColumn past_columns[] = {
  { "id", "ID", INF_CELL_ID },
  { "client-name", "CLIENT", INF_CELL_TEXT },
  { "program", "PROGRAM", INF_CELL_TEXT },
  { "slots", "SLOTS", INF_CELL_NUMBER },
  { "since-unix", "SINCE", INF_CELL_TIME },
  { "ended-unix", "ENDED", INF_CELL_TIME },
  { "earned", "EARNED", INF_CELL_CREDITS },
  { "end-reason", "STOPPED BECAUSE", INF_CELL_TEXT },
  { "job", "JOB", INF_CELL_ID, .is_extra = TRUE },
  { NULL },
};

static int
run_past (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_autoptr (GVariant) leases = NULL;
  InfDBusHost1 *host;
  int status;

  if (!inf_list_begin (past_columns, &status, error))
    return status;
  host = open_host (&client, error);
  if (!host
      || !inf_dbus_host1_call_list_past_leases_sync (host, 0, (guint)MAX (opt_limit, 0), &leases,
                                                     NULL, error))
    return INF_EXIT_FAILURE;
  return inf_list_print (past_columns, "id", leases, "Nothing has run here for others yet.", error);
}

static char *
format_day (GVariant *row)
{
  gint64 begin_unix_us = 0;

  g_variant_lookup (row, "day-unix", "x", &begin_unix_us);
  g_autoptr (GDateTime) day = g_date_time_new_from_unix_local (begin_unix_us / G_USEC_PER_SEC);
  return g_date_time_format (day, "%F");
}

static const InfColumn earning_columns[] = {
  { "day-unix", "DAY", INF_CELL_TIME, .format = format_day },
  { "leases", "LEASES", INF_CELL_NUMBER },
  { "earned", "EARNED", INF_CELL_CREDITS },
  { NULL },
};

static GVariant *
make_earning_rows (GVariant *days)
{
  GVariantBuilder builder;
  GVariantIter iter;
  gint64 begin_unix_us;
  guint64 earned;
  guint leases;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  g_variant_iter_init (&iter, days);
  while (g_variant_iter_next (&iter, "(xtu)", &begin_unix_us, &earned, &leases))
    {
      g_variant_builder_open (&builder, G_VARIANT_TYPE ("a{sv}"));
      g_variant_builder_add (&builder, "{sv}", "day-unix", g_variant_new_int64 (begin_unix_us));
      g_variant_builder_add (&builder, "{sv}", "leases", g_variant_new_uint32 (leases));
      g_variant_builder_add (&builder, "{sv}", "earned", g_variant_new_uint64 (earned));
      g_variant_builder_close (&builder);
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static int
run_earnings (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_autoptr (GVariant) days = NULL, rows = NULL;
  InfDBusResources1 *resources;
  int status;

  if (!inf_list_begin (earning_columns, &status, error))
    return status;
  client = inf_client_connect (error);
  resources = client ? inf_client_get_resources (client, error) : NULL;
  if (!resources
      || !inf_dbus_resources1_call_get_earnings_sync (resources, (guint)MAX (opt_days, 0), &days,
                                                      NULL, error))
    return INF_EXIT_FAILURE;
  rows = make_earning_rows (days);
  return inf_list_print (earning_columns, "day-unix", rows, "Nothing was earned.", error);
}

static const GOptionEntry pause_options[] = {
  { "finish", 0, 0, G_OPTION_ARG_NONE, &opt_finish, "Let jobs that run come to their end", NULL },
  { "stop", 0, 0, G_OPTION_ARG_NONE, &opt_stop, "Stop jobs that run", NULL },
  G_OPTION_ENTRY_NULL,
};
static const GOptionEntry accept_options[] = {
  { "always", 0, 0, G_OPTION_ARG_NONE, &opt_always, "Don't ask about this client any more", NULL },
  G_OPTION_ENTRY_NULL,
};
static const GOptionEntry requests_options[] = { INF_LIST_ENTRIES, G_OPTION_ENTRY_NULL };
static const GOptionEntry past_options[] = {
  INF_LIST_ENTRIES,
  { "limit", 0, 0, G_OPTION_ARG_INT, &opt_limit, "How many, up to 1000 (default: 50)", "N" },
  G_OPTION_ENTRY_NULL,
};
static const GOptionEntry earnings_options[] = {
  INF_LIST_ENTRIES,
  { "days", 0, 0, G_OPTION_ARG_INT, &opt_days, "How many days, up to 366 (default: 14)", "N" },
  G_OPTION_ENTRY_NULL,
};

const InfCommand inf_commands_sharing[] = {
  { .name = "host pause",
    .arguments = "[DURATION|tomorrow]",
    .summary = "Take no jobs for a while, or until “host resume”",
    .options = pause_options,
    .max_arguments = 1,
    .run = run_pause },
  { .name = "host resume", .summary = "End a pause", .run = run_resume },
  { .name = "host requests",
    .summary = "List who asks to run something here, where the owner wants to be asked",
    .options = requests_options,
    .run = run_requests },
  { .name = "host accept",
    .arguments = "ID",
    .summary = "Let a request in",
    .options = accept_options,
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_accept },
  { .name = "host decline",
    .arguments = "ID",
    .summary = "Turn a request down",
    .min_arguments = 1,
    .max_arguments = 1,
    .run = run_decline },
  { .name = "host history",
    .summary = "List what has run here for others, newest first",
    .options = past_options,
    .run = run_past },
  { .name = "host earnings",
    .summary = "List what each day brought",
    .options = earnings_options,
    .run = run_earnings },
  { NULL },
};
