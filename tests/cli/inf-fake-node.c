#include "tests/cli/inf-fake-node.h"

#include "common/inf-error.h"
#include "common/inf-paths.h"

#define OBJECT_PATH "/org/infinitygrid"
#define LOG_PART_BYTES 65536

static void
record (InfFakeNode *fake, const char *format, ...)
{
  va_list args;

  va_start (args, format);
  g_ptr_array_add (fake->calls, g_strdup_vprintf (format, args));
  va_end (args);
}

/* Returns: whether the call is answered already, with the error that the test has set */
static gboolean
fails (InfFakeNode *fake, GDBusMethodInvocation *invocation)
{
  if (fake->failure)
    g_dbus_method_invocation_return_gerror (invocation, fake->failure);
  return fake->failure != NULL;
}

static void
answer (GDBusMethodInvocation *invocation, GVariant *value)
{
  g_dbus_method_invocation_return_value (invocation,
                                         value ? g_variant_new_tuple (&value, 1) : NULL);
}

/* Methods that answer nothing are all alike: noted with their arguments. */
static gboolean
on_plain_call (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation,
               InfFakeNode *fake)
{
  g_autofree char *arguments
      = g_variant_print (g_dbus_method_invocation_get_parameters (invocation), FALSE);

  record (fake, "%s %s", g_dbus_method_invocation_get_method_name (invocation), arguments);
  if (!fails (fake, invocation))
    answer (invocation, NULL);
  return TRUE;
}

static gboolean
on_plain_call_1 (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation, gpointer a,
                 InfFakeNode *fake)
{
  return on_plain_call (skeleton, invocation, fake);
}

static gboolean
on_copy (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation, InfFakeNode *fake)
{
  g_autofree char *arguments = NULL;

  if (!fake->copies_slowly)
    return on_plain_call (skeleton, invocation, fake);
  arguments = g_variant_print (g_dbus_method_invocation_get_parameters (invocation), FALSE);
  record (fake, "%s %s", g_dbus_method_invocation_get_method_name (invocation), arguments);
  fake->copying = invocation;
  inf_dbus_copies1_emit_progress (fake->copies, "copy", 1 << 30, G_GUINT64_CONSTANT (1) << 31);
  return TRUE;
}

static gboolean
on_copy_3 (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation, gpointer a,
           gpointer b, gpointer c, InfFakeNode *fake)
{
  return on_copy (skeleton, invocation, fake);
}

static gboolean
on_copy_4 (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation, gpointer a,
           gpointer b, gpointer c, gpointer d, InfFakeNode *fake)
{
  return on_copy (skeleton, invocation, fake);
}

static gboolean
on_cancel_copy (InfDBusCopies1 *copies, GDBusMethodInvocation *invocation, const char *copy,
                InfFakeNode *fake)
{
  record (fake, "CancelCopy %s", copy);
  g_assert_nonnull (fake->copying);
  inf_dbus_copies1_complete_cancel (copies, invocation);
  g_dbus_method_invocation_return_error_literal (g_steal_pointer (&fake->copying), INF_ERROR,
                                                 INF_ERROR_CANCELLED, "cancelled");
  return TRUE;
}

static gboolean
on_set_away (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation,
             gint64 until_unix_us, InfFakeNode *fake)
{
  return on_plain_call (skeleton, invocation, fake);
}

static gboolean
on_plain_call_2 (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation, gpointer a,
                 gpointer b, InfFakeNode *fake)
{
  return on_plain_call (skeleton, invocation, fake);
}

static gboolean
on_plain_call_3 (GDBusInterfaceSkeleton *skeleton, GDBusMethodInvocation *invocation, gpointer a,
                 gpointer b, gpointer c, InfFakeNode *fake)
{
  return on_plain_call (skeleton, invocation, fake);
}

static gboolean
on_quit (InfDBusNode1 *node, GDBusMethodInvocation *invocation, InfFakeNode *fake)
{
  on_plain_call (NULL, invocation, fake);
  g_dbus_connection_flush_sync (fake->connection, NULL, NULL);
  if (fake->on_quit)
    fake->on_quit (fake);
  return TRUE;
}

static gboolean
on_invite (InfDBusNode1 *node, GDBusMethodInvocation *invocation, guint lifetime_s,
           InfFakeNode *fake)
{
  record (fake, "Invite %u", lifetime_s);
  if (!fails (fake, invocation))
    inf_dbus_node1_complete_invite (node, invocation, "infinity:abcdef", 1700000000000000);
  return TRUE;
}

static gboolean
on_list_peers (InfDBusNode1 *node, GDBusMethodInvocation *invocation, InfFakeNode *fake)
{
  if (!fails (fake, invocation))
    answer (invocation, fake->peers);
  return TRUE;
}

static gboolean
on_get_peer (InfDBusNode1 *node, GDBusMethodInvocation *invocation, const char *peer,
             InfFakeNode *fake)
{
  record (fake, "GetPeer %s", peer);
  if (!fails (fake, invocation))
    {
      g_autoptr (GVariant) first = g_variant_get_child_value (fake->peers, 0);
      answer (invocation, first);
    }
  return TRUE;
}

static gboolean
on_list_leases (InfDBusHost1 *host, GDBusMethodInvocation *invocation, InfFakeNode *fake)
{
  if (!fails (fake, invocation))
    answer (invocation, fake->leases);
  return TRUE;
}

static gboolean
on_list_past_leases (InfDBusHost1 *host, GDBusMethodInvocation *invocation, guint offset,
                     guint limit, InfFakeNode *fake)
{
  record (fake, "ListPastLeases %u %u", offset, limit);
  return on_list_leases (host, invocation, fake);
}

/* Of what was printed, the first two bytes are kept no more. */
static gboolean
on_read_lease_log (InfDBusHost1 *host, GDBusMethodInvocation *invocation, const char *id,
                   guint64 offset, InfFakeNode *fake)
{
  gsize begin = CLAMP (offset, 2, MAX (fake->log->len, 2));

  record (fake, "ReadLeaseLog %s", id);
  if (!fails (fake, invocation))
    inf_dbus_host1_complete_read_lease_log (host, invocation, 2,
                                            g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE,
                                                                       fake->log->data + begin,
                                                                       fake->log->len > begin, 1));
  return TRUE;
}

static gboolean
on_export_identity (InfDBusIdentity1 *identity, GDBusMethodInvocation *invocation,
                    const char *passphrase, GVariant *options, InfFakeNode *fake)
{
  g_autofree char *text = g_variant_print (options, FALSE);

  record (fake, "Export %s %s", passphrase, text);
  if (!fails (fake, invocation))
    answer (invocation, g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, "sealed", 6, 1));
  return TRUE;
}

static gboolean
on_get_earnings (InfDBusResources1 *resources, GDBusMethodInvocation *invocation, guint days,
                 InfFakeNode *fake)
{
  record (fake, "GetEarnings %u", days);
  if (!fails (fake, invocation))
    answer (invocation, g_variant_new_parsed ("[(@x 1700000000000000, @t 2500000, @u 3)]"));
  return TRUE;
}

static gboolean
on_plan (InfDBusJobs1 *jobs, GDBusMethodInvocation *invocation, GVariant *spec, InfFakeNode *fake)
{
  record (fake, "Plan");
  inf_fake_node_take (&fake->spec, g_variant_ref (spec));
  if (!fails (fake, invocation))
    answer (invocation, fake->plan);
  return TRUE;
}

static gboolean
on_submit (InfDBusJobs1 *jobs, GDBusMethodInvocation *invocation, GVariant *spec, InfFakeNode *fake)
{
  record (fake, "Submit");
  inf_fake_node_take (&fake->spec, g_variant_ref (spec));
  if (fails (fake, invocation))
    return TRUE;
  inf_dbus_jobs1_complete_submit (jobs, invocation, "jobid234567");
  if (fake->on_submitted)
    fake->on_submitted (fake);
  return TRUE;
}

static gboolean
on_list_tasks (InfDBusJobs1 *jobs, GDBusMethodInvocation *invocation, const char *language,
               InfFakeNode *fake)
{
  if (!fails (fake, invocation))
    answer (invocation, fake->tasks);
  return TRUE;
}

static gboolean
on_list_jobs (InfDBusJobs1 *jobs, GDBusMethodInvocation *invocation, const char *filter,
              InfFakeNode *fake)
{
  record (fake, "List “%s”", filter);
  if (!fails (fake, invocation))
    answer (invocation, fake->job_list);
  return TRUE;
}

static gboolean
on_list_job_range (InfDBusJobs1 *jobs, GDBusMethodInvocation *invocation, const char *filter,
                   guint offset, guint limit, InfFakeNode *fake)
{
  gsize n_jobs = g_variant_n_children (fake->job_list);
  GVariantBuilder builder;

  record (fake, "ListRange “%s” %u", filter, offset);
  if (fails (fake, invocation))
    return TRUE;
  /* as a node that gives fewer at once than it is asked for */
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (gsize i = offset; i < n_jobs && i < offset + MIN (limit, 2); i++)
    {
      g_autoptr (GVariant) job = g_variant_get_child_value (fake->job_list, i);
      g_variant_builder_add_value (&builder, job);
    }
  inf_dbus_jobs1_complete_list_range (jobs, invocation, (guint32)n_jobs,
                                      g_variant_builder_end (&builder));
  return TRUE;
}

static gboolean
on_get_job (InfDBusJobs1 *jobs, GDBusMethodInvocation *invocation, const char *job,
            InfFakeNode *fake)
{
  record (fake, "Get %s", job);
  if (fake->job)
    answer (invocation, fake->job);
  else
    g_dbus_method_invocation_return_error (invocation, INF_ERROR, INF_ERROR_NOT_FOUND,
                                           "no job “%s”", job);
  return TRUE;
}

static gboolean
on_cancel (InfDBusJobs1 *jobs, GDBusMethodInvocation *invocation, const char *job,
           InfFakeNode *fake)
{
  record (fake, "Cancel %s", job);
  if (fails (fake, invocation) || fake->ignores_cancel)
    {
      /* what is never answered is answered when the connection ends */
      if (fake->ignores_cancel)
        g_object_unref (invocation);
      return TRUE;
    }
  inf_dbus_jobs1_complete_cancel (jobs, invocation);
  inf_fake_node_set_state (fake, "cancelled", "'reason': <'cancelled by its owner'>");
  return TRUE;
}

static gboolean
on_read_log (InfDBusJobs1 *jobs, GDBusMethodInvocation *invocation, const char *job, guint64 offset,
             InfFakeNode *fake)
{
  gsize begin = MIN (offset, fake->log->len);
  gsize size = MIN (fake->log->len - begin, LOG_PART_BYTES);

  if (!fails (fake, invocation))
    answer (invocation,
            g_variant_new_fixed_array (G_VARIANT_TYPE_BYTE, fake->log->data + begin, size, 1));
  return TRUE;
}

static gboolean
on_list_results (InfDBusResults1 *results, GDBusMethodInvocation *invocation, InfFakeNode *fake)
{
  if (!fails (fake, invocation))
    answer (invocation, fake->result_list);
  return TRUE;
}

static gboolean
on_get_result (InfDBusResults1 *results, GDBusMethodInvocation *invocation, const char *name,
               InfFakeNode *fake)
{
  if (!fails (fake, invocation))
    {
      g_autoptr (GVariant) first = g_variant_get_child_value (fake->result_list, 0);
      answer (invocation, first);
    }
  return TRUE;
}

static gboolean
on_verify (InfDBusResults1 *results, GDBusMethodInvocation *invocation, const char *name,
           InfFakeNode *fake)
{
  record (fake, "Verify %s", name);
  if (!fails (fake, invocation))
    answer (invocation, fake->verified);
  return TRUE;
}

static gboolean
on_list_files (InfDBusFiles1 *files, GDBusMethodInvocation *invocation, InfFakeNode *fake)
{
  if (!fails (fake, invocation))
    answer (invocation, fake->file_list);
  return TRUE;
}

static gboolean
on_list_transfers (InfDBusFiles1 *files, GDBusMethodInvocation *invocation, InfFakeNode *fake)
{
  GVariant *none[] = { NULL };

  if (fails (fake, invocation))
    return TRUE;
  answer (invocation,
          g_variant_new_array (G_VARIANT_TYPE_VARDICT, fake->transfer ? &fake->transfer : none,
                               fake->transfer != NULL));
  return TRUE;
}

static gboolean
on_add_file (InfDBusFiles1 *files, GDBusMethodInvocation *invocation, const char *path,
             const char *copy, InfFakeNode *fake)
{
  if (fake->copies_slowly)
    return on_copy (NULL, invocation, fake);
  record (fake, "Add %s", path);
  if (!fails (fake, invocation))
    inf_dbus_files1_complete_add (files, invocation, "abcdef");
  return TRUE;
}

static gboolean
on_fetch (InfDBusFiles1 *files, GDBusMethodInvocation *invocation, const char *sha256,
          const char *name, const char *to, InfFakeNode *fake)
{
  record (fake, "Fetch “%s” “%s” “%s”", sha256, name, to);
  if (fails (fake, invocation))
    return TRUE;
  inf_fake_node_transfer (fake, "looking", "'ended-unix': <@x 0>");
  inf_dbus_files1_complete_fetch (files, invocation, "7");
  if (fake->on_fetching)
    fake->on_fetching (fake);
  return TRUE;
}

static gboolean
on_cancel_transfer (InfDBusFiles1 *files, GDBusMethodInvocation *invocation, const char *id,
                    InfFakeNode *fake)
{
  record (fake, "CancelTransfer %s", id);
  if (fails (fake, invocation))
    return TRUE;
  inf_dbus_files1_complete_cancel_transfer (files, invocation);
  if (fake->transfer)
    inf_fake_node_transfer (fake, "cancelled", "'ended-unix': <@x 5>");
  return TRUE;
}

static gboolean
on_history (InfDBusCredits1 *credits, GDBusMethodInvocation *invocation, guint offset, guint limit,
            InfFakeNode *fake)
{
  GVariantBuilder builder;

  record (fake, "History %u %u", offset, limit);
  if (fails (fake, invocation))
    return TRUE;
  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = offset; i < fake->n_entries && i < offset + limit; i++)
    g_variant_builder_add_parsed (
        &builder,
        "{'number': <%t>, 'kind': <'pay'>, 'amount': <@x -1500000>, 'balance': <@x 998500000>,"
        " 'peer': <'oak'>, 'job': <'jobid234567'>, 'lease': <'lease'>, 'time-unix': <@x 1>}",
        (guint64)(fake->n_entries - i));
  answer (invocation, g_variant_builder_end (&builder));
  return TRUE;
}

static void
connect_methods (InfFakeNode *fake)
{
  const struct
  {
    gpointer skeleton;
    const char *signal;
    GCallback handler;
  } methods[] = {
    { fake->node, "handle-create-grid", G_CALLBACK (on_plain_call_3) },
    { fake->node, "handle-join-grid", G_CALLBACK (on_plain_call_2) },
    { fake->node, "handle-leave-grid", G_CALLBACK (on_plain_call) },
    { fake->node, "handle-remove-member", G_CALLBACK (on_plain_call_1) },
    { fake->node, "handle-add-peer-address", G_CALLBACK (on_plain_call_1) },
    { fake->node, "handle-set-away", G_CALLBACK (on_set_away) },
    { fake->node, "handle-quit", G_CALLBACK (on_quit) },
    { fake->node, "handle-invite", G_CALLBACK (on_invite) },
    { fake->node, "handle-list-peers", G_CALLBACK (on_list_peers) },
    { fake->node, "handle-get-peer", G_CALLBACK (on_get_peer) },
    { fake->node, "handle-connect", G_CALLBACK (on_plain_call) },
    { fake->node, "handle-disconnect", G_CALLBACK (on_plain_call_1) },
    { fake->identity, "handle-register", G_CALLBACK (on_plain_call_2) },
    { fake->identity, "handle-unlock", G_CALLBACK (on_plain_call_2) },
    { fake->identity, "handle-lock", G_CALLBACK (on_plain_call_1) },
    { fake->identity, "handle-change-passphrase", G_CALLBACK (on_plain_call_2) },
    { fake->identity, "handle-export", G_CALLBACK (on_export_identity) },
    { fake->identity, "handle-import", G_CALLBACK (on_plain_call_2) },
    { fake->resources, "handle-get-earnings", G_CALLBACK (on_get_earnings) },
    { fake->host, "handle-pause", G_CALLBACK (on_plain_call_3) },
    { fake->host, "handle-resume", G_CALLBACK (on_plain_call) },
    { fake->host, "handle-list-requests", G_CALLBACK (on_list_leases) },
    { fake->host, "handle-answer-request", G_CALLBACK (on_plain_call_2) },
    { fake->host, "handle-list-past-leases", G_CALLBACK (on_list_past_leases) },
    { fake->host, "handle-set-policy", G_CALLBACK (on_plain_call_1) },
    { fake->host, "handle-read-lease-log", G_CALLBACK (on_read_lease_log) },
    { fake->host, "handle-stop-lease", G_CALLBACK (on_plain_call_1) },
    { fake->host, "handle-list-leases", G_CALLBACK (on_list_leases) },
    { fake->jobs, "handle-plan", G_CALLBACK (on_plan) },
    { fake->jobs, "handle-submit", G_CALLBACK (on_submit) },
    { fake->jobs, "handle-list-tasks", G_CALLBACK (on_list_tasks) },
    { fake->jobs, "handle-list", G_CALLBACK (on_list_jobs) },
    { fake->jobs, "handle-list-range", G_CALLBACK (on_list_job_range) },
    { fake->jobs, "handle-get", G_CALLBACK (on_get_job) },
    { fake->jobs, "handle-cancel", G_CALLBACK (on_cancel) },
    { fake->jobs, "handle-read-log", G_CALLBACK (on_read_log) },
    { fake->results, "handle-list", G_CALLBACK (on_list_results) },
    { fake->results, "handle-get", G_CALLBACK (on_get_result) },
    { fake->results, "handle-verify", G_CALLBACK (on_verify) },
    { fake->results, "handle-export", G_CALLBACK (on_copy_3) },
    { fake->results, "handle-export-some", G_CALLBACK (on_copy_4) },
    { fake->results, "handle-archive", G_CALLBACK (on_copy_3) },
    { fake->files, "handle-list", G_CALLBACK (on_list_files) },
    { fake->files, "handle-list-transfers", G_CALLBACK (on_list_transfers) },
    { fake->files, "handle-add", G_CALLBACK (on_add_file) },
    { fake->files, "handle-fetch", G_CALLBACK (on_fetch) },
    { fake->files, "handle-cancel-transfer", G_CALLBACK (on_cancel_transfer) },
    { fake->files, "handle-save", G_CALLBACK (on_copy_3) },
    { fake->files, "handle-remove", G_CALLBACK (on_plain_call_1) },
    { fake->copies, "handle-cancel", G_CALLBACK (on_cancel_copy) },
    { fake->credits, "handle-history", G_CALLBACK (on_history) },
  };

  for (guint i = 0; i < G_N_ELEMENTS (methods); i++)
    g_signal_connect (methods[i].skeleton, methods[i].signal, methods[i].handler, fake);
}

static gboolean
on_new_connection (GDBusServer *server, GDBusConnection *connection, InfFakeNode *fake)
{
  gpointer skeletons[] = { fake->node,    fake->identity, fake->resources, fake->host,   fake->jobs,
                           fake->results, fake->files,    fake->copies,    fake->credits };

  inf_fake_node_hang_up (fake);
  fake->connection = g_object_ref (connection);
  for (guint i = 0; i < G_N_ELEMENTS (skeletons); i++)
    g_assert_true (g_dbus_interface_skeleton_export (skeletons[i], connection, OBJECT_PATH, NULL));
  return TRUE;
}

static void
set_properties (InfFakeNode *fake)
{
  inf_dbus_node1_set_version (fake->node, "0.1.0");
  inf_dbus_node1_set_peer_id (fake->node, "selfid234567");
  inf_dbus_node1_set_name (fake->node, "oak");
  inf_dbus_node1_set_grid_name (fake->node, "wood");
  inf_dbus_node1_set_grid_id (fake->node, "gridid");
  inf_dbus_node1_set_is_founder (fake->node, TRUE);
  inf_dbus_node1_set_port (fake->node, 7848);
  inf_dbus_node1_set_state_directory (fake->node, fake->state_dir);
  inf_dbus_node1_set_peers_alive (fake->node, 3);
  inf_dbus_node1_set_capabilities (
      fake->node, g_variant_new_parsed (
                      "[('bubblewrap', false, 'not installed', 'jobs run in it',"
                      " 'apt install bubblewrap'), ('veth', true, 'yes', 'job network', '')]"));
  inf_dbus_node1_set_state (fake->node, "connected");
  inf_dbus_identity1_set_state (fake->identity, "locked");
  inf_dbus_identity1_set_sealed (fake->identity, TRUE);
  inf_dbus_identity1_set_name (fake->identity, "oak");
  inf_dbus_identity1_set_peer_id (fake->identity, "selfid234567");
  inf_dbus_host1_set_obstacle (fake->host, "");
  inf_dbus_host1_set_policy (fake->host,
                             g_variant_new_parsed ("{'hosting': <true>, 'slots': <@u 4>,"
                                                   " 'memory-bytes': <@t 0>, 'price': <@t 2000>,"
                                                   " 'max-seconds': <@u 0>,"
                                                   " 'hours': <[(@u 1, @u 540, @u 1080)]>}"));
  inf_dbus_host1_set_state (fake->host,
                            g_variant_new_parsed ("{'state': <'paused'>, 'reason': <'snoozed'>,"
                                                  " 'until-unix': <@x 1700000000000000>}"));
  inf_dbus_credits1_set_balance (fake->credits, 1000500000);
  inf_dbus_credits1_set_escrowed (fake->credits, 250000);
  inf_dbus_credits1_set_earned (fake->credits, 3000000);
  inf_dbus_credits1_set_paid (fake->credits, 2250000);
}

static void
set_answers (InfFakeNode *fake)
{
  fake->peers = g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
  fake->leases = g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
  fake->tasks = g_variant_ref_sink (g_variant_new_parsed (
      "[{'name': <'taskadd'>, 'title': <'Add Integers'>, 'description': <'The sum.'>,"
      "  'icon': <''>, 'parameters': <[{'name': <'input'>, 'type': <'file'>,"
      "  'option': <'--input'>, 'required': <false>}, {'name': <'generate'>,"
      "  'type': <'integer'>, 'option': <'--generate'>, 'required': <false>}]>},"
      " {'name': <'taskmult'>, 'title': <'Multiply Integers'>, 'description': <'The product.'>,"
      "  'icon': <''>, 'parameters': <[{'name': <'input'>, 'type': <'file'>,"
      "  'option': <'--input'>, 'required': <true>}, {'name': <'fast'>,"
      "  'type': <'boolean'>, 'option': <'--fast'>, 'required': <false>}]>}]"));
  fake->job_list = g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
  fake->result_list = g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
  fake->file_list = g_variant_ref_sink (g_variant_new ("aa{sv}", NULL));
  fake->verified = g_variant_ref_sink (g_variant_new ("a(ss)", NULL));
  fake->plan = g_variant_ref_sink (g_variant_new_parsed (
      "{'possible': <true>, 'reason': <''>, 'hosts': <[('oak', @u 2, @t 2000), ('elm', 1, 2000)]>,"
      " 'price-per-minute': <@t 240000>, 'worst-case': <@t 14400000>}"));
}

/**
 * inf_fake_node_new:
 * @state_dir: an existing directory
 *
 * Returns: (transfer full): a node that listens there, with answers to every question
 */
InfFakeNode *
inf_fake_node_new (const char *state_dir)
{
  InfFakeNode *fake = g_new0 (InfFakeNode, 1);
  g_autofree char *guid = g_dbus_generate_guid ();
  g_autofree char *path = inf_paths_socket (state_dir);
  g_autofree char *address = g_strconcat ("unix:path=", path, NULL);
  g_autoptr (GError) error = NULL;

  /* errors have to have their names before one is sent */
  (void)INF_ERROR;
  fake->state_dir = g_strdup (state_dir);
  fake->calls = g_ptr_array_new_with_free_func (g_free);
  fake->log = g_byte_array_new ();
  fake->node = inf_dbus_node1_skeleton_new ();
  fake->identity = inf_dbus_identity1_skeleton_new ();
  fake->resources = inf_dbus_resources1_skeleton_new ();
  fake->host = inf_dbus_host1_skeleton_new ();
  fake->jobs = inf_dbus_jobs1_skeleton_new ();
  fake->results = inf_dbus_results1_skeleton_new ();
  fake->files = inf_dbus_files1_skeleton_new ();
  fake->copies = inf_dbus_copies1_skeleton_new ();
  fake->credits = inf_dbus_credits1_skeleton_new ();
  set_properties (fake);
  set_answers (fake);
  connect_methods (fake);

  fake->server
      = g_dbus_server_new_sync (address, G_DBUS_SERVER_FLAGS_NONE, guid, NULL, NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (fake->server, "new-connection", G_CALLBACK (on_new_connection), fake);
  g_dbus_server_start (fake->server);
  return fake;
}

void
inf_fake_node_free (InfFakeNode *fake)
{
  g_dbus_server_stop (fake->server);
  inf_fake_node_hang_up (fake);
  g_clear_object (&fake->server);
  g_clear_object (&fake->node);
  g_clear_object (&fake->identity);
  g_clear_object (&fake->resources);
  g_clear_object (&fake->host);
  g_clear_object (&fake->jobs);
  g_clear_object (&fake->results);
  g_clear_object (&fake->files);
  g_clear_object (&fake->copies);
  g_clear_object (&fake->credits);
  inf_fake_node_take (&fake->peers, NULL);
  inf_fake_node_take (&fake->leases, NULL);
  inf_fake_node_take (&fake->tasks, NULL);
  inf_fake_node_take (&fake->job_list, NULL);
  inf_fake_node_take (&fake->result_list, NULL);
  inf_fake_node_take (&fake->file_list, NULL);
  inf_fake_node_take (&fake->transfer, NULL);
  inf_fake_node_take (&fake->verified, NULL);
  inf_fake_node_take (&fake->spec, NULL);
  inf_fake_node_take (&fake->plan, NULL);
  inf_fake_node_take (&fake->job, NULL);
  g_byte_array_unref (fake->log);
  g_ptr_array_unref (fake->calls);
  g_clear_error (&fake->failure);
  g_free (fake->state_dir);
  g_free (fake);
}

/* Puts @value, which may be floating, into @place. */
void
inf_fake_node_take (GVariant **place, GVariant *value)
{
  g_clear_pointer (place, g_variant_unref);
  *place = value ? g_variant_take_ref (value) : NULL;
}

gboolean
inf_fake_node_was_called (InfFakeNode *fake, const char *call)
{
  return g_ptr_array_find_with_equal_func (fake->calls, call, g_str_equal, NULL);
}

/* The job is in @state now, and @more, in the text form of GVariant, holds of it; who watches is
 * told. */
void
inf_fake_node_set_state (InfFakeNode *fake, const char *state, const char *more)
{
  g_autofree char *text = g_strdup_printf (
      "{'id': <'jobid234567'>, 'name': <'sum-1'>, 'program': <'taskadd'>, 'state': <'%s'>,"
      " 'nodes': <@u 2>, 'hosts': <['oak', 'elm']>, 'spent': <@t 1500000>,"
      " 'host-spent': <[('oak', @t 1000000), ('elm', 500000)]>, 'attempt': <@u 1>,"
      " 'submitted-unix': <@x 1700000000000000>, 'started-unix': <@x 1700000001000000>,"
      " 'finished-unix': <@x 1700000003000000>,"
      " 'steps': <[('running', @x 1700000001000000, @x 1700000002500000)]>,"
      " 'log-bytes': <@t %u>%s%s}",
      state, fake->log->len, *more ? ", " : "", more);

  inf_fake_node_take (&fake->job, g_variant_new_parsed (text));
  inf_dbus_jobs1_emit_job_changed (fake->jobs, "jobid234567", fake->job);
}

/* The transfer is in @state now, and @more holds of it; who watches is told. */
void
inf_fake_node_transfer (InfFakeNode *fake, const char *state, const char *more)
{
  g_autofree char *text = g_strdup_printf (
      "{'id': <'7'>, 'sha256': <'abcdef'>, 'name': <'numbers.txt'>, 'size': <@t 2048>,"
      " 'got': <@t 1024>, 'from': <'oak'>, 'state': <'%s'>, %s}",
      state, more);

  inf_fake_node_take (&fake->transfer, g_variant_new_parsed (text));
  inf_dbus_files1_emit_transfer_changed (fake->files, fake->transfer);
}

/* The program has printed; who watches is told. */
void
inf_fake_node_log (InfFakeNode *fake, const void *data, gsize size_bytes)
{
  g_byte_array_append (fake->log, data, size_bytes);
  inf_dbus_jobs1_emit_log_grew (fake->jobs, "jobid234567", fake->log->len);
}

/* Closes the connection, as a node that ends does. */
void
inf_fake_node_hang_up (InfFakeNode *fake)
{
  gpointer skeletons[] = { fake->node,    fake->identity, fake->resources, fake->host,   fake->jobs,
                           fake->results, fake->files,    fake->copies,    fake->credits };

  if (!fake->connection)
    return;
  for (guint i = 0; i < G_N_ELEMENTS (skeletons); i++)
    g_dbus_interface_skeleton_unexport (skeletons[i]);
  g_dbus_connection_close_sync (fake->connection, NULL, NULL);
  g_clear_object (&fake->connection);
}
