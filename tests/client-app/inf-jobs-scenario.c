#include "tests/client-app/inf-jobs-scenario.h"

/* Jobs of one who runs some, as infinityd would tell of them. */

#define MINUTE (60 * (gint64)G_USEC_PER_SEC)

/* What running jobs have taken so far; it is the time of the steps too. */
static GVariant *
make_steps (gint64 began_unix, guint n_steps, gboolean is_over)
{
  static const char *const names[] = { "planning",  "leasing", "staging",    "checking",
                                       "launching", "running", "collecting", "settling" };
  static const gint64 took_ms[] = { 40, 420, 3200, 310, 620, 0, 1400, 90 };
  GVariantBuilder steps;
  gint64 at_unix = began_unix;

  g_variant_builder_init (&steps, G_VARIANT_TYPE ("a(sxx)"));
  for (guint i = 0; i < n_steps; i++)
    {
      gint64 end_unix = at_unix + (took_ms[i] ? took_ms[i] * 1000 : 3 * MINUTE);
      gboolean is_current = i + 1 == n_steps && !is_over;

      g_variant_builder_add (&steps, "(sxx)", names[i], at_unix, is_current ? 0 : end_unix);
      at_unix = end_unix;
    }
  return g_variant_builder_end (&steps);
}

/* @text: the rest of the job, in the text form of GVariant without its braces */
static GVariant *
make_job (const char *id, const char *name, const char *state, gint64 submitted_unix,
          gint64 took_us, guint n_steps, const char *text)
{
  g_autofree char *whole = g_strdup_printf ("{%s}", text);
  g_autoptr (GVariant) rest = g_variant_ref_sink (g_variant_new_parsed (whole));
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (rest);
  gboolean is_over = took_us > 0;
  gint64 began_unix = submitted_unix + G_USEC_PER_SEC;

  g_variant_dict_insert (&dict, "id", "s", id);
  g_variant_dict_insert (&dict, "name", "s", name);
  g_variant_dict_insert (&dict, "state", "s", state);
  g_variant_dict_insert (&dict, "submitted-unix", "x", submitted_unix);
  g_variant_dict_insert (&dict, "started-unix", "x",
                         n_steps > 5 ? began_unix + 4590000 : (gint64)0);
  g_variant_dict_insert (&dict, "finished-unix", "x",
                         is_over ? submitted_unix + took_us : (gint64)0);
  g_variant_dict_insert_value (&dict, "steps", make_steps (began_unix, n_steps, is_over));
  return g_variant_dict_end (&dict);
}

static void
answer (InfDesktopNode *node, GVariantBuilder *jobs, guint n_jobs)
{
  inf_desktop_node_answer (node, "Jobs1.ListRange", g_variant_new ("(uaa{sv})", n_jobs, jobs));
}

/* One of each: it runs, waits, is sent, is done, failed twice, and was cancelled. */
void
inf_jobs_scenario_some (InfDesktopNode *node)
{
  gint64 now_unix = g_get_real_time ();
  GVariant *jobs[] = {
    make_job ("job7waiting23456723456723456", "lattice-24", "queued", now_unix - 4 * MINUTE, 0, 0,
              "'program': <'/home/birch/lattice'>, 'nodes': <@u 12>, 'progress': <-1.0>,"
              " 'reason': <'4 of 12 hosts are free; fir and oak are busy for 20 min yet'>"),
    make_job ("job6staging23456723456723456", "protein-fold", "staging", now_unix - MINUTE / 10, 0,
              3,
              "'program': <'gromacs'>, 'nodes': <@u 4>, 'progress': <-1.0>,"
              " 'hosts': <['ash', 'elm', 'fir', 'oak']>, 'price': <@t 2750>,"
              " 'worst-case': <@t 19800000>"),
    make_job ("job5running23456723456723456", "heat-flow", "running", now_unix - 6 * MINUTE, 0, 6,
              "'program': <'/home/birch/heat-flow'>, 'nodes': <@u 3>, 'progress': <0.42>,"
              " 'progress-text': <'step 4,200 of 10,000, residual 0.00031'>,"
              " 'hosts': <['ash', 'elm', 'oak']>, 'price': <@t 2500>, 'spent': <@t 885000>,"
              " 'host-spent': <[('ash', @t 177000), ('elm', 265500), ('oak', 442500)]>,"
              " 'worst-case': <@t 9000000>, 'log-bytes': <@t 640>"),
    make_job ("job4done723456723456723456ab", "product of primes", "done", now_unix - 90 * MINUTE,
              11 * MINUTE, 8,
              "'program': <'taskmult'>, 'nodes': <@u 4>, 'progress': <1.0>, 'exit-status': <@i 0>,"
              " 'hosts': <['ash', 'elm', 'fir', 'oak']>, 'price': <@t 2750>,"
              " 'spent': <@t 1790250>, 'summary': <'19,234,112 digits in 655 s on 4 ranks'>,"
              " 'host-spent': <[('ash', @t 325500), ('elm', 488250), ('fir', 651000),"
              " ('oak', 325500)]>, 'result': <'/home/birch/results/product of primes'>"),
    make_job ("job3failed23456723456723456a", "sum of squares", "failed", now_unix - 1500 * MINUTE,
              2 * MINUTE, 8,
              "'program': <'taskadd'>, 'nodes': <@u 2>, 'progress': <0.1>, 'exit-status': <@i 65>,"
              " 'failure': <'BadData'>, 'hosts': <['elm', 'fir']>, 'spent': <@t 153000>,"
              " 'host-spent': <[('elm', @t 76500), ('fir', 76500)]>,"
              " 'reason': <'numbers.txt, line 4,711: “12,5” is no number'>"),
    make_job ("job2poor623456723456723456ab", "climate-2100", "failed", now_unix - 2900 * MINUTE,
              MINUTE / 10, 2,
              "'program': <'/home/birch/climate'>, 'nodes': <@u 64>, 'progress': <-1.0>,"
              " 'failure': <'NoCredits'>,"
              " 'reason': <'it may cost 5,184 credits, and 984.35 are there'>"),
    make_job ("job1cancelled3456723456723456", "heat-flow-test", "cancelled",
              now_unix - 4400 * MINUTE, 3 * MINUTE, 8,
              "'program': <'/home/birch/heat-flow'>, 'nodes': <@u 2>, 'progress': <0.03>,"
              " 'hosts': <['ash', 'oak']>, 'spent': <@t 63000>, 'reason': <'you cancelled it'>"),
  };
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < G_N_ELEMENTS (jobs); i++)
    g_variant_builder_add_value (&builder, jobs[i]);
  answer (node, &builder, G_N_ELEMENTS (jobs));
}

static GVariant *
make_one_of_many (guint i, guint n_jobs)
{
  static const char *const states[] = { "done", "done", "done", "failed", "cancelled" };
  static const char *const names[] = { "heat-flow", "lattice", "protein-fold", "climate" };
  gboolean is_active = i < INF_JOBS_SCENARIO_RUNNING;
  g_autofree char *id = g_strdup_printf ("job%05u", n_jobs - i);
  g_autofree char *name = g_strdup_printf ("%s %u", names[i % 4], n_jobs - i);
  g_autofree char *text = g_strdup_printf (
      "'program': <'%s'>, 'nodes': <@u 3>, 'progress': <%f>, 'spent': <@t %u>,"
      " 'hosts': <['ash', 'elm', 'oak']>, 'exit-status': <@i %d>, 'attempt': <@u 1>,"
      " 'reason': <''>, 'failure': <''>, 'progress-text': <''>, 'summary': <''>,"
      " 'host-spent': <[('ash', @t 1000), ('elm', 2000), ('oak', 3000)]>, 'result': <''>,"
      " 'log-bytes': <@t 1000>, 'price': <@t 2500>, 'worst-case': <@t 9000000>",
      names[i % 4], is_active ? 0.3 : 1.0, i * 7919 % 5000000, is_active ? -1 : 0);

  return make_job (id, name, is_active ? "running" : states[i % 5],
                   g_get_real_time () - (i + 1) * 9 * MINUTE, is_active ? 0 : (i % 50 + 1) * MINUTE,
                   is_active ? 6 : 8, text);
}

static void
on_called (InfDesktopNode *node, const char *method, GVariant *arguments, gpointer user_data)
{
  GPtrArray *jobs = user_data;
  GVariantBuilder page;
  guint offset;
  guint limit;

  if (!g_str_equal (method, "Jobs1.ListRange"))
    return;
  g_variant_get (arguments, "(suu)", NULL, &offset, &limit);
  g_variant_builder_init (&page, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = offset; i < MIN (offset + limit, jobs->len); i++)
    g_variant_builder_add_value (&page, jobs->pdata[i]);
  answer (node, &page, jobs->len);
}

/**
 * inf_jobs_scenario_many:
 * @node: the node
 * @n_jobs: how many there are; the %INF_JOBS_SCENARIO_RUNNING newest run
 *
 * They are named job00001 and on, the newest last, and made before the first is asked for: it is
 * the app that is measured.
 */
void
inf_jobs_scenario_many (InfDesktopNode *node, guint n_jobs)
{
  static GPtrArray *jobs;

  g_clear_pointer (&jobs, g_ptr_array_unref);
  jobs = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);
  for (guint i = 0; i < n_jobs; i++)
    g_ptr_array_add (jobs, g_variant_ref_sink (make_one_of_many (i, n_jobs)));
  inf_desktop_node_set_hook (node, on_called, jobs);
}

static void
on_log_read (InfDesktopNode *node, const char *method, GVariant *arguments, gpointer user_data)
{
  const char *log = user_data;
  gsize length = strlen (log);
  guint64 offset;

  if (!g_str_equal (method, "Jobs1.ReadLog"))
    return;
  g_variant_get (arguments, "(st)", NULL, &offset);
  offset = MIN (offset, length);
  inf_desktop_node_answer (
      node, "Jobs1.ReadLog",
      g_variant_new ("(@ay)", g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, log + offset,
                                                         MIN (length - offset, 65536), 1)));
}

/* @log: of every job, from now on; it is not copied */
void
inf_jobs_scenario_print (InfDesktopNode *node, const char *log)
{
  inf_desktop_node_set_hook (node, on_log_read, (gpointer)log);
}

/* @changed: what of the job changed, in the text form of GVariant */
void
inf_jobs_scenario_tell (InfDesktopNode *node, const char *id, const char *changed)
{
  g_autoptr (GVariant) parsed = g_variant_ref_sink (g_variant_new_parsed (changed));
  g_auto (GVariantDict) dict = G_VARIANT_DICT_INIT (parsed);

  g_variant_dict_insert (&dict, "id", "s", id);
  inf_desktop_node_emit (node, "Jobs1.JobChanged",
                         g_variant_new ("(s@a{sv})", id, g_variant_dict_end (&dict)));
}
