#include "cli/inf-client.h"
#include "cli/inf-command.h"
#include "cli/inf-list.h"
#include "common/inf-error.h"

#define PAGE_ENTRIES 1000

static int opt_limit = 50;

static InfDBusCredits1 *
open_credits (InfClient **ret_client, GError **error)
{
  *ret_client = inf_client_connect (error);
  return *ret_client ? inf_client_get_credits (*ret_client, error) : NULL;
}

static const InfColumn account_columns[] = {
  { "balance", "Balance", INF_CELL_CREDITS },
  { "escrowed", "Set aside for jobs", INF_CELL_CREDITS },
  { "earned", "Earned", INF_CELL_CREDITS },
  { "paid", "Paid", INF_CELL_CREDITS },
  { NULL },
};

static int
run_credits (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (NULL);
  g_autoptr (GVariant) row = NULL;
  InfDBusCredits1 *credits = open_credits (&client, error);

  if (!credits)
    return INF_EXIT_FAILURE;
  g_variant_dict_insert (&dict, "balance", "x", inf_dbus_credits1_get_balance (credits));
  g_variant_dict_insert (&dict, "escrowed", "x", inf_dbus_credits1_get_escrowed (credits));
  g_variant_dict_insert (&dict, "earned", "x", inf_dbus_credits1_get_earned (credits));
  g_variant_dict_insert (&dict, "paid", "x", inf_dbus_credits1_get_paid (credits));
  row = g_variant_ref_sink (g_variant_dict_end (&dict));
  return inf_list_print_record (account_columns, row);
}

static const InfColumn history_columns[] = {
  { "number", "NUMBER", INF_CELL_NUMBER },
  { "time-unix", "TIME", INF_CELL_TIME },
  { "kind", "KIND", INF_CELL_TEXT },
  { "amount", "AMOUNT", INF_CELL_CREDITS },
  { "balance", "BALANCE", INF_CELL_CREDITS },
  { "peer", "PEER", INF_CELL_TEXT },
  { "job", "JOB", INF_CELL_ID },
  { "lease", "LEASE", INF_CELL_ID, .is_extra = TRUE },
  { NULL },
};

/* Asks page by page, as one answer holds at most so many entries; @limit 0 is all. */
static GVariant *
read_history (InfDBusCredits1 *credits, guint limit, GError **error)
{
  guint n_entries = 0, n_page, n_asked;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  do
    {
      g_autoptr (GVariant) page = NULL;

      n_asked = limit ? MIN (limit - n_entries, PAGE_ENTRIES) : PAGE_ENTRIES;
      if (!inf_dbus_credits1_call_history_sync (credits, n_entries, n_asked, &page, NULL, error))
        {
          g_variant_builder_clear (&builder);
          return NULL;
        }
      n_page = (guint)g_variant_n_children (page);
      for (guint i = 0; i < n_page; i++)
        {
          g_autoptr (GVariant) entry = g_variant_get_child_value (page, i);
          g_variant_builder_add_value (&builder, entry);
        }
      n_entries += n_page;
    }
  while (n_page == n_asked && n_entries != limit);
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

static int
run_history (char **arguments, GError **error)
{
  g_autoptr (InfClient) client = NULL;
  g_autoptr (GVariant) entries = NULL;
  InfDBusCredits1 *credits;
  int status;

  if (opt_limit < 0)
    {
      g_set_error_literal (error, G_OPTION_ERROR, G_OPTION_ERROR_BAD_VALUE,
                           "--limit can't be negative; 0 is all");
      return INF_EXIT_USAGE;
    }
  if (!inf_list_begin (history_columns, &status, error))
    return status;
  credits = open_credits (&client, error);
  entries = credits ? read_history (credits, (guint)opt_limit, error) : NULL;
  if (!entries)
    return INF_EXIT_FAILURE;
  return inf_list_print (history_columns, "number", entries, "Nothing has been booked yet.", error);
}

static const GOptionEntry credits_options[] = { INF_JSON_ENTRY, G_OPTION_ENTRY_NULL };
static const GOptionEntry history_options[] = {
  INF_LIST_ENTRIES,
  { "limit", 0, 0, G_OPTION_ARG_INT, &opt_limit, "How many entries; 0: all (default: 50)", "N" },
  G_OPTION_ENTRY_NULL,
};

const InfCommand inf_commands_credits[] = {
  { .name = "credits",
    .summary = "Show this node's credits",
    .options = credits_options,
    .run = run_credits },
  { .name = "credits history",
    .summary = "List what was booked on this node's account, newest first",
    .options = history_options,
    .run = run_history },
  { NULL },
};
