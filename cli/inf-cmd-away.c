#include "cli/inf-client.h"
#include "cli/inf-command.h"
#include "cli/inf-quantity.h"
#include "cli/inf-terminal.h"

#include <stdio.h>

#define DEFAULT_S (24 * 3600)

static gboolean is_back;

/* The next time that a clock here shows @text, "18:30". */
static gboolean
parse_clock (const char *text, gint64 *ret_unix_us, GError **error)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) then = NULL;
  g_autoptr (GDateTime) tomorrow = NULL;
  guint hour, minute;
  char rest;

  if (sscanf (text, "%2u:%2u%c", &hour, &minute, &rest) != 2 || hour > 23 || minute > 59)
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "“%s” is no time; write it as 18:30", text);
      return FALSE;
    }
  then = g_date_time_new_local (g_date_time_get_year (now), g_date_time_get_month (now),
                                g_date_time_get_day_of_month (now), (int)hour, (int)minute, 0);
  tomorrow = g_date_time_add_days (then, 1);
  *ret_unix_us = g_date_time_to_unix (g_date_time_compare (then, now) > 0 ? then : tomorrow)
                 * G_USEC_PER_SEC;
  return TRUE;
}

static gboolean
parse_end (char **arguments, gint64 *ret_unix_us, GError **error)
{
  guint64 duration_s = DEFAULT_S;

  if (arguments[0] && g_str_equal (arguments[0], "until"))
    {
      if (arguments[1])
        return parse_clock (arguments[1], ret_unix_us, error);
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "until when? write “infinity away until 18:30”");
      return FALSE;
    }
  if (arguments[0] && arguments[1])
    {
      g_set_error (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                   "“%s” is too much; write “infinity away 2h” or “infinity away until 18:30”",
                   arguments[1]);
      return FALSE;
    }
  if (arguments[0] && !inf_quantity_parse_duration (arguments[0], &duration_s, error))
    return FALSE;
  *ret_unix_us = g_get_real_time () + (gint64)MIN (duration_s, G_MAXINT32) * G_USEC_PER_SEC;
  return TRUE;
}

static int
run_away (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_autofree char *when = NULL;
  InfDBusNode1 *node;
  gint64 until_unix_us = 0;

  if (!is_back && !parse_end (arguments, &until_unix_us, error))
    return INF_EXIT_USAGE;
  client = inf_client_connect (error);
  node = client ? inf_client_get_node (client, error) : NULL;
  if (!node || !inf_dbus_node1_call_set_away_sync (node, until_unix_us, NULL, error))
    return INF_EXIT_FAILURE;
  if (is_back)
    {
      inf_terminal_message ("The others know that this node is here.");
      return INF_EXIT_SUCCESS;
    }
  when = inf_quantity_format_time (until_unix_us);
  inf_terminal_message ("Away until %s. “infinity away --back” ends it before.", when);
  return INF_EXIT_SUCCESS;
}

static const GOptionEntry options[] = {
  { "back", 'b', 0, G_OPTION_ARG_NONE, &is_back, "This node is here again", NULL },
  G_OPTION_ENTRY_NULL,
};

const InfCommand inf_commands_away[] = {
  { .name = "away",
    .arguments = "[DURATION | until HH:MM]",
    .summary = "Tell the others not to look for this node for a while (a day, unless given)",
    .details = "Before the machine is switched off or taken along, so that nobody takes it for "
               "dead. Sleep needs no such word where logind tells of it.",
    .options = options,
    .max_arguments = 2,
    .run = run_away },
  { NULL },
};
