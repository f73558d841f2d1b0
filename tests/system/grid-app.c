#include "inf-dbus.h"

#include <stdio.h>
#include <stdlib.h>

/* An app, as somebody might write it who knows nothing but assets/org.infinitygrid.xml:
 *   grid-app watch              prints every signal and property that changes, a line each
 *   grid-app job PROGRAM ARG…   submits a job, follows it by signals alone, and prints what it was
 */

#define OBJECT_PATH "/org/infinitygrid"
#define TIMEOUT_S 60

typedef struct
{
  GMainLoop *loop;
  InfDBusNode1 *node;
  InfDBusHost1 *host;
  InfDBusJobs1 *jobs;
  InfDBusResults1 *results;
  InfDBusCredits1 *credits;
  char *job; /* the one that is followed */
  GVariant *end;
  guint64 log_size_bytes;
} App;

/* A line is whole when somebody reads it. */
static void G_GNUC_PRINTF (1, 2) say (const char *format, ...)
{
  g_autofree char *text = NULL;
  va_list arguments;

  va_start (arguments, format);
  text = g_strdup_vprintf (format, arguments);
  va_end (arguments);
  puts (text);
  fflush (stdout);
}

static void
give_up (const char *what, GError *error)
{
  g_printerr ("grid-app: %s: %s\n", what, error ? error->message : "");
  exit (1);
}

static const char *
get_text (GVariant *dictionary, const char *key)
{
  const char *text = "(missing)";

  g_variant_lookup (dictionary, key, "&s", &text);
  return text;
}

static void
open_proxies (App *app)
{
  g_autofree char *path = g_build_filename (g_getenv ("INFINITY_HOME"), "bus", NULL);
  g_autofree char *escaped = g_dbus_address_escape_value (path);
  g_autofree char *address = g_strconcat ("unix:path=", escaped, NULL);
  GDBusConnectionFlags flags = G_DBUS_CONNECTION_FLAGS_AUTHENTICATION_CLIENT;
  GError *error = NULL;
  g_autoptr (GDBusConnection) bus
      = g_dbus_connection_new_for_address_sync (address, flags, NULL, NULL, &error);

  if (!bus)
    give_up (address, error);
  app->node = inf_dbus_node1_proxy_new_sync (bus, 0, NULL, OBJECT_PATH, NULL, &error);
  app->host = inf_dbus_host1_proxy_new_sync (bus, 0, NULL, OBJECT_PATH, NULL, &error);
  app->jobs = inf_dbus_jobs1_proxy_new_sync (bus, 0, NULL, OBJECT_PATH, NULL, &error);
  app->results = inf_dbus_results1_proxy_new_sync (bus, 0, NULL, OBJECT_PATH, NULL, &error);
  app->credits = inf_dbus_credits1_proxy_new_sync (bus, 0, NULL, OBJECT_PATH, NULL, &error);
  if (error)
    give_up ("proxies", error);
}

static void
on_property (GDBusProxy *proxy, GVariant *changed, const char *const *invalidated, App *app)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&iter, changed);
  while (g_variant_iter_next (&iter, "{&sv}", &name, &value))
    {
      g_autofree char *text = g_variant_print (value, FALSE);
      say ("property %s %s", name, text);
      g_variant_unref (value);
    }
}

static void
on_peer_joined (InfDBusNode1 *node, const char *id, GVariant *peer, App *app)
{
  say ("PeerJoined %s %s", get_text (peer, "name"), get_text (peer, "state"));
}

static void
on_peer_changed (InfDBusNode1 *node, const char *id, GVariant *changed, App *app)
{
  g_autofree char *text = g_variant_print (changed, FALSE);

  say ("PeerChanged %s", text);
}

static void
on_peer_gone (InfDBusNode1 *node, const char *id, GVariant *last, App *app)
{
  say ("PeerGone %s", get_text (last, "state"));
}

static void
on_lease_changed (InfDBusHost1 *host, GVariant *lease, App *app)
{
  say ("LeaseChanged %s %s", get_text (lease, "client-name"), get_text (lease, "state"));
}

static gboolean
is_final (const char *state)
{
  return g_str_equal (state, "done") || g_str_equal (state, "failed")
         || g_str_equal (state, "cancelled");
}

static void
on_job_changed (InfDBusJobs1 *jobs, const char *id, GVariant *info, App *app)
{
  say ("JobChanged %s", get_text (info, "state"));
  if (g_strcmp0 (id, app->job) != 0 || !is_final (get_text (info, "state")))
    return;
  g_clear_pointer (&app->end, g_variant_unref);
  app->end = g_variant_ref (info);
  g_main_loop_quit (app->loop);
}

static void
on_log_grew (InfDBusJobs1 *jobs, const char *id, guint64 size_bytes, App *app)
{
  say ("LogGrew");
  app->log_size_bytes = size_bytes;
}

static void
follow (App *app)
{
  gpointer proxies[] = { app->node, app->host, app->jobs, app->results, app->credits };
  GError *error = NULL;

  for (guint i = 0; i < G_N_ELEMENTS (proxies); i++)
    g_signal_connect (proxies[i], "g-properties-changed", G_CALLBACK (on_property), app);
  g_signal_connect (app->node, "peer-joined", G_CALLBACK (on_peer_joined), app);
  g_signal_connect (app->node, "peer-changed", G_CALLBACK (on_peer_changed), app);
  g_signal_connect (app->node, "peer-gone", G_CALLBACK (on_peer_gone), app);
  if (!inf_dbus_node1_call_subscribe_peers_sync (app->node, NULL, &error))
    give_up ("SubscribePeers", error);
  g_signal_connect (app->host, "lease-changed", G_CALLBACK (on_lease_changed), app);
  g_signal_connect (app->jobs, "job-changed", G_CALLBACK (on_job_changed), app);
  g_signal_connect (app->jobs, "log-grew", G_CALLBACK (on_log_grew), app);
}

static GVariant *
make_spec (char **words)
{
  g_auto (GVariantDict) spec = G_VARIANT_DICT_INIT (NULL);

  g_variant_dict_insert (&spec, "program", "s", words[0]);
  g_variant_dict_insert (&spec, "args", "^as", words + 1);
  return g_variant_ref_sink (g_variant_dict_end (&spec));
}

/* Returns: how long the log is, read to its end */
static gsize
print_log (App *app)
{
  gsize offset = 0;
  GError *error = NULL;

  for (;;)
    {
      g_autoptr (GVariant) data = NULL;
      const char *bytes;
      gsize size;

      if (!inf_dbus_jobs1_call_read_log_sync (app->jobs, app->job, offset, &data, NULL, &error))
        give_up ("ReadLog", error);
      bytes = g_variant_get_fixed_array (data, &size, 1);
      if (size == 0)
        return offset;
      fwrite (bytes, 1, size, stdout);
      offset += size;
    }
}

static void
print_what_is_left (App *app)
{
  g_autoptr (GVariant) result = NULL, outputs = NULL, entries = NULL;
  const char *name = get_text (app->end, "name"), *output, *state;
  GError *error = NULL;
  GVariantIter iter;

  if (!inf_dbus_results1_call_get_sync (app->results, name, &result, NULL, &error)
      || !inf_dbus_results1_call_verify_sync (app->results, name, &outputs, NULL, &error)
      || !inf_dbus_credits1_call_history_sync (app->credits, 0, 100, &entries, NULL, &error))
    give_up (name, error);
  say ("result of %s", get_text (result, "program"));
  g_variant_iter_init (&iter, outputs);
  while (g_variant_iter_next (&iter, "(&s&s)", &output, &state))
    say ("output %s %s", output, state);
  say ("history %zu", g_variant_n_children (entries));
}

static gboolean
on_timeout (gpointer user_data)
{
  give_up ("no end of the job", NULL);
  return G_SOURCE_REMOVE;
}

static void
run_job (App *app, char **words)
{
  g_autoptr (GVariant) spec = make_spec (words), plan = NULL;
  gboolean is_possible = FALSE;
  GError *error = NULL;

  if (!inf_dbus_jobs1_call_plan_sync (app->jobs, spec, &plan, NULL, &error))
    give_up ("Plan", error);
  g_variant_lookup (plan, "possible", "b", &is_possible);
  say ("plan %s", is_possible ? "possible" : get_text (plan, "reason"));
  if (!inf_dbus_jobs1_call_submit_sync (app->jobs, spec, &app->job, NULL, &error))
    give_up ("Submit", error);
  g_timeout_add_seconds (TIMEOUT_S, on_timeout, NULL);
  g_main_loop_run (app->loop);
  say ("log %s", print_log (app) == app->log_size_bytes ? "as long as said" : "of another length");
  print_what_is_left (app);
}

int
main (int argc, char **argv)
{
  App app = { .loop = g_main_loop_new (NULL, FALSE) };

  if (argc < 2 || (!g_str_equal (argv[1], "watch") && argc < 3))
    return 2;
  open_proxies (&app);
  follow (&app);
  say ("peer id of %zu characters, %u other peers", strlen (inf_dbus_node1_get_peer_id (app.node)),
       inf_dbus_node1_get_peers_alive (app.node));
  if (g_str_equal (argv[1], "watch"))
    g_main_loop_run (app.loop);
  else
    run_job (&app, argv + 2);
  return 0;
}
