#include "cli/inf-job-report.h"

#include "cli/inf-quantity.h"
#include "cli/inf-text.h"

/* How a job and its plan are told in words and columns. */

static const char *
lookup_text (GVariant *row, const char *key)
{
  const char *text = "";

  g_variant_lookup (row, key, "&s", &text);
  return text;
}

static char *
lookup_credits (GVariant *row, const char *key)
{
  guint64 ucredits = 0;

  g_variant_lookup (row, key, "t", &ucredits);
  return inf_quantity_format_credits ((gint64)MIN (ucredits, (guint64)G_MAXINT64));
}

/* Returns: (transfer full) (nullable): how long the job has run, or did */
static char *
format_elapsed (GVariant *row)
{
  gint64 started_us = 0, finished_us = 0;

  g_variant_lookup (row, "started-unix", "x", &started_us);
  g_variant_lookup (row, "finished-unix", "x", &finished_us);
  if (started_us <= 0)
    return NULL;
  return inf_quantity_format_duration ((finished_us > 0 ? finished_us : g_get_real_time ())
                                       - started_us);
}

static char *
format_exit_status (GVariant *row)
{
  gint32 status = -1;

  g_variant_lookup (row, "exit-status", "i", &status);
  return status < 0 ? NULL : g_strdup_printf ("%d", status);
}

static char *
format_attempt (GVariant *row)
{
  guint32 attempt = 1;

  g_variant_lookup (row, "attempt", "u", &attempt);
  return attempt > 1 ? g_strdup_printf ("%u", attempt) : NULL;
}

const InfColumn inf_job_columns[] = {
  { "id", "ID", INF_CELL_ID },
  { "name", "NAME", INF_CELL_TEXT },
  { "program", "PROGRAM", INF_CELL_TEXT },
  { "state", "STATE", INF_CELL_TEXT },
  { "progress", "DONE", INF_CELL_PERCENT },
  { "elapsed", "ELAPSED", INF_CELL_NUMBER, .format = format_elapsed },
  { "hosts", "HOSTS", INF_CELL_TEXT },
  { "spent", "SPENT", INF_CELL_CREDITS },
  { "reason", "REASON", INF_CELL_TEXT },
  { "nodes", "NODES", INF_CELL_NUMBER, .is_extra = TRUE },
  { "attempt", "ATTEMPT", INF_CELL_NUMBER, .is_extra = TRUE },
  { "exit-status", "EXIT", INF_CELL_NUMBER, .is_extra = TRUE },
  { "submitted-unix", "SUBMITTED", INF_CELL_TIME, .is_extra = TRUE },
  { "finished-unix", "FINISHED", INF_CELL_TIME, .is_extra = TRUE },
  { "summary", "SUMMARY", INF_CELL_TEXT, .is_extra = TRUE },
  { "result", "RESULT", INF_CELL_TEXT, .is_extra = TRUE },
  { NULL },
};

const InfColumn inf_job_record_columns[] = {
  { "id", "Id", INF_CELL_TEXT },
  { "name", "Name", INF_CELL_TEXT },
  { "program", "Program", INF_CELL_TEXT },
  { "state", "State", INF_CELL_TEXT },
  { "reason", "Reason", INF_CELL_TEXT },
  { "progress", "Done", INF_CELL_PERCENT },
  { "progress-text", "Doing", INF_CELL_TEXT },
  { "summary", "Summary", INF_CELL_TEXT },
  { "exit-status", "Exit status", INF_CELL_NUMBER, .format = format_exit_status },
  { "nodes", "Nodes", INF_CELL_NUMBER },
  { "hosts", "Hosts", INF_CELL_TEXT },
  { "attempt", "Attempt", INF_CELL_NUMBER, .format = format_attempt },
  { "spent", "Spent", INF_CELL_CREDITS },
  { "submitted-unix", "Submitted", INF_CELL_TIME },
  { "started-unix", "Started", INF_CELL_TIME },
  { "finished-unix", "Finished", INF_CELL_TIME },
  { "elapsed", "Elapsed", INF_CELL_TEXT, .format = format_elapsed },
  { "result", "Outputs", INF_CELL_TEXT },
  { NULL },
};

const InfColumn inf_job_step_columns[] = {
  { "step", "STEP", INF_CELL_TEXT },
  { "begin-unix", "BEGAN", INF_CELL_TIME },
  { "took", "TOOK", INF_CELL_RTT },
  { NULL },
};

const InfColumn inf_job_cost_columns[] = {
  { "host", "HOST", INF_CELL_TEXT },
  { "spent", "SPENT", INF_CELL_CREDITS },
  { NULL },
};

/**
 * inf_job_report_plan:
 * @plan: what Jobs1.Plan answered
 *
 * Returns: (transfer full): one line: the hosts, the price per minute and the worst case, or why
 *   there is no plan
 */
char *
inf_job_report_plan (GVariant *plan)
{
  g_autoptr (GVariant) hosts = g_variant_lookup_value (plan, "hosts", G_VARIANT_TYPE ("a(sut)"));
  g_autoptr (GString) names = g_string_new (NULL);
  g_autofree char *per_minute = lookup_credits (plan, "price-per-minute");
  g_autofree char *worst_case = lookup_credits (plan, "worst-case");
  gboolean possible = FALSE;
  const char *name;
  guint32 slots;
  guint64 price;
  GVariantIter iter;

  g_variant_lookup (plan, "possible", "b", &possible);
  if (!possible || !hosts)
    {
      const char *reason = lookup_text (plan, "reason");
      return g_strdup (*reason ? reason : "no hosts match");
    }
  g_variant_iter_init (&iter, hosts);
  while (g_variant_iter_loop (&iter, "(&sut)", &name, &slots, &price))
    g_string_append_printf (names, "%s%s (%u slot%s)", names->len ? ", " : "", name, slots,
                            slots == 1 ? "" : "s");
  return g_strdup_printf ("Runs on %s: %s credits a minute, %s at most.", names->str, per_minute,
                          worst_case);
}

static void
append_costs (GString *text, GVariant *job)
{
  g_autoptr (GVariant) costs = g_variant_lookup_value (job, "host-spent", G_VARIANT_TYPE ("a(st)"));
  g_autofree char *spent = lookup_credits (job, "spent");
  gsize n_hosts = costs ? g_variant_n_children (costs) : 0;

  g_string_append_printf (text, "; it cost %s credits", spent);
  for (gsize i = 0; i < n_hosts; i++)
    {
      g_autofree char *credits = NULL;
      const char *host;
      guint64 ucredits;

      g_variant_get_child (costs, i, "(&st)", &host, &ucredits);
      credits = inf_quantity_format_credits ((gint64)MIN (ucredits, (guint64)G_MAXINT64));
      g_string_append_printf (text, "%s%s %s", i == 0 ? " (" : ", ", host, credits);
    }
  g_string_append (text, n_hosts ? ")." : ".");
}

static const char *
choose_verb (const char *state)
{
  if (g_str_equal (state, "failed"))
    return "has failed";
  if (g_str_equal (state, "cancelled"))
    return "was cancelled";
  return g_str_equal (state, "done") ? "is done" : "is still under way";
}

/**
 * inf_job_report_end:
 * @job: a job in a final state
 *
 * Returns: (transfer full): what became of it, what it found, what it cost and where its outputs
 *   are, in one to four lines
 */
char *
inf_job_report_end (GVariant *job)
{
  GString *text = g_string_new (NULL);
  g_autofree char *elapsed = format_elapsed (job);
  /* one line each, whatever it holds: a reason must not look like lines of ours */
  g_autofree char *name = inf_text_make_safe (lookup_text (job, "name"));
  g_autofree char *reason = inf_text_make_safe (lookup_text (job, "reason"));
  g_autofree char *summary = inf_text_make_safe (lookup_text (job, "summary"));
  g_autofree char *result = inf_text_make_safe (lookup_text (job, "result"));

  g_string_append_printf (text, "Job %s %s", name, choose_verb (lookup_text (job, "state")));
  if (*reason)
    g_string_append_printf (text, ": %s\nIt ended", reason);
  if (elapsed)
    g_string_append_printf (text, " after %s", elapsed);
  else
    g_string_append (text, " before it ran");
  append_costs (text, job);
  if (*summary)
    g_string_append_printf (text, "\nIt says: %s", summary);
  if (*result)
    g_string_append_printf (text, "\nIts outputs are in %s", result);
  return g_string_free (text, FALSE);
}

/**
 * inf_job_report_steps:
 * @job: a job
 *
 * Returns: (transfer full): its steps as rows for %inf_job_step_columns, `aa{sv}`
 */
GVariant *
inf_job_report_steps (GVariant *job)
{
  g_autoptr (GVariant) steps = g_variant_lookup_value (job, "steps", G_VARIANT_TYPE ("a(sxx)"));
  gsize n_steps = steps ? g_variant_n_children (steps) : 0;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < n_steps; i++)
    {
      const char *step;
      gint64 begin_us, end_us;

      g_variant_get_child (steps, i, "(&sxx)", &step, &begin_us, &end_us);
      if (end_us <= 0)
        end_us = g_get_real_time ();
      if (begin_us > 0)
        g_variant_builder_add_parsed (&builder, "{'step': <%s>, 'begin-unix': <%x>, 'took': <%x>}",
                                      step, begin_us, MAX (end_us - begin_us, 0));
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}

/**
 * inf_job_report_costs:
 * @job: a job
 *
 * Returns: (transfer full): what each host was paid as rows for %inf_job_cost_columns, `aa{sv}`
 */
GVariant *
inf_job_report_costs (GVariant *job)
{
  g_autoptr (GVariant) costs = g_variant_lookup_value (job, "host-spent", G_VARIANT_TYPE ("a(st)"));
  gsize n_hosts = costs ? g_variant_n_children (costs) : 0;
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = 0; i < n_hosts; i++)
    {
      const char *host;
      guint64 ucredits;

      g_variant_get_child (costs, i, "(&st)", &host, &ucredits);
      g_variant_builder_add_parsed (&builder, "{'host': <%s>, 'spent': <%t>}", host, ucredits);
    }
  return g_variant_ref_sink (g_variant_builder_end (&builder));
}
