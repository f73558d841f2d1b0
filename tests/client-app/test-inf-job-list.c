#include "client-app/inf-job-list.h"

#include "tests/widgets/inf-gui-test.h"
#include "tests/widgets/inf-desktop-node.h"

typedef struct
{
  char *dir;
  InfDesktopNode *node;
  InfService *service;
  InfJobList *list;
  guint n_jobs;
  guint n_ended;
} Fixture;

static GVariant *
make_job (guint number, const char *state)
{
  g_autofree char *text
      = g_strdup_printf ("{'id': <'job%05u'>, 'name': <'sum %u'>, 'state': <'%s'>,"
                         " 'submitted-unix': <@x %u>}",
                         number, number, state, number + 1);

  return g_variant_new_parsed (text);
}

/* Answers as infinityd would, newest first. */
static void
on_called (InfDesktopNode *node, const char *method, GVariant *arguments, gpointer user_data)
{
  Fixture *fixture = user_data;
  GVariantBuilder page;
  guint offset;
  guint limit;

  if (!g_str_equal (method, "Jobs1.ListRange"))
    return;
  g_variant_get (arguments, "(suu)", NULL, &offset, &limit);
  g_variant_builder_init (&page, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = offset; i < MIN (offset + limit, fixture->n_jobs); i++)
    g_variant_builder_add_value (&page,
                                 make_job (fixture->n_jobs - 1 - i, i < 2 ? "running" : "done"));
  inf_desktop_node_answer (node, "Jobs1.ListRange",
                           g_variant_new ("(uaa{sv})", fixture->n_jobs, &page));
}

static void
on_ended (InfJobList *list, InfJobItem *item, gpointer user_data)
{
  ((Fixture *)user_data)->n_ended++;
}

static void
start_node (Fixture *fixture)
{
  fixture->node = inf_desktop_node_new (fixture->dir);
  inf_desktop_node_set_hook (fixture->node, on_called, fixture);
}

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->dir = inf_gui_test_make_dir ();
  fixture->n_jobs = 1005;
  start_node (fixture);
  fixture->service = inf_service_new ();
  fixture->list = inf_job_list_new ();
  g_signal_connect (fixture->list, "job-ended", G_CALLBACK (on_ended), fixture);
  inf_job_list_follow (fixture->list, fixture->service);
  inf_service_open (fixture->service);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_clear_object (&fixture->list);
  inf_service_close (fixture->service);
  g_clear_object (&fixture->service);
  inf_desktop_node_free (fixture->node);
  while (g_main_context_iteration (NULL, FALSE))
    ;
  inf_gui_test_remove_dir (fixture->dir);
}

static guint
count (Fixture *fixture)
{
  return g_list_model_get_n_items (G_LIST_MODEL (fixture->list));
}

static void
tell (Fixture *fixture, guint number, const char *state)
{
  g_autofree char *id = g_strdup_printf ("job%05u", number);

  inf_desktop_node_emit (fixture->node, "Jobs1.JobChanged",
                         g_variant_new ("(s@a{sv})", id, make_job (number, state)));
}

static void
test_loads_all_in_pages (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfJobItem) first = NULL;
  g_autoptr (InfJobItem) last = NULL;

  INF_GUI_WAIT (inf_job_list_is_loaded (fixture->list));
  g_assert_cmpuint (count (fixture), ==, 1005);
  first = g_list_model_get_item (G_LIST_MODEL (fixture->list), 0);
  last = g_list_model_get_item (G_LIST_MODEL (fixture->list), 1004);
  g_assert_cmpstr (inf_job_item_get_id (first), ==, "job01004");
  g_assert_cmpstr (inf_job_item_get_id (last), ==, "job00000");
  g_assert_cmpuint (inf_job_list_get_n_active (fixture->list), ==, 2);
}

static void
test_is_kept_current (Fixture *fixture, gconstpointer data)
{
  g_autoptr (InfJobItem) first = NULL;
  InfJobItem *item;

  INF_GUI_WAIT (inf_job_list_is_loaded (fixture->list));
  item = inf_job_list_find (fixture->list, "job01004");
  tell (fixture, 1004, "done");
  INF_GUI_WAIT (fixture->n_ended == 1);
  g_assert_true (inf_job_list_find (fixture->list, "job01004") == item);
  g_assert_cmpuint (inf_job_list_get_n_active (fixture->list), ==, 1);
  tell (fixture, 1005, "queued");
  INF_GUI_WAIT (count (fixture) == 1006);
  first = g_list_model_get_item (G_LIST_MODEL (fixture->list), 0);
  g_assert_cmpstr (inf_job_item_get_id (first), ==, "job01005");
}

static void
test_one_that_comes_while_it_loads_is_there_once (Fixture *fixture, gconstpointer data)
{
  INF_GUI_WAIT (count (fixture) > 0);
  g_assert_false (inf_job_list_is_loaded (fixture->list));
  fixture->n_jobs++;
  tell (fixture, 1005, "running");
  INF_GUI_WAIT (inf_job_list_is_loaded (fixture->list));
  INF_GUI_WAIT (count (fixture) == 1006);
  g_assert_cmpuint (inf_job_list_get_n_active (fixture->list), ==, 3);
}

static void
test_survives_a_restart (Fixture *fixture, gconstpointer data)
{
  InfJobItem *item;

  INF_GUI_WAIT (inf_job_list_is_loaded (fixture->list));
  item = inf_job_list_find (fixture->list, "job00007");
  inf_desktop_node_free (fixture->node);
  INF_GUI_WAIT (inf_service_get_state (fixture->service) != INF_SERVICE_UP);
  g_assert_cmpuint (count (fixture), ==, 1005);
  /* two ran, and have ended; of three more two run */
  fixture->n_jobs = 1008;
  start_node (fixture);
  INF_GUI_WAIT (fixture->n_ended == 2);
  INF_GUI_WAIT (count (fixture) == 1008);
  g_assert_true (inf_job_list_find (fixture->list, "job00007") == item);
  g_assert_cmpuint (inf_job_list_get_n_active (fixture->list), ==, 2);
}

static void
test_what_is_gone_goes (Fixture *fixture, gconstpointer data)
{
  INF_GUI_WAIT (inf_job_list_is_loaded (fixture->list));
  fixture->n_jobs = 5;
  inf_desktop_node_set (fixture->node, "Node1.GridId", "'another'");
  INF_GUI_WAIT (count (fixture) == 5);
  g_assert_null (inf_job_list_find (fixture->list, "job00900"));
}

static void
test_a_refusal_is_told (Fixture *fixture, gconstpointer data)
{
  inf_desktop_node_set_hook (fixture->node, NULL, NULL);
  inf_desktop_node_fail (fixture->node, "Jobs1.ListRange", "not now");
  INF_GUI_WAIT (inf_job_list_get_problem (fixture->list));
  g_assert_cmpstr (inf_job_list_get_problem (fixture->list), ==, "not now");
  g_assert_false (inf_job_list_is_loaded (fixture->list));
  inf_desktop_node_fail (fixture->node, "Jobs1.ListRange", NULL);
  inf_desktop_node_set_hook (fixture->node, on_called, fixture);
  inf_job_list_reload (fixture->list);
  INF_GUI_WAIT (inf_job_list_is_loaded (fixture->list));
  g_assert_null (inf_job_list_get_problem (fixture->list));
}

static void
add (const char *path, void (*test) (Fixture *, gconstpointer))
{
  g_test_add (path, Fixture, NULL, set_up, test, tear_down);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  add ("/job-list/loads-all-in-pages", test_loads_all_in_pages);
  add ("/job-list/is-kept-current", test_is_kept_current);
  add ("/job-list/one-that-comes-while-it-loads-is-there-once",
       test_one_that_comes_while_it_loads_is_there_once);
  add ("/job-list/survives-a-restart", test_survives_a_restart);
  add ("/job-list/what-is-gone-goes", test_what_is_gone_goes);
  add ("/job-list/a-refusal-is-told", test_a_refusal_is_told);
  return g_test_run ();
}
